"""What a command stands on: settings, the log, and connections to the database."""

from app.kit.ground import Ground
from app.kit.log import configure_log
from app.kit.settings import Settings, load_settings


def open_ground(*, pool_size: int = 8) -> Ground:
    """The ground for one command, with as many connections to the database at the most."""
    return Ground.from_settings(configured(), pool_size=pool_size)


def configured() -> Settings:
    """The settings, once the log is set up as they say."""
    settings = load_settings()
    configure_log(level=settings.log_level, as_json=settings.is_production)
    return settings
