"""Which cadence is for whom: rules in the owner's order, the first that fits decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.kit.errors import NotFound
from app.models import Cadence, CadenceRule
from app.reminders.cadences import CadenceRefused, ask_for_plan, show_the_list_again
from app.reminders.conditions import Conditions, Profile, as_json, from_json
from app.reminders.situation import Situation


@dataclass(frozen=True, slots=True)
class KeptRule:
    """A rule with the cadence it names."""

    id: UUID
    cadence_id: UUID
    cadence_name: str
    conditions: Conditions


def kept_rules(session: Session) -> list[KeptRule]:
    """All rules in their order."""
    rows = session.execute(
        select(CadenceRule, Cadence.name)
        .join(Cadence, and_(Cadence.tenant_id == CadenceRule.tenant_id, Cadence.id == CadenceRule.cadence_id))
        .order_by(CadenceRule.position)
    )
    return [KeptRule(rule.id, rule.cadence_id, name, from_json(rule.conditions)) for rule, name in rows]


def add_rule(session: Session, cadence_id: UUID, conditions: Conditions, *, now: datetime) -> None:
    """One more rule, behind the others. Raises CadenceRefused for one that would fit everybody."""
    if conditions == Conditions():
        raise CadenceRefused({"rule": "Say at least one thing about whom the rule is for."})
    last = session.scalar(select(func.max(CadenceRule.position)))
    session.add(
        CadenceRule(
            tenant_id=tenant_of(session),
            cadence_id=cadence_id,
            position=0 if last is None else last + 1,
            conditions=as_json(conditions),
        )
    )
    _changed(session, now)


def remove_rule(session: Session, rule_id: UUID, *, now: datetime) -> None:
    """Whom it was for follows the next rule that fits, or the default cadence. Raises NotFound."""
    session.delete(_rule(session, rule_id))
    _changed(session, now)


def move_up(session: Session, rule_id: UUID, *, now: datetime) -> None:
    """Let a rule decide before the one above it. Raises NotFound."""
    rule = _rule(session, rule_id)
    above = session.scalar(
        select(CadenceRule)
        .where(CadenceRule.position < rule.position)
        .order_by(CadenceRule.position.desc())
        .limit(1)
    )
    if above is not None:
        rule.position, above.position = above.position, rule.position
        _changed(session, now)


def caught(rules: Sequence[KeptRule], situation: Situation) -> list[set[UUID]]:
    """The customers with open invoices that each rule catches, then those left to the default cadence. Pure."""
    found: list[set[UUID]] = [set() for _ in range(len(rules) + 1)]
    for invoice in situation.invoices:
        profile = situation.profiles.get(invoice.customer_id, Profile())
        total = invoice.total if invoice.total is not None else Decimal(0)
        place = next(
            (
                at
                for at, rule in enumerate(rules)
                if rule.conditions.fit(profile, currency=invoice.currency, total=total)
            ),
            len(rules),
        )
        found[place].add(invoice.customer_id)
    return found


def _rule(session: Session, rule_id: UUID) -> CadenceRule:
    rule = session.get(CadenceRule, (tenant_of(session), rule_id))
    if rule is None:
        raise NotFound("There is no such rule.")
    return rule


def _changed(session: Session, now: datetime) -> None:
    session.flush()
    show_the_list_again(session, now)
    ask_for_plan(session, now)
