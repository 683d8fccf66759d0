"""Debts and terms for tests of what is worked out."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.late_fees.accrual import accrue
from app.late_fees.debt import Debt, PaidPart
from app.late_fees.law import law
from app.late_fees.places import Limit
from app.late_fees.terms import Already, Charge, Terms
from app.models import LateFeeKind, LateFeeRuleKind

NO_LIMIT = Limit(None, is_known=True, place="GB")
NOTHING = Already()


def debt(
    total: str = "1000",
    *,
    due: str = "2026-03-31",
    paid: dict[str, str] | None = None,
    known_on: str | None = None,
    currency: str = "GBP",
    **more: Any,
) -> Debt:
    """An invoice, as the ledger tells of it on a day: payments of later days have not happened yet."""
    until = date.fromisoformat(known_on) if known_on else date.max
    parts = tuple(PaidPart(date.fromisoformat(day), Decimal(amount)) for day, amount in (paid or {}).items())
    happened = tuple(part for part in parts if part.day <= until)
    left = Decimal(total) - sum((part.amount for part in happened), Decimal(0))
    values = {"open_now": left, "paid": happened, **more}
    return Debt(UUID(int=1), currency, Decimal(total), due_on=date.fromisoformat(due), **values)


def fixed(amount: str = "25", **more: Any) -> Terms:
    return Terms(LateFeeRuleKind.FIXED, more.pop("currency", "GBP"), amount=Decimal(amount), **more)


def percent(of: str = "2", **more: Any) -> Terms:
    return Terms(LateFeeRuleKind.PERCENT, more.pop("currency", "GBP"), percent=Decimal(of), **more)


def statutory(key: str = "GB", **more: Any) -> Terms:
    return Terms(LateFeeRuleKind.STATUTORY, law(key).currency, law=law(key), **{"every_days": 30, **more})


def charged(
    terms: Terms, owed: Debt, today: str, already: Already = NOTHING, limit: Limit = NO_LIMIT
) -> list[Charge]:
    return accrue(terms, owed, already, limit, today=date.fromisoformat(today))


def after(charges: list[Charge], before: Already = NOTHING) -> Already:
    """What was charged already, once these were."""
    fees = [one for one in charges if one.kind is not LateFeeKind.COMPENSATION]
    days = [one.to_day for one in fees] + ([before.accrued_to] if before.accrued_to else [])
    return Already(
        accrued_to=max(days, default=None),
        has_fee=before.has_fee or any(one.kind is LateFeeKind.FEE for one in charges),
        has_compensation=before.has_compensation or len(fees) < len(charges),
        charged=before.charged + sum((one.amount for one in charges), Decimal(0)),
    )
