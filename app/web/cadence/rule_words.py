"""A rule in words, and from what was typed. Pure."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation

from babel import Locale
from babel.lists import format_list

from app.reminders.conditions import Conditions

_ENGLISH = Locale.parse("en_GB")
_COUNTRY, _CURRENCY = re.compile(r"[A-Z]{2}"), re.compile(r"[A-Z]{3}")


def rule_words(conditions: Conditions) -> str:
    """Such as “Customers tagged “VIP”, in Germany, invoices in EUR of 1000 or more”."""
    customers = list(_about_customers(conditions))
    invoices = list(_about_invoices(conditions))
    said = "Customers " + ", ".join(customers) if customers else "All customers"
    return said + (": invoices " + " ".join(invoices) if invoices else "")


def read_rule(values: Mapping[str, str]) -> tuple[Conditions, dict[str, str]]:
    """The conditions typed, and what is wrong with them by field."""
    faults: dict[str, str] = {}
    conditions = Conditions(
        tags=tuple(part.strip() for part in values.get("tags", "").split(",") if part.strip()),
        countries=_codes(values, "countries", _COUNTRY, "two letters, such as DE", faults),
        currencies=_codes(values, "currencies", _CURRENCY, "three letters, such as EUR", faults),
        min_total=_amount(values, "min_total", faults),
        max_total=_amount(values, "max_total", faults),
        min_days_late=_days(values, "min_days_late", faults),
        max_days_late=_days(values, "max_days_late", faults),
    )
    if not faults and conditions == Conditions():
        faults["rule"] = "Say at least one thing about whom the rule is for."
    return conditions, faults


def _about_customers(conditions: Conditions) -> Iterator[str]:
    if conditions.tags:
        yield "tagged " + _either(f"“{tag}”" for tag in conditions.tags)
    if conditions.countries:
        yield "in " + _either(_ENGLISH.territories.get(code, code) for code in conditions.countries)
    if conditions.min_days_late is not None:
        yield f"who pay {conditions.min_days_late} days late or later on average"
    if conditions.max_days_late is not None:
        yield f"who pay at most {conditions.max_days_late} days late on average"


def _about_invoices(conditions: Conditions) -> Iterator[str]:
    if conditions.currencies:
        yield "in " + _either(conditions.currencies)
    if conditions.min_total is not None:
        yield f"of {conditions.min_total.normalize():f} or more"
    if conditions.max_total is not None:
        yield f"of {conditions.max_total.normalize():f} or less"


def _either(words: Iterator[str] | tuple[str, ...]) -> str:
    return format_list(list(words), style="or", locale=_ENGLISH)


def _codes(
    values: Mapping[str, str], name: str, form: re.Pattern[str], what: str, faults: dict[str, str]
) -> tuple[str, ...]:
    codes = tuple(part.strip().upper() for part in values.get(name, "").split(",") if part.strip())
    if not all(form.fullmatch(code) for code in codes):
        faults[name] = f"Type codes of {what}, with commas between them."
    return codes


def _amount(values: Mapping[str, str], name: str, faults: dict[str, str]) -> Decimal | None:
    typed = values.get(name, "").strip()
    if not typed:
        return None
    try:
        amount = Decimal(typed)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or not 0 <= amount < 10**12:
        faults[name] = "Type an amount in figures, such as 1000 or 49.50."
        return None
    return amount


def _days(values: Mapping[str, str], name: str, faults: dict[str, str]) -> int | None:
    typed = values.get(name, "").strip()
    if not typed:
        return None
    if not typed.isdecimal() or len(typed) > 3:
        faults[name] = "Type a whole number of days, such as 10."
        return None
    return int(typed)
