"""Brings the proposed charges in line with what the rules ask for today, and waives what came inside the grace.

Proposals are worked out anew each time; whoever has decided about a charge has decided for good. Two workers at once
take turns by the rows of the rules.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import and_, delete, select
from sqlalchemy.orm import Session

from app.kit.clock import local_date
from app.kit.database import tenant_of
from app.late_fees.accrual import came_in_grace
from app.late_fees.evaluating import Asked, Evaluated, evaluate
from app.late_fees.late_invoices import load_debts
from app.late_fees.law import law
from app.late_fees.terms import Span
from app.late_fees.waiving import waive
from app.late_fees.words import described
from app.models import Invoice, InvoiceState, LateFee, LateFeeKind, LateFeeRule, LateFeeState, Tenant

_IN_GRACE = "The money came inside the days of grace."
_GONE = "The invoice was voided or credited in full."
_Key = tuple[UUID, LateFeeKind, date]


def propose(session: Session, *, now: datetime) -> Evaluated:
    """Renew the proposals of this unit of work's tenant; what the rules asked for."""
    rules = locked_rules(session)
    zone = session.get_one(Tenant, tenant_of(session)).time_zone
    _waive_what_stands_no_longer(session, zone=zone, now=now)
    on = [rule for rule in rules if rule.switched_on_at is not None and rule.ended_at is None]
    found = evaluate(session, on, today=local_date(now, zone), zone=zone)
    _renew(session, found.asked, now=now)
    return found


def locked_rules(session: Session) -> list[LateFeeRule]:
    """Every rule, locked: nobody else proposes or charges meanwhile."""
    return list(session.scalars(select(LateFeeRule).order_by(LateFeeRule.id).with_for_update()))


def proposed(session: Session) -> Sequence[LateFee]:
    """The present proposals."""
    wanted = select(LateFee).where(LateFee.state == LateFeeState.PROPOSED)
    return session.scalars(wanted.order_by(LateFee.from_day, LateFee.id)).all()


def _renew(session: Session, asked: Iterable[Asked], *, now: datetime) -> None:
    """One proposal for each charge asked for; one that stays keeps its id, so that a page may name it."""
    known: dict[_Key, tuple[UUID, datetime]] = {
        (row.invoice_id, row.kind, row.from_day): (row.id, row.created_at) for row in proposed(session)
    }
    session.execute(delete(LateFee).where(LateFee.state == LateFeeState.PROPOSED))
    session.expire_all()
    for one in asked:
        row_id, created_at = known.get(_key(one), (uuid4(), now))
        session.add(_row(session, one, row_id, created_at))
        session.flush()  # each names the one before it


def _key(one: Asked) -> _Key:
    return one.late.debt.invoice_id, one.charge.kind, one.charge.from_day


def _row(session: Session, one: Asked, row_id: UUID, created_at: datetime) -> LateFee:
    charge, rule = one.charge, one.rule
    return LateFee(
        tenant_id=tenant_of(session),
        id=row_id,
        rule_id=rule.id,
        invoice_id=one.late.debt.invoice_id,
        customer_id=one.late.customer_id,
        kind=charge.kind,
        after_day=one.after_day,
        from_day=charge.from_day,
        to_day=charge.to_day,
        base=charge.base,
        rate=charge.rate,
        spans=[_told(span) for span in charge.spans],
        currency=rule.currency,
        amount=charge.amount,
        description=described(
            charge,
            number=one.late.number,
            currency=rule.currency,
            law=law(rule.law) if rule.law else None,
        ),
        created_at=created_at,
    )


def _told(span: Span) -> dict[str, Any]:
    return {
        "from": span.from_day.isoformat(),
        "to": span.to_day.isoformat(),
        "balance": str(span.balance),
        "percent": str(span.percent),
    }


def _waive_what_stands_no_longer(session: Session, *, zone: str, now: datetime) -> None:
    rows = session.execute(
        select(LateFee, LateFeeRule, Invoice)
        .join(
            LateFeeRule, and_(LateFeeRule.tenant_id == LateFee.tenant_id, LateFeeRule.id == LateFee.rule_id)
        )
        .join(Invoice, and_(Invoice.tenant_id == LateFee.tenant_id, Invoice.id == LateFee.invoice_id))
        .where(LateFee.state == LateFeeState.CHARGED, Invoice.state != InvoiceState.OPEN)
    ).all()
    debts = load_debts(session, [invoice for _, _, invoice in rows], zone=zone)
    for charge, rule, invoice in rows:
        reason = None
        if invoice.state in (InvoiceState.VOIDED, InvoiceState.DELETED):
            reason = _GONE
        elif came_in_grace(debts[invoice.id], grace_days=rule.grace_days):
            reason = _IN_GRACE
        if reason is not None:
            waive(session, charge, reason=reason, by=None, now=now)
