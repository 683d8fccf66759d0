"""What went back of one payment: refunds and chargebacks, newest first, for its page."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.clock import local_date
from app.models import Chargeback, ChargebackState, Refund, Tenant
from app.payments.chargebacks_words import what_to_do


@dataclass(frozen=True, slots=True)
class RefundRow:
    """A refund as the business asked for it, or as it was made at the processor."""

    state: str
    amount: Decimal
    currency: str
    at: datetime
    reason: str | None
    failure: str | None
    was_made_here: bool


@dataclass(frozen=True, slots=True)
class ChargebackRow:
    """A payment that the payer's bank took back, or asks about."""

    state: str
    amount: Decimal
    currency: str
    at: datetime
    fee: Decimal | None
    fee_currency: str | None
    what_to_do: str | None
    """None once nothing is left to do."""


def refunds_of(session: Session, payment_id: UUID) -> list[RefundRow]:
    """The refunds of a payment."""
    rows = session.scalars(
        select(Refund).where(Refund.payment_id == payment_id).order_by(Refund.created_at.desc(), Refund.id)
    )
    return [
        RefundRow(
            state=row.state.value,
            amount=row.amount,
            currency=row.currency,
            at=row.created_at,
            reason=row.reason,
            failure=row.failure,
            was_made_here=row.asked_by is not None,
        )
        for row in rows
    ]


def chargebacks_of(session: Session, payment_id: UUID) -> list[ChargebackRow]:
    """The chargebacks of a payment."""
    rows = session.scalars(
        select(Chargeback)
        .where(Chargeback.payment_id == payment_id)
        .order_by(Chargeback.opened_at.desc(), Chargeback.id)
    )
    return [_chargeback_row(session, row) for row in rows]


def _chargeback_row(session: Session, row: Chargeback) -> ChargebackRow:
    zone = session.get_one(Tenant, row.tenant_id).time_zone
    answer_by = local_date(row.evidence_due_at, zone) if row.evidence_due_at else None
    is_over = row.state is ChargebackState.WON
    return ChargebackRow(
        state=row.state.value,
        amount=row.amount,
        currency=row.currency,
        at=row.opened_at,
        fee=row.fee,
        fee_currency=row.fee_currency,
        what_to_do=None if is_over else what_to_do(row, answer_by=answer_by),
    )
