"""What follows from a message that is surely Amazon's, by whichever way it came: stored, before it is acknowledged."""

from app.channels.email.ses_events import read_event
from app.channels.email.ses_inbound import Received, read_received
from app.channels.email.sns import MessageKind, SnsMessage, Trust
from app.channels.email.sns_certificates import fetched
from app.kit.ground import Ground
from app.kit.log import get_log
from app.kit.settings import Settings
from app.reminders.mail_events import keep_event
from app.reminders.replies import take_in
from app.reminders.reply_addresses import find_reply_place

_log = get_log("reminders")


def trust_of(settings: Settings) -> Trust:
    """The topics that are ours."""
    return Trust(
        topics=frozenset(settings.sns_topics.split()), stand_ins=frozenset(settings.sns_stand_ins.split())
    )


def hear(ground: Ground, message: SnsMessage) -> None:
    """Keep what it tells. A second time changes nothing. Raises Retryable while a subscription cannot be confirmed."""
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
