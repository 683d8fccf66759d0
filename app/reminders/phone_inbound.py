"""What customers write back from their phones: STOP and START are obeyed, everything else is a reply.

Twilio obeys STOP for text messages by itself, and by WhatsApp nobody does: so we keep the wish either way.
"""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.channels.twilio.wire import Message as Told
from app.kit.database import tenant_of
from app.kit.ground import Ground
from app.kit.sealing import Sealer
from app.models import Customer, CustomerContact, Reply, ReplyKind, Tenant
from app.payments.replan import replan
from app.reminders.consent import start_again, withdraw_all
from app.reminders.consequences import note_stop
from app.reminders.contacts import people_of
from app.reminders.reaching import phone_of
from app.reminders.reply_pause import pause_after_reply

REPLY_COLUMNS = ("reply.text", "reply.sender")
# twilio.com/docs/messaging/tutorials/advanced-opt-out
_STOP_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
_START_WORDS = frozenset({"START", "UNSTOP"})
_LONGEST = 4000


def take_in(session: Session, ground: Ground, told: Told, *, word: str) -> None:
    """One inbound message, for every customer who has that number, or whose contact does.

    `word`: STOP or START, if Twilio knew it as one. A STOP from any of a customer's telephones stops all of them.
    """
    channel, number = _sender(told)
    body, now = (told.body or "").strip(), ground.clock.now()
    said = word or _keyword(body)
    for customer_id, contact_id in _owners(session, ground, number):
        if said == "STOP":
            note_stop(session, customer_id, channel, now=now)
            withdraw_all(session, customer_id, channel, now=now)
        elif said == "START":
            start_again(session, customer_id, channel, contact_id=contact_id, now=now)
        else:
            _keep_reply(session, ground, customer_id, channel, told, number, body, now)
    replan(session, now=now)


def _keep_reply(
    session: Session,
    ground: Ground,
    customer_id: UUID,
    channel: str,
    told: Told,
    number: str,
    body: str,
    now: datetime,
) -> None:
    """Once, however often it is told; reminders stop for a few days, so that somebody can answer."""
    sealer, reply_id = ground.sealer(session), uuid4()
    text_column, sender_column = REPLY_COLUMNS
    kept = session.execute(
        insert(Reply)
        .values(
            tenant_id=tenant_of(session),
            id=reply_id,
            customer_id=customer_id,
            channel=channel,
            external_id=f"{told.sid} {customer_id}",
            kind=ReplyKind.WRITTEN,
            received_at=told.created_at or now,
            text_sealed=sealer.seal(body[:_LONGEST], column=text_column, row=reply_id),
            sender_sealed=sealer.seal(number, column=sender_column, row=reply_id),
            is_suspicious=False,
        )
        .on_conflict_do_nothing()
        .returning(Reply.id)
    )
    if kept.scalar_one_or_none() is None:
        return
    pause_after_reply(session, customer_id, channel=channel, now=now)


def _owners(session: Session, ground: Ground, number: str) -> list[tuple[UUID, UUID | None]]:
    """Each customer whose own number it is, and each contact's with the contact.

    Numbers are sealed, so each is opened: some ten thousand take a second, and few people write back.
    """
    sealer, country = ground.sealer(session), session.scalars(select(Tenant.country_code)).one()
    with_number = session.scalars(
        select(Customer).where(Customer.phone_sealed.is_not(None)).order_by(Customer.id)
    )
    own = [(one.id, None) for one in with_number if phone_of(one, country, sealer) == number]
    return [*own, *_contacts(session, sealer, number, country)]


def _contacts(session: Session, sealer: Sealer, number: str, country: str) -> list[tuple[UUID, UUID | None]]:
    rows = session.execute(
        select(Customer.id, Customer.country_code)
        .where(
            Customer.id.in_(
                select(CustomerContact.customer_id).where(CustomerContact.phone_sealed.is_not(None))
            )
        )
        .order_by(Customer.id)
    )
    countries = {customer_id: at_home or country for customer_id, at_home in rows}
    people = people_of(session, sealer, countries)
    return [
        (customer_id, person.id)
        for customer_id, at_home in countries.items()
        for person in people[customer_id]
        if person.mobile(at_home) == number
    ]


def _sender(told: Told) -> tuple[str, str]:
    address = told.sender or ""
    if address.startswith("whatsapp:"):
        return "whatsapp", address.removeprefix("whatsapp:")
    return "sms", address


def _keyword(body: str) -> str:
    word = body.upper().rstrip(".!")
    if word in _STOP_WORDS:
        return "STOP"
    return "START" if word in _START_WORDS else ""
