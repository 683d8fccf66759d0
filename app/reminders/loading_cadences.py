"""A tenant's cadences, rules and what rules ask about customers, as the planner knows them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import (
    Cadence as CadenceRow,
)
from app.models import (
    CadenceRule,
    CadenceStep,
    Customer,
    CustomerTag,
    Invoice,
    InvoiceState,
)
from app.reminders.conditions import Profile, from_json
from app.reminders.situation import Cadence, Rule, Step

_HISTORY = timedelta(days=365)
_STEPS = select(CadenceStep).order_by(CadenceStep.position, CadenceStep.offset_days, CadenceStep.id)


@dataclass(frozen=True)
class Known:
    """All of a tenant's cadences: those in force, and every step there ever was."""

    rules: tuple[Rule, ...]
    steps: dict[UUID, Step]


def load_known(session: Session, *, with_rules: bool, with_past: bool) -> Known:
    """Rules in their order with their cadences, archived ones left out; and all steps, retired ones too.

    Nothing is read for a tenant without rules that has decided nothing yet.
    """
    if not with_rules and not with_past:
        return Known((), {})
    rows = session.scalars(_STEPS).all()
    steps = {row.id: as_step(row) for row in rows}
    named = _named(session) if with_rules else []
    cadences = {row.id: as_cadence(row, _in_force(rows, row.id)) for _, row in named}
    return Known(tuple(Rule(from_json(kept), cadences[row.id]) for kept, row in named), steps)


def _named(session: Session) -> list[tuple[dict[str, Any], CadenceRow]]:
    cadence = (CadenceRow.tenant_id == CadenceRule.tenant_id) & (CadenceRow.id == CadenceRule.cadence_id)
    rows = session.execute(
        select(CadenceRule.conditions, CadenceRow)
        .join(CadenceRow, cadence)
        .where(CadenceRow.archived_at.is_(None))
        .order_by(CadenceRule.position)
    )
    return [(conditions, row) for conditions, row in rows]


def as_cadence(row: CadenceRow, steps: Iterable[CadenceStep]) -> Cadence:
    """The row as the planner knows it."""
    return Cadence(
        version=row.version,
        send_hour=row.send_hour,
        steps=tuple(as_step(step) for step in steps),
        weekdays=frozenset(row.weekdays),
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        keeps_holidays=row.keeps_holidays,
        grouping=row.grouping,
    )


def as_step(row: CadenceStep) -> Step:
    """The row as the planner knows it."""
    return Step(
        id=row.id,
        offset_days=row.offset_days,
        anchor=row.anchor,
        counts=row.counts,
        channels=tuple(row.channels),
        min_balance=row.min_balance,
        max_balance=row.max_balance,
        repeat_every_days=row.repeat_every_days,
        repeat_limit=row.repeat_limit or 0,
        action=row.action,
        only_after=row.only_after,
        recipient_role=row.recipient_role,
    )


def load_profiles(session: Session, rules: Sequence[Rule], today: date) -> dict[UUID, Profile]:
    """What the rules ask about customers; nothing is read that no rule asks."""
    if not any(rule.conditions.ask_about_customers for rule in rules):
        return {}
    tags: dict[UUID, set[str]] = {}
    for customer_id, tag in session.execute(select(CustomerTag.customer_id, CustomerTag.tag)):
        tags.setdefault(customer_id, set()).add(tag)
    late = _days_late(session, today) if any(rule.conditions.ask_about_history for rule in rules) else {}
    rows = session.execute(select(Customer.id, Customer.country_code))
    return {
        customer_id: Profile(frozenset(tags.get(customer_id, ())), country, late.get(customer_id))
        for customer_id, country in rows
    }


def _days_late(session: Session, today: date) -> dict[UUID, Decimal]:
    rows = session.execute(
        select(Invoice.customer_id, func.avg(Invoice.settled_on - Invoice.due_on))
        .where(Invoice.state == InvoiceState.PAID, Invoice.settled_on >= today - _HISTORY)
        .group_by(Invoice.customer_id)
    )
    return {customer_id: Decimal(average) for customer_id, average in rows}


def _in_force(rows: Iterable[CadenceStep], cadence_id: UUID) -> list[CadenceStep]:
    return [row for row in rows if row.cadence_id == cadence_id and row.retired_at is None]
