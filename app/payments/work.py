"""What an entry needs to know before it goes to the ledger, read in one unit of work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.connectors.base import Arrived, FeeStyle
from app.connectors.registry import LEDGERS
from app.kit.clock import local_date
from app.kit.database import tenant_of
from app.models import (
    Connection,
    Customer,
    Invoice,
    Overpaid,
    Payment,
    Tenant,
    WriteBack,
    WriteBackKind,
    WriteBackState,
)
from app.payments.book_into import BookInto, book_into
from app.payments.conversion import Converted, conversion, waits_for_conversion
from app.payments.entry_order import is_its_turn
from app.payments.entry_words import entry_words
from app.payments.fee_style import style_of
from app.payments.paid_checkouts import paid_checkout
from app.payments.payers import customer_of
from app.payments.sharing_out import share_out
from app.payments.work_late_fee import Charged, charged

_OVER = (WriteBackState.DONE, WriteBackState.PARKED, WriteBackState.UNDONE)
# Of an invoice or a customer, so in their currency, whatever that of the clearing account.
_IN_OWN_CURRENCY = (WriteBackKind.PAYMENT, WriteBackKind.OVERPAYMENT)


@dataclass(frozen=True, slots=True)
class Line:
    """What an entry is for, of one invoice; the entries of one payment are a line each."""

    row_id: UUID
    invoice_id: UUID
    invoice: str
    """The ledger's id of the invoice."""
    number: str
    amount: Decimal
    cleared: Decimal | None = None
    """What it moves on the clearing account, where the processor changed it into that account's currency."""


@dataclass(frozen=True, slots=True)
class Work:
    """An unfinished entry with its surroundings."""

    row_id: UUID
    kind: WriteBackKind
    currency: str
    amount: Decimal
    """Of all its lines."""
    booked_on: date
    marker: str
    memo: str
    """What the entry says of itself, where the ledger has room for more than the marker."""
    attempts: int
    key_used_at: datetime | None
    payment: str
    """The processor's id of the payment; empty for what belongs to none."""
    payment_currency: str
    style: FeeStyle
    gathers: tuple[str, ...]
    """The ledger's ids of the payments that a deposit takes in; empty for everything else."""
    invoice_id: UUID | None
    """The first one's, where the entry is for several."""
    invoice: str
    """The ledger's id of the invoice; empty if the entry is for none."""
    number: str
    customer: str
    """The ledger's id of who paid or is charged; empty for a payout."""
    ledger: str
    closed_until: date | None
    today: date
    accounts: BookInto | None
    external_id: str | None = None
    """The ledger's id of the entry, if it was seen there."""
    is_undoing: bool = False
    """It is to be taken back."""
    keeps_credit: bool = False
    """What the invoice cannot take becomes the customer's credit."""
    lines: tuple[Line, ...] = ()
    """Of a payment, one for each invoice."""
    converted: Converted | None = None
    """What became of its money at the processor, where that changed it into another currency."""
    due_on: date | None = None
    """When a charge is to be paid; None for everything else."""
    customer_is_active: bool = True
    """Nothing can be charged to a customer whom the ledger has put away."""

    @property
    def clearing_currency(self) -> str:
        """In which the clearing account moves."""
        return self.converted.currency if self.converted else self.currency

    @property
    def arrived(self) -> Arrived | None:
        """What reached the clearing account, where the entry itself is in another currency."""
        if self.converted is None or self.converted.arrived is None or self.kind not in _IN_OWN_CURRENCY:
            return None
        return Arrived(self.converted.arrived, self.converted.currency, self.currency)

    @property
    def entered(self) -> Decimal:
        """What the ledger is to show: money spent or received has the clearing account's currency."""
        if self.converted is None or self.converted.arrived is None or self.kind in _IN_OWN_CURRENCY:
            return self.amount
        return self.converted.arrived

    @property
    def is_nothing(self) -> bool:
        """An amount of zero, which only a deposit has a use for: there is nothing to enter."""
        return self.entered == 0 and (
            self.kind is not WriteBackKind.FEE or self.style is not FeeStyle.DEPOSIT
        )


def load_work(session: Session, row_id: UUID, *, now: datetime) -> Work | None:
    """The work of an entry; None if there is nothing to do (yet): it is over, waits for another one or follows it."""
    row = session.get(WriteBack, (tenant_of(session), row_id))
    connection = session.scalars(select(Connection)).one_or_none()
    if row is None or connection is None or row.state in _OVER or row.leader_id is not None:
        return None
    payment = session.get_one(Payment, (row.tenant_id, row.payment_id)) if row.payment_id else None
    style = style_of(session, row, payment) if payment else FeeStyle.EXPENSE
    is_undoing = row.state is WriteBackState.UNDOING
    if not is_undoing and not is_its_turn(session, row, style):
        return None
    if payment is not None:
        share_out(session, row, payment)
        if not is_undoing and waits_for_conversion(session, row, payment):
            return None
    invoice = session.get(Invoice, (row.tenant_id, row.invoice_id)) if row.invoice_id else None
    lines, charge = _lines(session, row), charged(session, row)
    converted = conversion(session, row, payment, _arrived(row, lines)) if payment else None
    accounts = book_into(session, row.kind, converted.currency if converted else row.currency)
    return Work(
        row_id=row.id,
        kind=row.kind,
        currency=row.currency,
        amount=sum((line.amount for line in lines), Decimal(0)) if lines else row.amount,
        booked_on=row.booked_on,
        marker=row.marker,
        memo=charge.description if charge else _memo(session, row, payment, lines),
        attempts=row.attempts,
        key_used_at=row.sent_at,
        payment=payment.external_id if payment else "",
        payment_currency=payment.currency if payment else row.currency,
        style=style,
        gathers=_gathered(session, row, style),
        invoice_id=row.invoice_id,
        invoice=invoice.external_id if invoice else "",
        number=invoice.number if invoice else charge.number if charge else "",
        customer=_customer(session, payment, charge),
        ledger=LEDGERS[connection.ledger].display_name,
        closed_until=connection.lock_date,
        today=local_date(now, session.get_one(Tenant, row.tenant_id).time_zone),
        accounts=accounts,
        external_id=row.external_id,
        is_undoing=is_undoing,
        keeps_credit=_keeps_credit(session, row, accounts),
        converted=converted,
        lines=lines,
        due_on=charge.due_on if charge else None,
        customer_is_active=charge is None or charge.customer.is_active,
    )


def _lines(session: Session, row: WriteBack) -> tuple[Line, ...]:
    """Of a payment: the entry's own and those that it leads."""
    if row.kind is not WriteBackKind.PAYMENT:
        return ()
    found = session.execute(
        select(WriteBack, Invoice)
        .join(Invoice, (Invoice.tenant_id == WriteBack.tenant_id) & (Invoice.id == WriteBack.invoice_id))
        .where(or_(WriteBack.id == row.id, WriteBack.leader_id == row.id))
        .order_by(WriteBack.leader_id.is_not(None), WriteBack.marker)
    )
    return tuple(
        Line(one.id, invoice.id, invoice.external_id, invoice.number, one.amount, one.cleared)
        for one, invoice in found
    )


def _arrived(row: WriteBack, lines: Sequence[Line]) -> Decimal | None:
    """Of all lines; None where it is not known of every one."""
    parts = [line.cleared for line in lines] or [row.cleared]
    known = [part for part in parts if part is not None]
    return sum(known, Decimal(0)) if len(known) == len(parts) else None


def _memo(session: Session, row: WriteBack, payment: Payment | None, lines: Sequence[Line]) -> str:
    if payment is None:
        return entry_words(row.kind, None)
    own = [row.invoice_id] if row.invoice_id else []
    invoice_ids = [line.invoice_id for line in lines] or own
    return entry_words(row.kind, paid_checkout(session, payment), *invoice_ids)


def _customer(session: Session, payment: Payment | None, charge: Charged | None) -> str:
    if payment is None:
        return charge.customer.external_id if charge else ""
    return session.get_one(Customer, (payment.tenant_id, customer_of(session, payment))).external_id


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
    # The lines of one payment share its id.
    return tuple(dict.fromkeys(external_id for external_id in ids if external_id))


def _keeps_credit(session: Session, row: WriteBack, accounts: BookInto | None) -> bool:
    """The business wants it always, or somebody has said so of this payment."""
    if row.kind is not WriteBackKind.PAYMENT:
        return False
    if accounts is not None and accounts.overpaid is Overpaid.CREDIT:
        return True
    credit = select(WriteBack.id).where(
        WriteBack.payment_id == row.payment_id,
        WriteBack.invoice_id == row.invoice_id,
        WriteBack.kind == WriteBackKind.OVERPAYMENT,
    )
    return session.scalar(credit) is not None
