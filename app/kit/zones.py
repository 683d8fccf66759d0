"""The time zones somebody may be in, from an address and a telephone number. Pure.

Sources: tzdata's own list of zones by country, and the prefixes of the `phonenumbers` library.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from phonenumbers import NumberParseException, parse, region_code_for_country_code, region_code_for_number
from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_number

from app.kit.region_zones import REGION_ZONES

Zones = tuple[str, ...]
# Between 8:00 and 21:00 there is an hour in common only if clocks are less than thirteen hours apart.
_WIDEST = timedelta(hours=12)


def zones_of(
    *, phone: str | None, country: str | None, region: str | None = None, home_country: str | None = None
) -> Zones:
    """All zones that fit, by the address first and the number second; empty if neither tells.

    `home_country` is how a number without a country's prefix is read. Zones that share no hour of the day
    tell nothing either.
    """
    by_address = _of_address(country, region)
    if len(by_address) == 1:
        return by_address
    by_phone = _of_phone(phone, country or home_country) if phone else ()
    both = tuple(zone for zone in by_phone if zone in by_address)
    for found in (both, by_address, by_phone):
        if found and _share_an_hour(found):
            return found
    return ()


def _of_address(country: str | None, region: str | None) -> Zones:
    if country is None:
        return ()
    return REGION_ZONES.get((country, region or "")) or zones_of_country(country)


def _of_phone(phone: str, country: str | None) -> Zones:
    try:
        number = parse(phone, country)
    except NumberParseException:
        return ()
    found = tuple(zone for zone in time_zones_for_number(number) if zone != UNKNOWN_TIMEZONE)
    if found and _share_an_hour(found):
        return found
    known = region_code_for_number(number) or region_code_for_country_code(number.country_code or 0)
    return zones_of_country(known)


@lru_cache(maxsize=4096)
def _share_an_hour(zones: Zones) -> bool:
    return all(_apart(zones, datetime(2026, month, 15, tzinfo=UTC)) <= _WIDEST for month in (1, 7))


def _apart(zones: Iterable[str], at: datetime) -> timedelta:
    offsets = [at.astimezone(ZoneInfo(zone)).utcoffset() or timedelta() for zone in zones]
    return max(offsets) - min(offsets)


def zones_of_country(country: str) -> Zones:
    """Every zone of a country by its ISO 3166-1 code; empty for one that is unknown."""
    return _by_country().get(country, ())


@lru_cache(maxsize=1)
def _by_country() -> dict[str, Zones]:
    found: dict[str, Zones] = {}
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    for line in table.splitlines():
        if not line.startswith("#"):
            country, _, zone, *_ = line.split("\t")
            found[country] = (*found.get(country, ()), zone)
    return found
