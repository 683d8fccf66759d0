"""Time zones of the states and provinces of countries that have several. Source: the zones' own areas in tzdata.

A region that lies in two zones has both.
"""

from collections.abc import Mapping

_EASTERN, _CENTRAL = "America/New_York", "America/Chicago"
_MOUNTAIN, _PACIFIC = "America/Denver", "America/Los_Angeles"

_US: dict[tuple[str, ...], str] = {
    (_EASTERN,): "CT DC DE GA MA MD ME NC NH NJ NY OH PA RI SC VA VT WV",
    ("America/Detroit", _CENTRAL): "MI",
    (_EASTERN, _CENTRAL): "FL IN KY TN",
    (_CENTRAL,): "AL AR IA IL LA MN MO MS OK WI",
    (_CENTRAL, _MOUNTAIN): "KS ND NE SD TX",
    (_MOUNTAIN,): "CO MT NM UT WY",
    ("America/Phoenix",): "AZ",
    (_MOUNTAIN, _PACIFIC): "ID OR",
    (_PACIFIC,): "CA NV WA",
    ("America/Anchorage",): "AK",
    ("Pacific/Honolulu",): "HI",
}
_CA: dict[tuple[str, ...], str] = {
    ("America/St_Johns",): "NL",
    ("America/Halifax",): "NB NS PE",
    ("America/Toronto",): "QC",
    ("America/Toronto", "America/Winnipeg"): "ON",
    ("America/Winnipeg",): "MB",
    ("America/Regina",): "SK",
    ("America/Edmonton",): "AB NT",
    ("America/Vancouver", "America/Edmonton"): "BC",
    ("America/Whitehorse",): "YT",
    ("America/Iqaluit", "America/Rankin_Inlet", "America/Edmonton"): "NU",
}
_AU: dict[tuple[str, ...], str] = {
    ("Australia/Sydney",): "ACT NSW",
    ("Australia/Melbourne",): "VIC",
    ("Australia/Brisbane",): "QLD",
    ("Australia/Adelaide",): "SA",
    ("Australia/Darwin",): "NT",
    ("Australia/Hobart",): "TAS",
    ("Australia/Perth",): "WA",
}

REGION_ZONES: Mapping[tuple[str, str], tuple[str, ...]] = {
    (country, region): zones
    for country, table in (("US", _US), ("CA", _CA), ("AU", _AU))
    for zones, regions in table.items()
    for region in regions.split()
}
"""By ISO 3166-1 country and ISO 3166-2 region without the country."""
