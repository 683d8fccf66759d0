"""Xero's zone names in IANA's."""

from zoneinfo import ZoneInfo

import pytest
from babel.core import get_global

from app.connectors.xero.zones import iana_zone


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("NEWZEALANDSTANDARDTIME", "Pacific/Auckland"),
        ("GMTSTANDARDTIME", "Europe/London"),
        ("WEUROPESTANDARDTIME", "Europe/Berlin"),
        ("AUSEASTERNSTANDARDTIME", "Australia/Sydney"),
        ("CENTRALSTANDARDTIME(MEXICO)", "America/Mexico_City"),
        ("UTC02", "Etc/GMT+2"),
        ("UTC+12", "Etc/GMT-12"),
        ("UTC", "Etc/UTC"),
        ("RUSSIATIMEZONE3", "Europe/Samara"),
        ("KAMCHATKASTANDARDTIME", "Asia/Kamchatka"),
    ],
)
def test_known_names(name: str, zone: str) -> None:
    assert iana_zone(name) == zone


def test_every_zone_of_the_table_exists_on_this_machine() -> None:
    for windows_name in get_global("windows_zone_mapping"):
        squeezed = windows_name.upper().translate({ord(c): None for c in " .-"})
        assert ZoneInfo(iana_zone(squeezed)).key == get_global("windows_zone_mapping")[windows_name]


@pytest.mark.parametrize("name", ["MARSSTANDARDTIME", "", None])
def test_an_unknown_name_counts_as_utc(name: str | None) -> None:
    assert iana_zone(name) == "UTC"
