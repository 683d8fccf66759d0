"""What an entry needs to know before it goes to the ledger, read in one unit of work."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.connectors.registry import LEDGERS
from app.kit.database import tenant_of
from app.models import (
    Account,
    BookingAccounts,
    Connection,
    Invoice,
    Payment,
    WriteBack,
    WriteBackKind,
    WriteBackState,
)

_OVER = (WriteBackState.DONE, WriteBackState.PARKED)


@dataclass(frozen=True, slots=True)
class BookInto:
    """The accounts of the entry's currency."""

    clearing: str
    """The ledger's id of the bank account that stands for the processor's balance."""
    fee_code: str
    names: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class Work:
    """An unfinished entry with its surroundings."""

    row_id: UUID
    kind: WriteBackKind
    currency: str
    amount: Decimal
    booked_on: date
    marker: str
    attempts: int
    key_used_at: datetime | None
    payment: str
    invoice_id: UUID | None
    invoice: str
    """The ledger's id of the invoice; empty for a fee."""
    number: str
    ledger: str
    closed_until: date | None
    accounts: BookInto | None


def load_work(session: Session, row_id: UUID) -> Work | None:
    """The work of an entry; None if there is nothing to do (yet): done, parked, or its payment is not booked."""
    row = session.get(WriteBack, (tenant_of(session), row_id))
    connection = session.scalars(select(Connection)).one_or_none()
    if row is None or connection is None or row.state in _OVER or not _is_its_turn(session, row):
        return None
    payment = session.get_one(Payment, (row.tenant_id, row.payment_id))
    invoice = session.get(Invoice, (row.tenant_id, row.invoice_id)) if row.invoice_id else None
    return Work(
        row_id=row.id,
        kind=row.kind,
        currency=row.currency,
        amount=row.amount,
        booked_on=row.booked_on,
        marker=row.marker,
        attempts=row.attempts,
        key_used_at=row.sent_at,
        payment=payment.external_id,
        invoice_id=row.invoice_id,
        invoice=invoice.external_id if invoice else "",
        number=invoice.number if invoice else "",
        ledger=LEDGERS[connection.ledger].display_name,
        closed_until=connection.lock_date,
        accounts=_accounts(session, row.currency),
    )


def _is_its_turn(session: Session, row: WriteBack) -> bool:
    """A note tells of a payment, so the payment comes first. Everything else stands for itself."""
    if row.kind is not WriteBackKind.NOTE:
        return True
    state = session.scalar(
        select(WriteBack.state).where(
            WriteBack.payment_id == row.payment_id,
            WriteBack.invoice_id == row.invoice_id,
            WriteBack.kind == WriteBackKind.PAYMENT,
        )
    )
    return state is WriteBackState.DONE


def _accounts(session: Session, currency: str) -> BookInto | None:
    chosen = session.scalars(
        select(BookingAccounts).where(BookingAccounts.currency == currency)
    ).one_or_none()
    if chosen is None:
        return None
    clearing = session.get(Account, (chosen.tenant_id, chosen.clearing_account_id))
    fee = session.get(Account, (chosen.tenant_id, chosen.fee_account_id))
    if clearing is None or fee is None:
        return None
    return BookInto(
        clearing=clearing.external_id,
        fee_code=fee.code,
        names=f"{clearing.name} and {fee.name}",
        is_active=clearing.is_active and fee.is_active,
    )
