"""For which customers and invoices a cadence is meant. Pure; kept as JSON on the rule's row."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec


@dataclass(frozen=True, slots=True)
class Profile:
    """What rules ask about a customer."""

    tags: frozenset[str] = frozenset()
    country: str | None = None
    days_late: Decimal | None = None
    """How late the customer paid on average in the last twelve months; None without a paid invoice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """All that are given have to hold. Amounts are in the invoice's own currency."""

    tags: tuple[str, ...] = ()
    """The customer has one of them."""
    countries: tuple[str, ...] = ()
    currencies: tuple[str, ...] = ()
    min_total: Decimal | None = None
    max_total: Decimal | None = None
    min_days_late: int | None = None
    """The customer paid this late or later on average; a customer without history does not fit."""
    max_days_late: int | None = None

    @property
    def ask_about_customers(self) -> bool:
        """Whether anything beyond the invoice itself has to be known."""
        return bool(self.tags or self.countries) or self.ask_about_history

    @property
    def ask_about_history(self) -> bool:
        """Whether paid invoices have to be looked at."""
        return self.min_days_late is not None or self.max_days_late is not None

    def fit(self, profile: Profile, *, currency: str, total: Decimal) -> bool:
        """Whether an invoice of this customer falls under the rule."""
        return (
            (not self.tags or not profile.tags.isdisjoint(self.tags))
            and (not self.countries or profile.country in self.countries)
            and (not self.currencies or currency in self.currencies)
            and _within(total, self.min_total, self.max_total)
            and (not self.ask_about_history or self._fits_history(profile.days_late))
        )

    def _fits_history(self, days_late: Decimal | None) -> bool:
        return days_late is not None and _within(
            days_late,
            None if self.min_days_late is None else Decimal(self.min_days_late),
            None if self.max_days_late is None else Decimal(self.max_days_late),
        )


def as_json(conditions: Conditions) -> dict[str, Any]:
    """For the rule's row: what is not asked is left out."""
    built: dict[str, Any] = msgspec.to_builtins(conditions)
    return {name: value for name, value in built.items() if value not in (None, [], ())}


def from_json(kept: dict[str, Any]) -> Conditions:
    """Back from the rule's row. Raises ValueError for what is none."""
    unknown = kept.keys() - Conditions.__dataclass_fields__.keys()
    if unknown:
        raise ValueError(f"Unknown conditions: {', '.join(sorted(unknown))}.")
    return msgspec.convert(kept, Conditions)


def _within(value: Decimal, least: Decimal | None, most: Decimal | None) -> bool:
    return (least is None or value >= least) and (most is None or value <= most)
