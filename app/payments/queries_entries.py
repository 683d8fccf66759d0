"""The entries we make in the ledger, for the pages: where each stands, and what can be done about it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from app.models import Invoice, InvoiceState, Payment, WriteBack, WriteBackKind, WriteBackState
from app.payments.cancelling import cancel_each_other
from app.payments.conversion import waits_for_conversion
from app.payments.waiting_words import waiting_words

_GONE = (InvoiceState.VOIDED, InvoiceState.DELETED)
_MAY_BE_UNDONE = (
    WriteBackState.DONE,
    WriteBackState.WAITING,
    WriteBackState.UNKNOWN,
    WriteBackState.PARKED,
)


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry in the ledger, made or to be made."""

    id: UUID
    payment_id: UUID | None
    """None for the transfer of a payout."""
    kind: str
    invoice_id: UUID | None
    invoice_number: str | None
    amount: Decimal
    currency: str
    booked_on: date
    state: str
    reason: str | None
    reference: str
    undo_reason: str | None = None
    """Why somebody wanted it taken back."""
    can_retry: bool = False
    can_undo: bool = False
    can_be_credit: bool = False
    """The invoice cannot take all of it, and what is too much may become the customer's credit."""
    is_cancelled: bool = False
    """The payment was given back before it was booked: the business may book neither of the two."""
    together_with: tuple[str, ...] = ()
    """The invoices whose entries are one payment in the ledger with this one, itself left out."""


def parked(session: Session) -> list[EntryRow]:
    """Entries that a person must mend, oldest first."""
    waiting = _rows().where(WriteBack.state == WriteBackState.PARKED)
    rows = session.execute(waiting.order_by(WriteBack.created_at, WriteBack.marker)).all()
    of_payments = _by_payment(session, {row[0].payment_id for row in rows if row[0].payment_id})
    return [_entry_row(session, row, of_payments.get(row[0].payment_id or row[0].id, ())) for row in rows]


def entries_of(session: Session, payment_ids: Iterable[UUID]) -> dict[UUID, list[EntryRow]]:
    """The entries of payments, in the order in which they came."""
    rows_of = _by_payment(session, payment_ids)
    return {
        payment_id: [_entry_row(session, row, rows) for row in rows] for payment_id, rows in rows_of.items()
    }


def _by_payment(session: Session, payment_ids: Iterable[UUID]) -> dict[UUID, list[Row[WriteBack, Invoice]]]:
    wanted = _rows().where(WriteBack.payment_id.in_(list(payment_ids)))
    found: dict[UUID, list[Row[WriteBack, Invoice]]] = {}
    for row in session.execute(wanted.order_by(WriteBack.created_at, WriteBack.kind.desc(), Invoice.number)):
        if row[0].payment_id is not None:
            found.setdefault(row[0].payment_id, []).append(row)
    return found


def _rows() -> Select[WriteBack, Invoice]:
    return select(WriteBack, Invoice).outerjoin(Invoice, Invoice.id == WriteBack.invoice_id)


def _entry_row(
    session: Session, row: Row[WriteBack, Invoice], of_payment: Sequence[Row[WriteBack, Invoice]]
) -> EntryRow:
    """An entry, beside all entries of its payment; none of them if it has no payment."""
    entry: WriteBack = row[0]
    invoice: Invoice | None = row[1]
    others = [one[0] for one in of_payment]
    together = [one for one in of_payment if _leader(one[0]) == _leader(entry)]
    return EntryRow(
        id=entry.id,
        payment_id=entry.payment_id,
        kind=entry.kind.value,
        invoice_id=entry.invoice_id,
        invoice_number=invoice.number if invoice else None,
        amount=entry.amount,
        currency=entry.currency,
        booked_on=entry.booked_on,
        state=entry.state.value,
        reason=entry.reason
        or waiting_words(entry, others, waits_for_stripe=_waits_for_stripe(session, entry)),
        reference=next((one[0].marker for one in together if one[0].leader_id is None), entry.marker),
        undo_reason=entry.undo_reason,
        can_retry=entry.state in (WriteBackState.PARKED, WriteBackState.UNDONE),
        can_undo=_can_undo(entry),
        can_be_credit=_can_be_credit(entry, invoice),
        is_cancelled=entry in cancel_each_other(others),
        together_with=tuple(one[1].number for one in together if one[1] and one[0] is not entry),
    )


def _waits_for_stripe(session: Session, entry: WriteBack) -> bool:
    if entry.state is not WriteBackState.WAITING or entry.payment_id is None:
        return False
    payment = session.get_one(Payment, (entry.tenant_id, entry.payment_id))
    return waits_for_conversion(session, entry, payment)


def _leader(entry: WriteBack) -> UUID:
    return entry.leader_id or entry.id


def _can_undo(entry: WriteBack) -> bool:
    """A note cannot be taken back, what was booked by hand is not ours, and what is being undone is on its way."""
    if entry.kind is WriteBackKind.NOTE or entry.state not in _MAY_BE_UNDONE:
        return False
    if entry.undo_reason is not None and entry.undone_at is None:
        return False
    return entry.state is not WriteBackState.DONE or entry.external_id is not None


def _can_be_credit(entry: WriteBack, invoice: Invoice | None) -> bool:
    if entry.kind is not WriteBackKind.PAYMENT or entry.state is not WriteBackState.PARKED or invoice is None:
        return False
    return invoice.state in _GONE or invoice.amount_due < entry.amount
