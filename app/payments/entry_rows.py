"""Puts the entries that money asks for beside it, in the same transaction, each with its task.

Every function may be called again for the same money: an entry is there once, and nothing happens.
"""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.connectors.base import FeeStyle
from app.kit.clock import local_date
from app.kit.database import tenant_of
from app.models import Chargeback, Invoice, LateFee, Payment, Payout, Refund, Tenant, WriteBack, WriteBackKind
from app.payments.entries import Moved, entries, late_fee_entry, moved_entry, selection_marker
from app.payments.paid_checkouts import paid_checkout
from app.payments.tenant_ledger import fee_styles, tenant_connector
from app.payments.together import lead
from app.payments.write_back_rows import add_entry, put_down, wake, want_undone


def add_payment_entries(session: Session, payment: Payment, *, now: datetime) -> None:
    """A payment for each invoice, and a note where the ledger keeps notes. A note waits for its payment.

    Where the ledger takes one payment for many invoices, they are the lines of one.
    """
    connector, paid = tenant_connector(session), paid_checkout(session, payment)
    keeps_notes = connector is not None and connector.keeps_notes
    put = [
        put_down(session, entry, now=now, payment_id=payment.id)
        for entry in entries(paid, keeps_notes=keeps_notes)
    ]
    made = [row for row in put if row is not None and row.kind is WriteBackKind.PAYMENT]
    if connector is not None and connector.payments_take_many and len(made) == len(paid.parts) > 1:
        lead(made, marker=selection_marker(paid))
    for row in made:
        wake(session, row, now=now)


def add_fee_entry(session: Session, payment: Payment, *, now: datetime) -> None:
    """The fee of a payment, once it is known. One of zero matters only to a deposit, which carries the payment."""
    if payment.fee is None or payment.fee_currency is None:
        return
    if payment.fee == 0 and FeeStyle.DEPOSIT not in fee_styles(session):
        return
    paid = paid_checkout(session, payment)
    moved = Moved(paid.payment, payment.fee_currency, payment.fee, local_date(paid.paid_at, paid.zone))
    add_entry(session, moved_entry(WriteBackKind.FEE, moved), now=now, payment_id=payment.id)


def add_surcharge_entry(session: Session, payment: Payment, *, now: datetime) -> None:
    """What the payer added for paying by card: the business's income, and no part of any invoice."""
    if payment.surcharge == 0:
        return
    paid = paid_checkout(session, payment)
    moved = Moved(paid.payment, payment.currency, payment.surcharge, local_date(paid.paid_at, paid.zone))
    add_entry(session, moved_entry(WriteBackKind.SURCHARGE, moved), now=now, payment_id=payment.id)


def add_refund_entries(session: Session, refund: Refund, *, moved_at: datetime, now: datetime) -> None:
    """Money given back, on the day it moved. The processor must have told its id of the refund."""
    rest, surcharge = refund.amount - refund.surcharge, refund.surcharge
    _add_refund(session, WriteBackKind.REFUND, refund, rest, moved_at=moved_at, now=now)
    _add_refund(session, WriteBackKind.SURCHARGE_RETURNED, refund, surcharge, moved_at=moved_at, now=now)


def add_refund_returned(session: Session, refund: Refund, *, moved_at: datetime, now: datetime) -> None:
    """The money of a refund that failed after it had moved, back on the day that it came back."""
    rest = refund.amount - refund.surcharge
    _add_refund(session, WriteBackKind.REFUND_RETURNED, refund, rest, moved_at=moved_at, now=now)
    surcharge = select(WriteBack).where(
        WriteBack.refund_id == refund.id, WriteBack.kind == WriteBackKind.SURCHARGE_RETURNED
    )
    for row in session.scalars(surcharge.with_for_update()):
        want_undone(session, row, reason="The refund failed.", asked_by=None, now=now)


def add_chargeback_entries(session: Session, chargeback: Chargeback, *, now: datetime) -> None:
    """What the payer's bank has withdrawn and the fee for it, as far as both are known; nothing before."""
    if chargeback.withdrawn_at is None:
        return
    day, amount = chargeback.withdrawn_at, chargeback.amount
    _add_chargeback(session, WriteBackKind.CHARGEBACK, chargeback, amount, chargeback.currency, day, now)
    fee, currency = chargeback.fee, chargeback.fee_currency
    _add_chargeback(session, WriteBackKind.CHARGEBACK_FEE, chargeback, fee, currency, day, now)


def add_chargeback_returned(session: Session, chargeback: Chargeback, *, now: datetime) -> None:
    """What came back of a chargeback: its amount, and of its fee what the processor gave back."""
    if not _has(session, WriteBack.chargeback_id == chargeback.id, WriteBackKind.CHARGEBACK):
        return
    day, amount = chargeback.reinstated_at or chargeback.closed_at or now, chargeback.amount
    returned, fee_returned = WriteBackKind.CHARGEBACK_RETURNED, WriteBackKind.CHARGEBACK_FEE_RETURNED
    _add_chargeback(session, returned, chargeback, amount, chargeback.currency, day, now)
    fee, currency = chargeback.fee_returned, chargeback.fee_currency
    _add_chargeback(session, fee_returned, chargeback, fee, currency, day, now)


def add_transfer_entry(session: Session, payout: Payout, *, now: datetime) -> None:
    """A payout that has arrived at the bank, on the day it did."""
    moved = Moved(payout.external_id, payout.currency, payout.amount, payout.arrives_on)
    add_entry(session, moved_entry(WriteBackKind.TRANSFER, moved), now=now, payout_id=payout.id)


def undo_transfer(session: Session, payout: Payout, *, now: datetime) -> None:
    """A payout that failed after it had arrived: the money never left the balance."""
    row = session.scalars(select(WriteBack).where(WriteBack.payout_id == payout.id).with_for_update()).first()
    if row is not None:
        want_undone(session, row, reason="The bank sent the payout back.", asked_by=None, now=now)


def add_late_fee_entry(
    session: Session, late_fee: LateFee, *, now: datetime, called: str = "Late fee"
) -> None:
    """A charge that somebody has decided on, as an invoice of its own, on the day that it bears."""
    number = session.get_one(Invoice, (late_fee.tenant_id, late_fee.invoice_id)).number
    add_entry(
        session, late_fee_entry(late_fee, number=number, called=called), now=now, late_fee_id=late_fee.id
    )


def undo_late_fee(session: Session, late_fee: LateFee, *, reason: str, now: datetime) -> None:
    """A charge that was waived: its invoice is voided. One that the customer has paid meanwhile is a person's to see
    to, and its entry says so."""
    cause = select(WriteBack).where(WriteBack.late_fee_id == late_fee.id)
    row = session.scalars(cause.with_for_update()).one_or_none()
    if row is not None:
        want_undone(session, row, reason=reason, asked_by=None, now=now)


def _add_refund(
    session: Session,
    kind: WriteBackKind,
    refund: Refund,
    amount: Decimal,
    *,
    moved_at: datetime,
    now: datetime,
) -> None:
    if refund.external_id is None:
        raise LookupError("a refund without the processor's id has moved no money yet")
    if amount == 0:
        return
    day = _day(session, moved_at)
    entry = moved_entry(kind, Moved(refund.external_id, refund.currency, amount, day))
    add_entry(session, entry, now=now, payment_id=refund.payment_id, refund_id=refund.id)


def _add_chargeback(
    session: Session,
    kind: WriteBackKind,
    chargeback: Chargeback,
    amount: Decimal | None,
    currency: str | None,
    moved_at: datetime,
    now: datetime,
) -> None:
    if not amount or currency is None:
        return
    entry = moved_entry(kind, Moved(chargeback.external_id, currency, amount, _day(session, moved_at)))
    add_entry(session, entry, now=now, payment_id=chargeback.payment_id, chargeback_id=chargeback.id)


def _has(session: Session, cause: ColumnElement[bool], kind: WriteBackKind) -> bool:
    return session.scalar(select(WriteBack.id).where(cause, WriteBack.kind == kind)) is not None


def _day(session: Session, moved_at: datetime) -> date:
    return local_date(moved_at, session.get_one(Tenant, tenant_of(session)).time_zone)
