"""Settings as a process's environment variables."""

from pydantic import SecretStr

from app.kit.settings import Settings


def as_environment(settings: Settings) -> dict[str, str]:
    """What a command would have to find in its environment to come to these settings."""
    values = {name.upper(): value for name, value in settings.model_dump().items() if value is not None}
    return {
        name: value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        for name, value in values.items()
    }
