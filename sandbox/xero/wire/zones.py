"""Time zones as Xero spells them: Windows' names without spaces and in capitals.

The table of Windows' names is Unicode CLDR's, which Babel ships.
"""

import re
from functools import cache

from babel.core import get_global

UNNAMED = "UTC"


def squeezed_zone(iana: str) -> str:
    """`Europe/London` as `GMTSTANDARDTIME`; UTC for a zone that Windows has no name for."""
    return _names().get(iana, UNNAMED)


@cache
def _names() -> dict[str, str]:
    windows = get_global("windows_zone_mapping")
    return {iana: re.sub(r"[^A-Z0-9+()]", "", name.upper()) for name, iana in windows.items()}
