"""Countries, states and provinces as people write them into a ledger, in the codes of ISO 3166. Pure.

Names are Unicode CLDR's (countries, in English) and the `holidays` library's (states and provinces): whatever else is
written there tells nothing.
"""

from functools import cache

import holidays
from babel.core import Locale


def country_code(text: str) -> str:
    """ISO 3166-1's two letters for a country that is written as a code or by its English name. Empty if unknown."""
    if len(text) == 2 and text.isascii() and text.isalpha():
        return text.upper()
    return _countries().get(text.casefold(), "")


def region_code(country: str, text: str) -> str | None:
    """ISO 3166-2's code, without the country, of a state or province that decides on public holidays."""
    return _regions(country).get(text.casefold()) if country and text else None


@cache
def _countries() -> dict[str, str]:
    names = Locale("en").territories.items()
    return {name.casefold(): code for code, name in names if len(code) == 2 and code.isalpha()}


@cache
def _regions(country: str) -> dict[str, str]:
    codes = holidays.list_supported_countries(include_aliases=False).get(country)
    if not codes:
        return {}
    named = holidays.country_holidays(country).get_subdivision_aliases()
    by_name = {name.casefold(): code for code, names in named.items() for name in names if code in codes}
    return by_name | {code.casefold(): code for code in codes}
