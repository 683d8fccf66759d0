"""`POST /webhooks/sns`: what Amazon tells of our mails, and mails to us. Verify, store, answer; applied by tasks."""

from flask import Blueprint, Response, request

from app.channels.email.ses_events import read_event
from app.channels.email.ses_inbound import Received, read_received
from app.channels.email.sns import ForgedMessage, MessageKind, SnsMessage, Trust, read_message
from app.channels.email.sns_certificates import Certificates, fetched
from app.kit.errors import Retryable
from app.kit.ground import Ground
from app.kit.log import get_log
from app.kit.settings import Settings
from app.reminders.mail_events import keep_event
from app.reminders.replies import take_in
from app.reminders.reply_addresses import find_reply_place
from app.webhooks.inbox import empty, raw_body

NAME = "webhooks_sns"
# SNS delivers up to 256 KB; as a text within a text they can grow to several times that.
_LARGEST_BODY = 2 * 1024 * 1024
_log = get_log("webhooks")


def blueprint(ground: Ground) -> Blueprint:
    """The door: 404 unless topics are set, 413 for an oversize body, 403 for a forged one, 503 while Amazon's
    certificate cannot be read (SNS comes again), else 200."""
    door, certificates = Blueprint(NAME, __name__), Certificates()
    trust = _trust(ground.settings)

    @door.post("/webhooks/sns")
    def take() -> Response:
        if not trust.topics:
            return empty(404)
        body = raw_body(request, largest=_LARGEST_BODY)
        if body is None:
            return empty(413)
        try:
            message = read_message(body, trust, key_of=certificates.key_of, now=ground.clock.now())
            _hear(ground, message)
        except ForgedMessage:
            return empty(403)
        except Retryable:
            return empty(503)
        return empty(200)

    return door


def _trust(settings: Settings) -> Trust:
    return Trust(
        topics=frozenset(settings.sns_topics.split()), stand_ins=frozenset(settings.sns_stand_ins.split())
    )


def _hear(ground: Ground, message: SnsMessage) -> None:
    if message.kind is MessageKind.SUBSCRIPTION and message.subscribe_url:
        fetched(message.subscribe_url)
        _log.info("sns.subscribed", topic=message.topic)
    elif message.kind is MessageKind.UNSUBSCRIPTION:
        _log.warning("sns.unsubscribed", topic=message.topic)
    elif message.kind is MessageKind.NOTIFICATION:
        received = read_received(message.content)
        if received is not None:
            _store_reply(ground, received)
        else:
            _store_event(ground, message)


def _store_event(ground: Ground, message: SnsMessage) -> None:
    event = read_event(message.content, told_at=message.told_at)
    if event is not None:
        with ground.database.tenant(event.tenant_id) as session:
            keep_event(session, ground, event, external_id=message.id, now=ground.clock.now())


def _store_reply(ground: Ground, received: Received) -> None:
    place = find_reply_place(ground, received.recipients)
    if place is None:
        return
    with ground.database.tenant(place.tenant_id) as session:
        take_in(
            session,
            ground,
            place.reminder_id,
            external_id=received.id,
            envelope_from=received.envelope_from,
            raw=received.raw,
            is_suspicious=received.is_suspicious,
            now=ground.clock.now(),
        )
