"""What a charge says of itself in the customer's ledger and list, in the customer's language. Pure.

The sentences are in `texts/<language>.toml`, in the languages of the reminders.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from app.kit.languages import ENGLISH
from app.late_fees.days import Days
from app.late_fees.terms import Charge
from app.models import LateFeeKind

_LONGEST_NUMBER = 80
_TEXTS = Path(__file__).parent / "texts"


@dataclass(frozen=True, slots=True)
class Voice:
    """How one customer is written to."""

    language: str
    locale: Locale

    def money(self, amount: Decimal, currency: str) -> str:
        """An amount with its currency."""
        return str(format_currency(amount, currency, locale=self.locale))

    def percent(self, rate: Decimal) -> str:
        """A rate as people write it: 11.75 %."""
        return f"{format_decimal(rate.normalize(), format='#,##0.####', locale=self.locale)} %"

    def day(self, value: date) -> str:
        """A day in a sentence: 3 Oct 2026."""
        return str(format_date(value, "medium", locale=self.locale))


PLAIN = Voice(ENGLISH, Locale.parse("en_GB"))


def described(charge: Charge, *, number: str, currency: str, law: str | None, voice: Voice = PLAIN) -> str:
    """One sentence: for which invoice, which days, of how much, at what rate, by what right (a key of the laws)."""
    words = texts(voice.language)
    known = " ".join(number.split())[:_LONGEST_NUMBER]
    values = {
        "invoice": words["invoice"].format(number=known) if known else words["unnumbered"],
        "by_law": words["by_law"][law] if law else "",
    }
    match charge.kind:
        case LateFeeKind.INTEREST:
            return _interest(charge, currency, words, voice, values)
        case LateFeeKind.COMPENSATION:
            return str(words["compensation"].format_map(values))
        case _:
            values |= {"first": voice.day(charge.from_day), "base": voice.money(charge.base, currency)}
            if charge.rate is None:
                return str(words["fee"].format_map(values))
            return str(words["fee_percent"].format_map(values | {"rate": voice.percent(charge.rate)}))


def reference(language: str) -> str:
    """What a charge is called where there is room for two words."""
    return str(texts(language)["reference"])


def percent(rate: Decimal | None) -> str:
    """A rate as the business reads it."""
    return PLAIN.percent(rate or Decimal(0))


def day(value: date) -> str:
    """A day as the business reads it."""
    return PLAIN.day(value)


@cache
def texts(language: str) -> Mapping[str, Any]:
    """The sentences of a language; English for one that has none."""
    place = _TEXTS / f"{language}.toml"
    if not place.exists():
        place = _TEXTS / f"{ENGLISH}.toml"
    return tomllib.loads(place.read_text(encoding="utf-8"))


def _interest(
    charge: Charge, currency: str, words: Mapping[str, Any], voice: Voice, values: Mapping[str, str]
) -> str:
    """Of the days that are charged for: others may lie between them."""
    days = sum(len(Days(span.from_day, span.to_day)) for span in charge.spans)
    sentence = words["interest_day"] if days == 1 else words["interest"]
    balances = {span.balance for span in charge.spans}
    told = {
        "count": days,
        "first": voice.day(charge.spans[0].from_day),
        "last": voice.day(charge.spans[-1].to_day),
        "owed": voice.money(charge.base, currency) if len(balances) == 1 else words["each_day"],
        "rate": _rates(charge, words, voice),
    }
    return str(sentence.format_map({**values, **told}))


def _rates(charge: Charge, words: Mapping[str, Any], voice: Voice) -> str:
    rates = sorted({span.percent for span in charge.spans})
    lowest, highest = voice.percent(rates[0]), voice.percent(rates[-1])
    return lowest if len(rates) == 1 else str(words["two_rates"].format(lowest=lowest, highest=highest))
