"""Xero's time zone names (`NEWZEALANDSTANDARDTIME`) in IANA's (`Pacific/Auckland`).

Xero squeezes Windows' names: `W. Europe Standard Time` becomes `WEUROPESTANDARDTIME`, `UTC-02` becomes `UTC02`.
The table behind them is Unicode CLDR's, which Babel ships.
"""

import re
from functools import cache

from babel.core import get_global

# Zones that Windows retired and CLDR therefore leaves out, though organisations still have them.
_RETIRED = {"MIDATLANTICSTANDARDTIME": "Etc/GMT+2", "KAMCHATKASTANDARDTIME": "Asia/Kamchatka"}
UNKNOWN = "UTC"


def iana_zone(name: str | None) -> str:
    """The IANA name of a zone as Xero spells it; UTC for a name nobody knows."""
    return _table().get(name or "", UNKNOWN)


@cache
def _table() -> dict[str, str]:
    return _RETIRED | {_squeezed(name): zone for name, zone in get_global("windows_zone_mapping").items()}


def _squeezed(name: str) -> str:
    return re.sub(r"[^A-Z0-9+()]", "", name.upper())
