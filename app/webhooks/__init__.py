"""The door for machines: one file per vendor, all through one inbox. Verify, store, answer; read afterwards."""

from flask import Blueprint

from app.kit.ground import Ground
from app.webhooks import stripe, xero


def blueprints(ground: Ground) -> list[Blueprint]:
    """Every vendor's door. They need no sign-in, no CSRF token and set no cookie."""
    return [xero.blueprint(ground), stripe.blueprint(ground)]
