"""`POST /webhooks/sns`: what Amazon tells of our mails, and mails to us. Verify, store, answer; applied by tasks."""

from flask import Blueprint, Response, request

from app.channels.email.sns import ForgedMessage, read_message
from app.channels.email.sns_certificates import Certificates
from app.kit.errors import Retryable
from app.kit.ground import Ground
from app.reminders.sns_hearing import hear, trust_of
from app.webhooks.inbox import empty, raw_body

NAME = "webhooks_sns"
# SNS delivers up to 256 KB; as a text within a text they can grow to several times that.
_LARGEST_BODY = 2 * 1024 * 1024


def blueprint(ground: Ground) -> Blueprint:
    """The door: 404 unless topics are set, 413 for an oversize body, 403 for a forged one, 503 while Amazon's
    certificate cannot be read (SNS comes again), else 200."""
    door, certificates = Blueprint(NAME, __name__), Certificates()
    trust = trust_of(ground.settings)

    @door.post("/webhooks/sns")
    def take() -> Response:
        if not trust.topics:
            return empty(404)
        body = raw_body(request, largest=_LARGEST_BODY)
        if body is None:
            return empty(413)
        try:
            message = read_message(body, trust, key_of=certificates.key_of, now=ground.clock.now())
            hear(ground, message)
        except ForgedMessage:
            return empty(403)
        except Retryable:
            return empty(503)
        return empty(200)

    return door
