"""What a refusal means beyond its own message: a stopped channel, a dead address, a blocked sender."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.channels.base import Meaning, Refused
from app.channels.registry import EMAIL
from app.kit.database import tenant_of
from app.kit.errors import Rejected
from app.kit.ground import Ground
from app.kit.sealing import Sealer
from app.models import BadAddress, Customer, Message, Reminder, Tenant
from app.payments.opting_out import keep_wish
from app.reminders import fallback, outcomes, phone_accounts
from app.reminders.addresses import first_address
from app.reminders.consent import STOP
from app.reminders.contacts import mark_dead, mark_dead_number
from app.reminders.delivering_rows import RECIPIENT_COLUMN
from app.reminders.reaching import BAD_ADDRESS_COLUMN, phone_of

# A country that is not switched on is no reason to stop writing to all others.
_ONE_COUNTRY = "21408"


def record_refused(
    session: Session, ground: Ground, message_id: UUID, refused: Rejected, *, now: datetime
) -> None:
    """The channel refused the message for good: the next channel has its turn, or a person has to mend something."""
    if not outcomes.close_failed(session, message_id, reason=refused.reason, now=now):
        return
    if isinstance(refused, Refused):
        draw(session, ground, message_id, refused.meaning, code=refused.code, reason=refused.reason, now=now)
    fallback.give_way(session, message_id, reason=refused.reason, now=now)


def draw(
    session: Session,
    ground: Ground,
    message_id: UUID,
    meaning: Meaning,
    *,
    code: str,
    reason: str,
    now: datetime,
) -> None:
    """Keep what this message taught about its customer and its sender. May run twice."""
    message = session.scalar(select(Message).where(Message.id == message_id))
    if message is None:
        return
    customer_id = session.scalar(select(Reminder.customer_id).where(Reminder.id == message.reminder_id))
    if customer_id is None:
        return
    if meaning is Meaning.OPTED_OUT:
        note_stop(session, customer_id, message.channel, now=now)
    elif meaning is Meaning.BAD_ADDRESS:
        address = ground.sealer(session).open(
            message.recipient_sealed, column=RECIPIENT_COLUMN, row=message.id
        )
        keep_dead_address(session, ground, customer_id, message.channel, address, code=code, now=now)
    elif meaning is Meaning.NOT_SET_UP and code != _ONE_COUNTRY:
        phone_accounts.block(session, message.channel, reason)


def note_stop(session: Session, customer_id: UUID, channel: str, *, now: datetime) -> None:
    """The customer wants nothing more on this channel."""
    keep_wish(session, customer_id, channel, source=STOP, now=now)


def keep_dead_address(
    session: Session,
    ground: Ground,
    customer_id: UUID,
    channel: str,
    address: str,
    *,
    code: str,
    now: datetime,
) -> None:
    """A contact's address or number is marked at the contact, the customer's own one here."""
    sealer = ground.sealer(session)
    if _is_a_contacts_only(session, sealer, customer_id, channel, address, now=now):
        return
    present = session.scalars(
        select(BadAddress).where(
            BadAddress.customer_id == customer_id,
            BadAddress.channel == channel,
            BadAddress.mended_at.is_(None),
        )
    ).one_or_none()
    if present is not None:
        present.mended_at = now  # another address by now; history stays
        session.flush()
    row_id = uuid4()
    session.add(
        BadAddress(
            tenant_id=tenant_of(session),
            id=row_id,
            customer_id=customer_id,
            channel=channel,
            address_sealed=sealer.seal(address, column=BAD_ADDRESS_COLUMN, row=row_id),
            code=code,
            since=now,
        )
    )
    session.flush()


def _is_a_contacts_only(
    session: Session, sealer: Sealer, customer_id: UUID, channel: str, address: str, *, now: datetime
) -> bool:
    """Whether a contact has it, who is marked then, and the customer itself does not."""
    customer = session.get_one(Customer, (tenant_of(session), customer_id))
    if channel == EMAIL:
        if not mark_dead(session, sealer, customer_id, address, now=now):
            return False
        return (first_address(sealer, customer) or "").lower() != address.lower()
    country = session.scalars(select(Tenant.country_code)).one()
    if not mark_dead_number(session, sealer, customer, address, country=country, now=now):
        return False
    return phone_of(customer, country, sealer) != address
