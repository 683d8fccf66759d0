"""Secrets are made once, and a folder of an earlier version gets those it lacks."""

import json
from pathlib import Path

from app.demo.site import Site, make_site


def site(folder: Path) -> Site:
    return make_site(
        folder=folder,
        ports=(0, 0, 0),
        database_url="postgresql://127.0.0.1/a",
        owner_url="postgresql://127.0.0.1/b",
        redis_url="redis://127.0.0.1/0",
    )


def test_secrets_stay_the_same_and_only_what_is_missing_is_made(tmp_path: Path) -> None:
    first = site(tmp_path).environment
    kept = tmp_path / "secrets.json"
    assert kept.stat().st_mode & 0o777 == 0o600
    known = json.loads(kept.read_text())
    del known["twilio_auth_token"]
    kept.write_text(json.dumps(known))
    second = site(tmp_path).environment
    assert second["MASTER_KEY"] == first["MASTER_KEY"]
    assert second["TWILIO_AUTH_TOKEN"] not in ("", first["TWILIO_AUTH_TOKEN"])
    assert site(tmp_path).environment["TWILIO_AUTH_TOKEN"] == second["TWILIO_AUTH_TOKEN"]


def test_the_sandbox_has_the_same_secrets_as_the_product(tmp_path: Path) -> None:
    made = site(tmp_path).environment
    assert made["SANDBOX_TWILIO_AUTH_TOKEN"] == made["TWILIO_AUTH_TOKEN"]
    assert made["SANDBOX_STRIPE_WEBHOOK_SECRET"] == made["STRIPE_WEBHOOK_SECRET"]
