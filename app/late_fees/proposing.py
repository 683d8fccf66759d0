"""Brings the proposed charges in line with what the rules ask for today, and looks again at those that were made.

Proposals are worked out anew each time; whoever has decided about a charge has decided for good. Two workers at once
take turns by the rows of the rules.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.kit.clock import local_date
from app.kit.database import tenant_of
from app.late_fees.describing import voice_for
from app.late_fees.evaluating import Asked, Evaluated, evaluate
from app.late_fees.looking_again import look_again
from app.late_fees.rules import locked_rules
from app.late_fees.spans import told
from app.late_fees.words import described
from app.models import LateFee, LateFeeKind, LateFeeState, Tenant

_Key = tuple[UUID, LateFeeKind, date]


def propose(session: Session, *, now: datetime) -> Evaluated:
    """Renew the proposals of this unit of work's tenant; what the rules asked for."""
    rules = locked_rules(session)
    zone = session.get_one(Tenant, tenant_of(session)).time_zone
    look_again(session, zone=zone, now=now)
    living = [rule for rule in rules if rule.ended_at is None]
    on = [rule for rule in living if rule.switched_on_at is not None]
    found = evaluate(session, on, today=local_date(now, zone), zone=zone, beside=living)
    _renew(session, found.asked, now=now)
    return found


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
    charge, rule, voice = one.charge, one.rule, voice_for(session, one.late.customer_id)
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
        spans=[told(span) for span in charge.spans],
        currency=rule.currency,
        amount=charge.amount,
        grace_days=rule.grace_days,
        cap_percent=rule.cap_percent,
        cap_amount=rule.cap_amount,
        law=rule.law,
        description=described(
            charge,
            number=one.late.number,
            currency=rule.currency,
            law=rule.law,
            voice=voice,
        ),
        created_at=created_at,
    )
