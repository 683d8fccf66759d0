"""The rules of late fees: made, changed, switched on by somebody who has seen what they do, and ended.

A changed rule is off until somebody switches it on again. Whatever it charged before stays charged: no change makes a
day be charged for twice.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.kit.errors import NotFound, Rejected
from app.late_fees.law import laws
from app.late_fees.rule_faults import faults_of
from app.models import LateFeeRule, LateFeeRuleKind


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """A rule as somebody wants it."""

    name: str
    kind: LateFeeRuleKind
    currency: str
    tag: str | None = None
    amount: Decimal | None = None
    percent: Decimal | None = None
    law: str | None = None
    with_compensation: bool = False
    every_days: int | None = None
    grace_days: int = 0
    cap_percent: Decimal | None = None
    cap_amount: Decimal | None = None
    pay_within_days: int = 14
    by_itself: bool = False


def all_rules(session: Session) -> Sequence[LateFeeRule]:
    """Every rule that was not ended, the oldest first."""
    living = select(LateFeeRule).where(LateFeeRule.ended_at.is_(None))
    return session.scalars(living.order_by(LateFeeRule.created_at, LateFeeRule.id)).all()


def locked_rules(session: Session) -> list[LateFeeRule]:
    """Every rule, locked: nobody else proposes, charges or waives meanwhile."""
    return list(session.scalars(select(LateFeeRule).order_by(LateFeeRule.id).with_for_update()))


def find_rule(session: Session, rule_id: UUID) -> LateFeeRule:
    """A rule by its id. Raises NotFound for one that is unknown or was ended."""
    rule = session.get(LateFeeRule, (tenant_of(session), rule_id), with_for_update=True)
    if rule is None or rule.ended_at is not None:
        raise NotFound("There is no such rule.")
    return rule


def save_rule(session: Session, draft: RuleDraft, *, rule_id: UUID | None, now: datetime) -> UUID:
    """Make a rule, or change one, which switches it off. Raises Rejected with the first fault in words."""
    if faults := faults_of(asdict(draft)):
        raise Rejected(next(iter(faults.values())))
    values = asdict(draft)
    if rule_id is None:
        rule = LateFeeRule(tenant_id=tenant_of(session), id=uuid4(), created_at=now, changed_at=now, **values)
        session.add(rule)
        return rule.id
    rule = find_rule(session, rule_id)
    if any(getattr(rule, name) != value for name, value in values.items()):
        for name, value in values.items():
            setattr(rule, name, value)
        rule.changed_at = now
        switch_off(rule)
    return rule.id


def fingerprint(rule: LateFeeRule) -> str:
    """A text that is another one as soon as the rule charges anything else, or anybody else. Pure."""
    values = [f"{name}={getattr(rule, name)}" for name in RuleDraft.__dataclass_fields__]
    return hashlib.sha256("|".join(values).encode()).hexdigest()[:16]


def affirmation(rule: LateFeeRule) -> str:
    """What somebody affirms who switches the rule on. Only they can know who is a business and what was agreed."""
    if rule.law is not None:
        law = laws()[rule.law]
        return (
            f"Every customer of this rule bought from us as a business and under the law of {law.place}, and no "
            f"contract with them sets another charge for paying late than {law.name} does."
        )
    return (
        "Every customer of this rule has agreed to be charged this for paying late, and the law of their place lets "
        "us charge it."
    )


def switch_on(
    session: Session, rule_id: UUID, *, charges_from: date, affirmed: str | None, by: UUID, now: datetime
) -> None:
    """Let a rule charge for days from `charges_from` on. `affirmed` are the words that somebody has ticked.

    Raises Rejected without the affirmation, or if another rule for the same customers is on.
    """
    rule = find_rule(session, rule_id)
    if affirmed != affirmation(rule):
        raise Rejected("Tick the sentence above the button: only you can know whether it is true.")
    for other in all_rules(session):
        if (
            other.id != rule.id
            and other.switched_on_at
            and (other.tag, other.currency)
            == (
                rule.tag,
                rule.currency,
            )
        ):
            raise Rejected(f"“{other.name}” is on for the same customers. Switch it off first.")
    rule.charges_from, rule.affirmed = charges_from, affirmed
    rule.switched_on_at, rule.switched_on_by = now, by


def switch_off(rule: LateFeeRule) -> None:
    """Nothing is charged by it any more; what was charged stays."""
    rule.switched_on_at, rule.switched_on_by, rule.affirmed = None, None, None


def end_rule(session: Session, rule_id: UUID, *, now: datetime) -> None:
    """Take a rule from the page. What it charged keeps it."""
    rule = find_rule(session, rule_id)
    switch_off(rule)
    rule.ended_at = now
