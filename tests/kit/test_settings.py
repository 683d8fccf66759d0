"""Production starts with safe settings only, and says what is wrong without showing a value."""

import base64

import pytest
from pydantic import ValidationError

from app.kit.errors import ConfigurationError
from app.kit.settings import Settings, load_settings

SAFE = {
    "environment": "production",
    "public_url": "https://app.duemate.example",
    "secret_key": "s" * 40,
    "master_key": base64.b64encode(b"k" * 32).decode(),
    "database_url": "postgresql://app@db/duemate",
    "redis_url": "redis://bell",
}


def test_safe_settings_are_accepted() -> None:
    assert Settings.model_validate(SAFE).is_production


def test_production_is_what_an_empty_environment_variable_means() -> None:
    assert Settings.model_validate({k: v for k, v in SAFE.items() if k != "environment"}).is_production


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"public_url": "http://app.duemate.example"}, "PUBLIC_URL must be https"),
        ({"public_url": "https://app.duemate.example/"}, "without a final slash"),
        ({"secret_key": "short"}, "32 characters"),
        ({"master_key": "not a key"}, "base64"),
        ({"master_key": base64.b64encode(b"k" * 16).decode()}, "32 bytes"),
        ({"clock_file": "/somewhere/clock"}, "CLOCK_FILE is not allowed"),
        ({"smtp_security": "none"}, "SMTP_SECURITY=none"),
        ({"stripe_api_url": "http://stripe"}, "STRIPE_API_URL must be https"),
        ({"xero_identity_url": "http://xero"}, "XERO_IDENTITY_URL must be https"),
    ],
)
def test_unsafe_settings_are_refused_in_production(change: dict[str, str], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        Settings.model_validate({**SAFE, **change})


def test_a_missing_setting_is_named_and_no_value_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SAFE.items():
        monkeypatch.setenv(name.upper(), value)
    monkeypatch.delenv("REDIS_URL")
    monkeypatch.setenv("SECRET_KEY", "tiny-secret")
    with pytest.raises(ConfigurationError) as refused:
        load_settings()
    assert "REDIS_URL is missing" in refused.value.reason
    assert "tiny-secret" not in refused.value.reason


def test_secrets_do_not_show_in_the_settings_text() -> None:
    assert "s" * 40 not in repr(Settings.model_validate(SAFE))
