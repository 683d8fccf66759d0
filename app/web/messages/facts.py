"""What the last decision saw, as lines for a page. Pure; facts of any age and shape are read with care."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any


@dataclass(frozen=True)
class SeenInvoice:
    """One invoice as the ledger had it right before the decision."""

    number: str
    state: str
    balance: Decimal | None
    paid_through_us: Decimal
    due_on: date | None


@dataclass(frozen=True)
class Seen:
    """All of them, and when they were read."""

    read_at: datetime | None
    currency: str
    invoices: list[SeenInvoice]


def seen(facts: Mapping[str, Any] | None) -> Seen | None:
    """None if the decision needed no facts of the ledger."""
    if not facts or not facts.get("invoices"):
        return None
    return Seen(
        read_at=_moment(facts.get("read_at")),
        currency=str(facts.get("currency", "")),
        invoices=[_invoice(line) for line in facts["invoices"]],
    )


def _invoice(line: Mapping[str, Any]) -> SeenInvoice:
    return SeenInvoice(
        number=str(line.get("number") or "No number"),
        state=str(line.get("state", "")),
        balance=_decimal(line.get("balance")),
        paid_through_us=_decimal(line.get("paid_through_us")) or Decimal(0),
        due_on=_day(line.get("due_on")),
    )


def _moment(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text)) if text else None
    except ValueError:
        return None


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text)) if text else None
    except ValueError:
        return None


def _decimal(text: object) -> Decimal | None:
    try:
        return None if text is None else Decimal(str(text))
    except InvalidOperation:
        return None
