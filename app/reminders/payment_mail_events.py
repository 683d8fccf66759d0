"""What a mail vendor tells of mails about payments: how each fared, and which addresses nothing reaches."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.channels.email.ses_events import MailFact, as_told
from app.channels.registry import EMAIL
from app.kit.ground import Ground
from app.models import Delivery, MailEvent, Payment, PaymentMail, PaymentMailState
from app.payments.opting_out import keep_wish
from app.payments.payers import customer_of
from app.reminders.consequences import keep_dead_address
from app.reminders.payment_letter import TO_PAYER
from app.reminders.payment_mail_rows import opened_recipients

_DELIVERIES = {
    MailFact.DELIVERED: Delivery.DELIVERED,
    MailFact.BOUNCED: Delivery.BOUNCED,
    MailFact.NOT_DELIVERED: Delivery.UNDELIVERED,
    MailFact.COMPLAINED: Delivery.COMPLAINED,
}
# Later word that says less never hides what was worse.
_RANK = {Delivery.DELIVERED: 0, Delivery.READ: 0, Delivery.UNDELIVERED: 1}
_NOT_TOLD = -1


def apply_to_payment_mail(
    session: Session,
    ground: Ground,
    event: MailEvent,
    told_of: tuple[str, ...],
    *,
    source: str,
    now: datetime,
) -> None:
    """Put it on the mail with this marker, if there is one. `source` names an opt-out by complaint."""
    row = _mail(session, event.marker)
    if row is None:
        return
    if row.state in (PaymentMailState.SENDING, PaymentMailState.UNKNOWN):
        row.state, row.reason, row.finished_at = PaymentMailState.SENT, None, now
    row.vendor_id = row.vendor_id or event.vendor_id
    fact = MailFact(event.fact)
    delivery = _DELIVERIES.get(fact)
    if delivery is not None and _rank(delivery) >= _rank(row.delivery):
        row.delivery, row.delivery_at = delivery, event.happened_at
    if row.kind not in TO_PAYER:
        return
    if fact is MailFact.BOUNCED:
        _mark_dead(session, ground, row, told_of, code=event.code or "bounced", now=now)
    elif fact is MailFact.COMPLAINED:
        keep_wish(session, _customer(session, row), EMAIL, source=source, now=now)


def note_dead_address(ground: Ground, tenant_id: UUID, mail_id: UUID, *, code: str) -> None:
    """The mail server refused the payer's address for good."""
    now = ground.clock.now()
    with ground.database.tenant(tenant_id) as session:
        row = session.get_one(PaymentMail, (tenant_id, mail_id))
        if row.kind in TO_PAYER:
            _mark_dead(session, ground, row, (), code=code, now=now)


def _mark_dead(
    session: Session, ground: Ground, row: PaymentMail, told_of: tuple[str, ...], *, code: str, now: datetime
) -> None:
    """Those that the vendor names; else the first one, which is the mail's recipient."""
    written = opened_recipients(session, ground, row)
    for address in [one for one in written if as_told(one) in told_of] or written[:1]:
        keep_dead_address(session, ground, _customer(session, row), EMAIL, address, code=code, now=now)


def _customer(session: Session, row: PaymentMail) -> UUID:
    return customer_of(session, session.get_one(Payment, (row.tenant_id, row.payment_id)))


def _mail(session: Session, marker: str) -> PaymentMail | None:
    try:
        mail_id = UUID(marker)
    except ValueError:
        return None
    return session.scalars(
        select(PaymentMail).where(PaymentMail.id == mail_id).with_for_update()
    ).one_or_none()


def _rank(delivery: Delivery | None) -> int:
    return _NOT_TOLD if delivery is None else _RANK.get(delivery, 2)
