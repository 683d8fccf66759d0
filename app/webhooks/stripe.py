"""`POST /webhooks/stripe`: stores the hint and asks for a look at the record it names, answers at once."""

from flask import Blueprint, Response, request

from app.kit.ground import Ground
from app.payments.hearing import hear
from app.processors.base import ForgedEvent
from app.processors.registry import takes_real_money
from app.processors.stripe.webhook import read_webhook
from app.webhooks.inbox import empty, raw_body

NAME = "webhooks_stripe"


def blueprint(ground: Ground) -> Blueprint:
    """The door: 404 unless a secret is set, 413 for an oversize body, 400 for a forged or stale one, else 200."""
    door = Blueprint(NAME, __name__)

    @door.post("/webhooks/stripe")
    def take() -> Response:
        secret = ground.settings.stripe_webhook_secret.get_secret_value()
        if not secret:
            return empty(404)
        body = raw_body(request)
        if body is None:
            return empty(413)
        now = ground.clock.now()
        try:
            event = read_webhook(body, request.headers.get("Stripe-Signature"), secret=secret, now=now)
        except ForgedEvent:
            return empty(400)
        # A production endpoint is also told of tests on live-connected accounts, and the other way round.
        if event.is_live == takes_real_money(ground.settings):
            with ground.database.platform() as session:
                hear(session, event, now=now)
        return empty(200)

    return door
