"""The door for machines: one for each vendor, all through one inbox. Verify, store, answer; read afterwards."""

from flask import Blueprint

from app.connectors.registry import LEDGERS
from app.kit.ground import Ground
from app.webhooks import ledgers, sns, stripe, twilio

NAMES = frozenset({*ledgers.NAMES.values(), sns.NAME, stripe.NAME, twilio.NAME})
"""The blueprints that need no sign-in."""


def blueprints(ground: Ground) -> list[Blueprint]:
    """Every vendor's door. They need no sign-in, no CSRF token and set no cookie."""
    return [
        *(ledgers.blueprint(ground, connector) for connector in LEDGERS.values()),
        sns.blueprint(ground),
        stripe.blueprint(ground),
        twilio.blueprint(ground),
    ]
