"""The entries we make in the ledger, for the pages: where each stands, and what can be done about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from app.models import Invoice, InvoiceState, WriteBack, WriteBackKind, WriteBackState

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


def parked(session: Session) -> list[EntryRow]:
    """Entries that a person must mend, oldest first."""
    waiting = _rows().where(WriteBack.state == WriteBackState.PARKED)
    return [
        _entry_row(row) for row in session.execute(waiting.order_by(WriteBack.created_at, WriteBack.marker))
    ]


def entries_of(session: Session, payment_ids: Iterable[UUID]) -> dict[UUID, list[EntryRow]]:
    """The entries of payments, in the order in which they came."""
    wanted = _rows().where(WriteBack.payment_id.in_(list(payment_ids)))
    found: dict[UUID, list[EntryRow]] = {}
    for row in session.execute(wanted.order_by(WriteBack.created_at, WriteBack.kind.desc(), Invoice.number)):
        entry = _entry_row(row)
        if entry.payment_id is not None:
            found.setdefault(entry.payment_id, []).append(entry)
    return found


def _rows() -> Select[WriteBack, Invoice]:
    return select(WriteBack, Invoice).outerjoin(Invoice, Invoice.id == WriteBack.invoice_id)


def _entry_row(row: Row[WriteBack, Invoice]) -> EntryRow:
    entry: WriteBack = row[0]
    invoice: Invoice | None = row[1]
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
        reason=entry.reason,
        reference=entry.marker,
        undo_reason=entry.undo_reason,
        can_retry=entry.state in (WriteBackState.PARKED, WriteBackState.UNDONE),
        can_undo=_can_undo(entry),
        can_be_credit=_can_be_credit(entry, invoice),
    )


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
