"""What happened to an invoice or a customer so far: reminders and payments, from the mirror and the log."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session

from app.models import (
    CadenceStep,
    Delivery,
    LedgerPayment,
    PaymentApplication,
    Reminder,
    ReminderInvoice,
    ReminderState,
)
from app.web.messages.deliveries import LATEST_DELIVERY

_LONGEST_HISTORY = 50


@dataclass(frozen=True)
class PastReminder:
    """One reminder of an invoice's or a customer's history."""

    id: UUID
    state: ReminderState
    send_on: date
    offset_days: int
    currency: str
    reason: str | None
    delivery: Delivery | None


@dataclass(frozen=True)
class SeenPayment:
    """A payment as the ledger has it."""

    paid_on: date
    amount: Decimal
    """The part that settles the invoice it is shown with."""
    reference: str


def reminders_of_invoice(session: Session, invoice_id: UUID) -> list[PastReminder]:
    """Latest first."""
    covers = and_(ReminderInvoice.tenant_id == Reminder.tenant_id, ReminderInvoice.reminder_id == Reminder.id)
    return _reminders(
        session, select(Reminder.id).join(ReminderInvoice, covers), ReminderInvoice.invoice_id == invoice_id
    )


def reminders_of_customer(session: Session, customer_id: UUID) -> list[PastReminder]:
    """Latest first."""
    return _reminders(session, select(Reminder.id), Reminder.customer_id == customer_id)


def _reminders(session: Session, chosen: Select[UUID], where: ColumnElement[bool]) -> list[PastReminder]:
    step = and_(CadenceStep.tenant_id == Reminder.tenant_id, CadenceStep.id == Reminder.step_id)
    rows = session.execute(
        select(
            Reminder.id,
            Reminder.state,
            Reminder.send_on,
            CadenceStep.offset_days,
            Reminder.currency,
            Reminder.reason,
            LATEST_DELIVERY,
        )
        .join(CadenceStep, step)
        .where(Reminder.id.in_(chosen.where(where)))
        .order_by(Reminder.send_on.desc(), Reminder.currency)
        .limit(_LONGEST_HISTORY)
    )
    return [PastReminder(*row) for row in rows]


def payments_of_invoice(session: Session, invoice_id: UUID) -> list[SeenPayment]:
    """What the ledger has, earliest first."""
    same = and_(
        LedgerPayment.tenant_id == PaymentApplication.tenant_id,
        LedgerPayment.id == PaymentApplication.payment_id,
    )
    rows = session.execute(
        select(LedgerPayment.paid_on, PaymentApplication.amount, LedgerPayment.reference)
        .join(PaymentApplication, same)
        .where(PaymentApplication.invoice_id == invoice_id, LedgerPayment.is_deleted.is_(False))
        .order_by(LedgerPayment.paid_on)
    )
    return [SeenPayment(*row) for row in rows]
