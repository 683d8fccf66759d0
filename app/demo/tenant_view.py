"""What the demo reads of its tenant: figures of the mirror, the list, the log. It changes nothing here."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.demo.persistence import once_it_answers
from app.kit.ground import Ground
from app.models import (
    UNDECIDED,
    CadenceStep,
    CheckoutInvoice,
    Customer,
    Invoice,
    InvoiceState,
    Membership,
    Message,
    Payment,
    PaymentMail,
    PaymentState,
    Reminder,
    ReminderInvoice,
    ReminderState,
    Route,
    SyncRun,
    Tenant,
    WriteBack,
    WriteBackKind,
    WriteBackState,
)

_Read = TypeVar("_Read")


@dataclass(frozen=True)
class ListLine:
    """One reminder of the first list."""

    customer: str
    currency: str
    amount: Decimal
    invoices: int
    offset_days: int

    @property
    def step(self) -> str:
        """Which reminder of the cadence, in words."""
        days = abs(self.offset_days)
        return (
            f"{days} days {'before' if self.offset_days < 0 else 'after'} due" if days else "on the due date"
        )


@dataclass(frozen=True)
class TenantView:
    """One tenant, read through row-level security like everybody else."""

    ground: Ground
    tenant_id: UUID

    def customers(self) -> int:
        """Rows of the mirror."""
        return self._count(select(func.count()).select_from(Customer))

    def invoices(self) -> int:
        """Rows of the mirror."""
        return self._count(select(func.count()).select_from(Invoice))

    def first_run(self) -> SyncRun | None:
        """The first pull, or its newest attempt."""
        first = select(SyncRun).where(SyncRun.is_first).order_by(SyncRun.started_at.desc()).limit(1)
        return next(iter(self._scalars(first)), None)

    def reminders(self) -> Counter[ReminderState]:
        """How many reminders are in each state."""
        return Counter(dict(self._rows(select(Reminder.state, func.count()).group_by(Reminder.state))))

    def planned(self) -> int:
        """Reminders that have not begun to leave, held ones among them."""
        states = self.reminders()
        return sum(states[state] for state in UNDECIDED)

    def held_for_first_list(self) -> int:
        """Reminders that wait for the owner to see them."""
        return self._count(select(func.count()).where(Reminder.reason_code == "first_list"))

    def first_list(self) -> list[ListLine]:
        """What waits for the owner, the largest amount first."""
        amount = func.sum(Invoice.amount_due)
        covered = (ReminderInvoice.tenant_id == Reminder.tenant_id) & (
            ReminderInvoice.reminder_id == Reminder.id
        )
        rows = self._rows(
            select(Customer.name, Reminder.currency, amount, func.count(), CadenceStep.offset_days)
            .select_from(Reminder)
            .join(Customer, Customer.id == Reminder.customer_id)
            .join(CadenceStep, CadenceStep.id == Reminder.step_id)
            .join(ReminderInvoice, covered)
            .join(Invoice, Invoice.id == ReminderInvoice.invoice_id)
            .where(Reminder.reason_code == "first_list")
            .group_by(Reminder.id, Customer.name, Reminder.currency, CadenceStep.offset_days)
            .order_by(amount.desc())
        )
        return [ListLine(*row) for row in rows]

    def offsets(self) -> list[int]:
        """The cadence's days after the due date."""
        return self._scalars(select(CadenceStep.offset_days).where(CadenceStep.retired_at.is_(None)))

    def payments(self) -> list[Payment]:
        """Payments that succeeded."""
        return self._scalars(select(Payment).where(Payment.state == PaymentState.SUCCEEDED))

    def paid_invoice_numbers(self) -> set[str]:
        """Numbers of the invoices that our payments were for."""
        paid = select(Invoice.number).join(
            CheckoutInvoice,
            (CheckoutInvoice.tenant_id == Invoice.tenant_id) & (CheckoutInvoice.invoice_id == Invoice.id),
        )
        return set(self._scalars(paid))

    def written_back(self, kind: WriteBackKind) -> list[WriteBack]:
        """Entries of a kind that stand in the ledger."""
        return self._scalars(
            select(WriteBack).where(WriteBack.kind == kind, WriteBack.state == WriteBackState.DONE)
        )

    def payments_written_back(self) -> int:
        """Payments all of whose entries stand in the ledger."""
        entries = {entry.payment_id for entry in self.written_back(WriteBackKind.PAYMENT)}
        missing = select(WriteBack.payment_id).where(
            WriteBack.kind == WriteBackKind.PAYMENT, WriteBack.state != WriteBackState.DONE
        )
        return len(entries - set(self._scalars(missing)))

    def open_sums(self) -> dict[str, tuple[int, Decimal]]:
        """By currency: how many invoices the mirror has open, and what is due on them together."""
        rows = self._rows(
            select(Invoice.currency, func.count(), func.sum(Invoice.amount_due))
            .where(Invoice.state == InvoiceState.OPEN)
            .group_by(Invoice.currency)
        )
        return {currency: (count, due) for currency, count, due in rows}

    def message_ids(self) -> set[str]:
        """Of every attempt to send; the mail's Message-ID begins with it."""
        return {str(message_id) for message_id in self._scalars(select(Message.id))}

    def payment_mail_ids(self) -> set[str]:
        """The markers of its mails about payments: receipts, and notices to the business."""
        return {str(mail_id) for mail_id in self._scalars(select(PaymentMail.id))}

    def zone(self) -> str:
        """The organisation's time zone."""
        return str(self._scalars(select(Tenant.time_zone))[0])

    def country(self) -> str:
        """Where its public holidays are."""
        return str(self._scalars(select(Tenant.country_code))[0])

    def not_written_back(self) -> list[str]:
        """What stands in the way of the entries that are not done."""
        rest = self._scalars(select(WriteBack).where(WriteBack.state != WriteBackState.DONE))
        return [f"{entry.kind.value} {entry.state.value}: {entry.reason}" for entry in rest]

    def ask(self, read: Callable[[Session], _Read]) -> _Read:
        """What `read` finds, also when the database is just being started again."""

        def once() -> _Read:
            with self.ground.database.tenant(self.tenant_id) as session:
                return read(session)

        return once_it_answers(once)

    def _rows(self, query: Select[*tuple[Any, ...]]) -> list[Any]:
        return self.ask(lambda session: [tuple(row) for row in session.execute(query)])

    def _scalars(self, query: Select[_Read]) -> list[_Read]:
        return self.ask(lambda session: list(session.scalars(query)))

    def _count(self, query: Select[int]) -> int:
        return self._scalars(query)[0]


def tenant_at(ground: Ground, ledger: str) -> UUID | None:
    """The tenant of a site that has one at this ledger, or None before it connects."""

    def look() -> UUID | None:
        with ground.database.platform() as session:
            return session.scalar(select(Route.tenant_id).where(Route.kind == ledger).limit(1))

    return once_it_answers(look)


def is_empty(ground: Ground) -> bool:
    """Whether nobody has ever connected anything here."""
    with ground.database.platform() as session:
        return session.scalar(select(Membership.tenant_id).limit(1)) is None
