"""Where a surcharge for paying by card may be asked, and how much of it: rules with their first day and source. Pure.

The law as we read it, not advice. What is not listed is not allowed here, and the same holds for a place that is not
known: no surcharge is better than a forbidden one. A rule that is not certain is marked as assumed, and strict.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

_EEA = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IS IE IT LV LI LT LU MT NL NO PL PT RO SK SI ES SE"  # 27, IS, LI, NO
_STATES = (
    "AL AK AZ AR DE FL GA HI ID IL IN IA KS KY LA MD MI MN MS MO MT NE NV NH NM NC ND OH OR PA RI SC SD TN TX UT VT "
    "VA WA WV WI WY DC NJ NY"
)
_PROVINCES = "AB BC MB NB NL NS NT NU ON PE SK YT"
_PSD2 = "Directive (EU) 2015/2366, Article 62(4)"
_VISA_US = "Visa Rules, US surcharge cap since 15 April 2023"
_CANADA = "Visa and Mastercard settlement in Canada"


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds in a place from a day on, until the next rule of the same place."""

    place: str
    """A country, or with its state or province behind a hyphen: `AU`, `US-CO`."""
    from_day: date
    most: Decimal | None
    """The highest surcharge, in per cent of what is paid; None: none at all."""
    source: str
    only_credit: bool = False
    """Debit and prepaid cards must not be surcharged."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the rules of every place that a payment touches leave together."""

    most: Decimal | None
    reason: str
    """Why nothing is allowed, or by what the highest surcharge is set."""
    only_credit: bool = False


def _same(country: str, regions: str, day: date, most: str, source: str) -> tuple[Rule, ...]:
    return tuple(
        Rule(f"{country}-{region}", day, Decimal(most), source, only_credit=True)
        for region in regions.split()
    )


RULES: Sequence[Rule] = (
    *(Rule(country, date(2018, 1, 13), None, _PSD2) for country in _EEA.split()),
    # Company cards might be surcharged there at cost; nobody knows the card before it is used.
    Rule("GB", date(2018, 1, 13), None, "Consumer Rights (Payment Surcharges) Regulations 2012 as of 2018"),
    Rule("AU", date(2017, 9, 1), Decimal(100), "RBA Standard No. 3 of 2016: cost of acceptance"),
    # Proposed by the Reserve Bank in July 2025 for 1 July 2026, decided later. Assumed to be in force from then on.
    Rule("AU", date(2026, 7, 1), None, "RBA review of card payments, proposed end of surcharges (assumed)"),
    *_same("US", _STATES, date(2023, 4, 15), "3", _VISA_US),
    Rule("US-CO", date(2022, 7, 1), Decimal(2), "Colorado Revised Statutes 5-2-212", only_credit=True),
    Rule("US-CT", date(1986, 1, 1), None, "Connecticut General Statutes 42-133ff"),
    Rule("US-MA", date(1986, 1, 1), None, "Massachusetts General Laws c. 140D s. 28A"),
    Rule("US-ME", date(1986, 1, 1), None, "Maine Revised Statutes Title 9-A s. 8-509"),
    Rule("US-CA", date(2024, 7, 1), None, "California SB 478: one price that holds every charge (assumed)"),
    Rule("US-OK", date(1986, 1, 1), None, "Oklahoma Statutes 14A-2-211 (assumed to be in force still)"),
    Rule("US-PR", date(2013, 1, 1), None, "Puerto Rico Act 150-2013 (assumed)"),
    *_same("CA", _PROVINCES, date(2022, 10, 6), "2.4", _CANADA),
    Rule("CA-QC", date(2010, 6, 30), None, "Quebec Consumer Protection Act, section 224(c)"),
)
_DIVIDED = frozenset(rule.place[:2] for rule in RULES if "-" in rule.place)


def place_of(country: str | None, region: str | None) -> str | None:
    """A place as the rules name it; None if it is not known well enough."""
    if not country:
        return None
    if country not in _DIVIDED:
        return country
    return f"{country}-{region}" if region else None


def rule_of(place: str | None, on: date) -> Rule | None:
    """What holds in a place on a day; None if nothing is known."""
    held = [rule for rule in RULES if rule.place == place and rule.from_day <= on]
    return max(held, key=lambda rule: rule.from_day, default=None)


def allowance(places: Sequence[str | None], on: date) -> Allowance:
    """The strictest of the rules of all these places: where the business is, and where its customer is."""
    rules = [rule_of(place, on) for place in places]
    known = [rule for rule in rules if rule is not None]
    if len(known) < len(rules):
        return Allowance(None, "No rule is known for one of the places, so no surcharge is asked.")
    forbidding = next((rule for rule in known if rule.most is None), None)
    if forbidding is not None:
        return Allowance(None, f"Forbidden: {forbidding.source}.")
    capped = min(known, key=lambda rule: rule.most or Decimal(0))
    return Allowance(capped.most, f"{capped.source}.", any(rule.only_credit for rule in known))


def places_allowed(on: date) -> list[Rule]:
    """Every place where a surcharge may be asked on a day, by its name."""
    names = sorted({rule.place for rule in RULES})
    found = (rule_of(place, on) for place in names)
    return [rule for rule in found if rule is not None and rule.most is not None]
