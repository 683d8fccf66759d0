"""A company's time zone and currency where QuickBooks leaves them out. Pure."""

from functools import cache
from zoneinfo import available_timezones

from babel.core import get_global
from babel.numbers import get_territory_currencies

# The westernmost of each mainland, so that with a guess no day begins, and no invoice is overdue, too early.
_WESTERNMOST = {"US": "America/Los_Angeles", "CA": "America/Vancouver", "AU": "Australia/Perth"}
UNKNOWN_ZONE = "UTC"


def iana_zone(named: str, country: str) -> str:
    """The company's zone if it is one, otherwise its country's if that has only one, or a cautious guess."""
    if named in _zones():
        return named
    zones = get_global("territory_zones").get(country, ())
    return _WESTERNMOST.get(country) or (zones[0] if len(zones) == 1 else UNKNOWN_ZONE)


def currency_of(country: str) -> str | None:
    """The country's currency (ISO 4217), if it has just one."""
    currencies = get_territory_currencies(country) if country else []
    return str(currencies[0]) if len(currencies) == 1 else None


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
