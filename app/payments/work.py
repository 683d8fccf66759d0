"""What an entry needs to know before it goes to the ledger, read in one unit of work."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.connectors.base import AccountRef, FeeStyle
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
from app.payments.entries import note_text
from app.payments.fee_style import style_of
from app.payments.paid_checkouts import paid_checkout

_OVER = (WriteBackState.DONE, WriteBackState.PARKED)


@dataclass(frozen=True, slots=True)
class BookInto:
    """The accounts of the entry's currency."""

    clearing: str
    """The ledger's id of the bank account that stands for the processor's balance."""
    fee: AccountRef
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
    memo: str
    """What the note about this payment says, for a ledger that keeps no notes; empty for other entries."""
    attempts: int
    key_used_at: datetime | None
    payment: str
    payment_currency: str
    style: FeeStyle
    gathers: tuple[str, ...]
    """The ledger's ids of the payments that a deposit takes in; empty for everything else."""
    invoice_id: UUID | None
    invoice: str
    """The ledger's id of the invoice; empty for a fee."""
    number: str
    ledger: str
    closed_until: date | None
    accounts: BookInto | None

    @property
    def is_nothing(self) -> bool:
        """A fee of zero that no deposit needs: there is nothing to enter."""
        return self.kind is WriteBackKind.FEE and self.amount == 0 and self.style is not FeeStyle.DEPOSIT


def load_work(session: Session, row_id: UUID) -> Work | None:
    """The work of an entry; None if there is nothing to do (yet): done, parked, or its payment is not booked."""
    row = session.get(WriteBack, (tenant_of(session), row_id))
    connection = session.scalars(select(Connection)).one_or_none()
    if row is None or connection is None or row.state in _OVER:
        return None
    payment = session.get_one(Payment, (row.tenant_id, row.payment_id))
    style = style_of(session, row, payment)
    if not _is_its_turn(session, row, style):
        return None
    invoice = session.get(Invoice, (row.tenant_id, row.invoice_id)) if row.invoice_id else None
    return Work(
        row_id=row.id,
        kind=row.kind,
        currency=row.currency,
        amount=row.amount,
        booked_on=row.booked_on,
        marker=row.marker,
        memo=_memo(session, row, payment),
        attempts=row.attempts,
        key_used_at=row.sent_at,
        payment=payment.external_id,
        payment_currency=payment.currency,
        style=style,
        gathers=_gathered(session, row, style),
        invoice_id=row.invoice_id,
        invoice=invoice.external_id if invoice else "",
        number=invoice.number if invoice else "",
        ledger=LEDGERS[connection.ledger].display_name,
        closed_until=connection.lock_date,
        accounts=_accounts(session, row.currency),
    )


def _is_its_turn(session: Session, row: WriteBack, style: FeeStyle) -> bool:
    """A note tells of its payment, and a deposit gathers all of them. Everything else stands for itself."""
    if row.kind is WriteBackKind.PAYMENT or (row.kind is WriteBackKind.FEE and style is FeeStyle.EXPENSE):
        return True
    before = select(WriteBack.state).where(
        WriteBack.payment_id == row.payment_id, WriteBack.kind == WriteBackKind.PAYMENT
    )
    if row.kind is WriteBackKind.NOTE:
        before = before.where(WriteBack.invoice_id == row.invoice_id)
    return set(session.scalars(before)) == {WriteBackState.DONE}


def _memo(session: Session, row: WriteBack, payment: Payment) -> str:
    if row.kind is not WriteBackKind.PAYMENT:
        return ""
    paid = paid_checkout(session, payment)
    return next((note_text(paid, part) for part in paid.parts if part.invoice_id == row.invoice_id), "")


def _gathered(session: Session, row: WriteBack, style: FeeStyle) -> tuple[str, ...]:
    """What we have booked of the payment. A part that was booked by hand is where its bookkeeper has put it."""
    if row.kind is not WriteBackKind.FEE or style is not FeeStyle.DEPOSIT:
        return ()
    ids = session.scalars(
        select(WriteBack.external_id)
        .where(
            WriteBack.payment_id == row.payment_id,
            WriteBack.kind == WriteBackKind.PAYMENT,
            WriteBack.state == WriteBackState.DONE,
        )
        .order_by(WriteBack.external_id)
    )
    return tuple(external_id for external_id in ids if external_id)


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
        fee=AccountRef(fee.external_id, fee.code),
        names=f"{clearing.name} and {fee.name}",
        is_active=clearing.is_active and fee.is_active,
    )
