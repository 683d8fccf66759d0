"""The rules of holding that a business may change, and their defaults."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import uuid4

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.models import ExcludedTag, HoldRules, MinimumBalance
from app.payments.replan import replan

MOST_DAYS = 60


@dataclass(frozen=True, slots=True)
class Rules:
    """How long things hold. See the table for what each means."""

    claim_days: int = 5
    stand_down_days: int = 7
    quiet_books_days: int | None = None


DEFAULTS = Rules()


def rules_of(session: Session) -> Rules:
    """The tenant's own rules, or the defaults."""
    row = session.scalar(select(HoldRules))
    return Rules(row.claim_days, row.stand_down_days, row.quiet_books_days) if row else DEFAULTS


def minimums_of(session: Session) -> dict[str, Decimal]:
    """By currency, what a customer must owe at least to be reminded."""
    return {row.currency: row.amount for row in session.scalars(select(MinimumBalance))}


def excluded_tags_of(session: Session) -> list[str]:
    """Tags whose customers get no reminders."""
    return list(session.scalars(select(ExcludedTag.tag).order_by(ExcludedTag.tag)))


def save_rules(session: Session, rules: Rules, *, now: datetime) -> None:
    """Keep the rules, and plan again."""
    session.execute(delete(HoldRules))
    session.add(
        HoldRules(
            tenant_id=tenant_of(session),
            claim_days=rules.claim_days,
            stand_down_days=rules.stand_down_days,
            quiet_books_days=rules.quiet_books_days,
            changed_at=now,
        )
    )
    replan(session, now=now)


def save_minimums(session: Session, amounts: Mapping[str, Decimal], *, now: datetime) -> None:
    """Keep one minimum per currency; a zero takes it away."""
    session.execute(delete(MinimumBalance).where(MinimumBalance.currency.in_(amounts)))
    tenant_id = tenant_of(session)
    session.add_all(
        MinimumBalance(tenant_id=tenant_id, currency=currency, amount=amount, changed_at=now)
        for currency, amount in amounts.items()
        if amount > 0
    )
    replan(session, now=now)


def exclude_tag(session: Session, tag: str, *, now: datetime) -> None:
    """No reminders to customers with this tag. Asking twice changes nothing."""
    values = {"tenant_id": tenant_of(session), "id": uuid4(), "tag": tag, "changed_at": now}
    session.execute(insert(ExcludedTag).values(values).on_conflict_do_nothing())
    replan(session, now=now)


def include_tag(session: Session, tag: str, *, now: datetime) -> None:
    """Take that back."""
    session.execute(delete(ExcludedTag).where(ExcludedTag.tag == tag))
    replan(session, now=now)
