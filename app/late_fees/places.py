"""The most that a law of the customer's place lets a late charge be: `places.toml`. Pure."""

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Limit:
    """The most that may be charged in one place."""

    yearly_percent: Decimal | None
    """Of the overdue balance; None: the law gives no number."""
    is_known: bool
    """False: we have no table for the place, and a rule needs a limit of its own."""
    place: str
    """Which row it came from, such as `US-CA`, or `US` for its strictest one."""


def limit_in(country: str | None, region: str | None) -> Limit:
    """The limit of a place; the strictest of its country where the state is not known or not listed."""
    table = _table()
    if country is None:
        return Limit(None, is_known=False, place="")
    if country in table["free"]["countries"]:
        return Limit(None, is_known=True, place=country)
    states = table.get(country)
    if not isinstance(states, dict):
        return Limit(None, is_known=False, place=country)
    if region in states:
        return Limit(Decimal(states[region]), is_known=True, place=f"{country}-{region}")
    return Limit(min(Decimal(percent) for percent in states.values()), is_known=True, place=country)


def source() -> str:
    """Where the limits of states come from."""
    return str(_table()["source"])


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "places.toml").read_text(encoding="utf-8"))
