"""The interest and compensation that laws give one business against another: dated data from `law.toml`. Pure.

A debt's rate is never guessed: for days whose rate is not in the table there is none.
"""

import tomllib
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.late_fees.days import ONE_DAY


@dataclass(frozen=True, slots=True)
class ReferenceRate:
    """A rate in force from a day to the end of that half of the year."""

    from_day: date
    percent: Decimal
    """Of a year."""
    source: str
    is_assumed: bool


@dataclass(frozen=True, slots=True)
class Band:
    """From which size of a debt which compensation is owed."""

    from_balance: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Law:
    """What one law gives."""

    key: str
    name: str
    place: str
    currency: str
    """Of the compensation. Interest is owed in the currency of the debt; we charge this one only."""
    countries: frozenset[str]
    margin: Decimal
    reference_name: str
    rate_stays: bool
    """The rate of the half-year in which interest starts to run counts for the whole debt."""
    rates: tuple[ReferenceRate, ...]
    bands: tuple[Band, ...]
    source: str

    @property
    def known_until(self) -> date:
        """The last day whose rate is known."""
        return end_of_half(self.rates[-1].from_day)

    def reference_on(self, day: date) -> ReferenceRate | None:
        """The row in force on a day; None if the table does not tell."""
        place = bisect_right([rate.from_day for rate in self.rates], day) - 1
        return self.rates[place] if place >= 0 and day <= self.known_until else None

    def percent_on(self, day: date, *, runs_from: date) -> Decimal | None:
        """The yearly rate for one day of a debt whose interest started to run on `runs_from`; None if unknown."""
        reference = self.reference_on(runs_from if self.rate_stays else day)
        return reference.percent + self.margin if reference else None

    def changes(self) -> frozenset[date]:
        """The days on which a debt's rate may become another one."""
        return frozenset() if self.rate_stays else frozenset(rate.from_day for rate in self.rates)

    def last_day_told(self, *, runs_from: date) -> date | None:
        """The last day with a known rate for such a debt; None if there is no end to it."""
        if self.rate_stays:
            return None if self.reference_on(runs_from) else runs_from - ONE_DAY
        return self.known_until

    def compensation(self, balance: Decimal) -> Decimal:
        """The fixed sum for a debt of this size."""
        return max(band.amount for band in self.bands if band.from_balance <= balance)


def end_of_half(day: date) -> date:
    """The last day of the half-year that a day is in."""
    return date(day.year, 6, 30) if day.month <= 6 else date(day.year, 12, 31)


def law(key: str) -> Law:
    """A law by its key. Raises KeyError for an unknown one."""
    return laws()[key]


@lru_cache(maxsize=1)
def laws() -> Mapping[str, Law]:
    """Every law of the table, by its key."""
    rows = tomllib.loads((Path(__file__).parent / "law.toml").read_text(encoding="utf-8"))
    return {key: _law(key, row, rows) for key, row in rows.items()}


def _law(key: str, row: Mapping[str, Any], rows: Mapping[str, Any]) -> Law:
    rates = row["rates"] if "rates" in row else rows[row["rates_of"]]["rates"]
    return Law(
        key=key,
        name=row["name"],
        place=row["place"],
        currency=row["currency"],
        countries=frozenset(row["countries"]),
        margin=Decimal(row["margin"]),
        reference_name=row["reference_name"],
        rate_stays=row["rate_stays"],
        rates=tuple(
            ReferenceRate(one["from"], Decimal(one["percent"]), one["source"], one.get("assumed", False))
            for one in rates
        ),
        bands=tuple(Band(Decimal(one["from"]), Decimal(one["amount"])) for one in row["compensation"]),
        source=row["source"],
    )
