"""What customers paid lately, by card and otherwise."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.models import Checkout, Customer, LedgerPayment, PayLink, Payment, PaymentState

DAYS = 7
_MOST_SHOWN = 10


@dataclass(frozen=True)
class CardPayment:
    """A payment through a pay link."""

    id: UUID
    customer_id: UUID
    customer_name: str
    currency: str
    amount: Decimal
    state: PaymentState
    paid_at: datetime | None


@dataclass(frozen=True)
class Received:
    """All payments of a currency that the ledger shows for the last days."""

    currency: str
    count: int
    amount: Decimal


def card_payments(session: Session) -> list[CardPayment]:
    """The latest payments through pay links, newest first."""
    rows = session.execute(
        select(
            Payment.id,
            Customer.id,
            Customer.name,
            Payment.currency,
            Payment.amount,
            Payment.state,
            Payment.paid_at,
        )
        .join(Checkout, and_(Checkout.tenant_id == Payment.tenant_id, Checkout.id == Payment.checkout_id))
        .join(PayLink, and_(PayLink.tenant_id == Checkout.tenant_id, PayLink.id == Checkout.pay_link_id))
        .join(Customer, and_(Customer.tenant_id == PayLink.tenant_id, Customer.id == PayLink.customer_id))
        .order_by(Payment.created_at.desc())
        .limit(_MOST_SHOWN)
    )
    return [CardPayment(*row) for row in rows]


def received(session: Session, today: date) -> list[Received]:
    """Per currency, what the ledger shows as paid in the last `DAYS` days, whoever entered it.

    A payment of nothing only joins a credit note to an invoice: no money came in by it.
    """
    rows = session.execute(
        select(LedgerPayment.currency, func.count(), func.sum(LedgerPayment.amount))
        .where(
            LedgerPayment.is_deleted.is_(False),
            LedgerPayment.amount > 0,
            LedgerPayment.paid_on > today - timedelta(days=DAYS),
        )
        .group_by(LedgerPayment.currency)
        .order_by(LedgerPayment.currency)
    )
    return [Received(*row) for row in rows]
