"""Runs of days with one balance and one rate, as they are kept with a charge. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from app.late_fees.accrual import span_of
from app.late_fees.days import Days
from app.late_fees.terms import Span


def told(span: Span) -> dict[str, Any]:
    """A span as JSON. Its amount follows from the rest."""
    return {
        "from": span.from_day.isoformat(),
        "to": span.to_day.isoformat(),
        "balance": str(span.balance),
        "percent": str(span.percent),
    }


def read(kept: Iterable[Mapping[str, Any]]) -> tuple[Span, ...]:
    """What `told` has told."""
    return tuple(
        span_of(
            Days(date.fromisoformat(one["from"]), date.fromisoformat(one["to"])),
            Decimal(one["balance"]),
            Decimal(one["percent"]),
        )
        for one in kept
    )
