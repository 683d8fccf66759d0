"""What is wrong with a rule as somebody typed it, by field, in words that say how to mend it. Pure."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from app.kit.money import minor_digits
from app.late_fees.law import laws
from app.models import LateFeeRuleKind

LONGEST_NAME = 80
MOST_DAYS = 366
_HUNDRED = Decimal(100)
_DIGITS_KEPT = 4


def faults_of(rule: Mapping[str, Any]) -> dict[str, str]:
    """The faults of a draft's values, by field; empty for a rule that can be saved."""
    return dict(_faults(rule))


def _faults(rule: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if not rule["name"].strip() or len(rule["name"]) > LONGEST_NAME:
        yield "name", f"Give the rule a name of 1 to {LONGEST_NAME} characters."
    yield from _faults_of_kind(rule)
    yield from _faults_of_days(rule)
    cap = rule["cap_percent"]
    if cap is not None and not _is_share(cap):
        yield (
            "cap_percent",
            "Give the limit in percent of the invoice, from above 0 to 100, or leave it empty.",
        )
    if rule["cap_amount"] is not None and not _is_money(rule["cap_amount"], rule["currency"]):
        yield "cap_amount", "Give the limit as an amount above zero, or leave it empty."


def _faults_of_kind(rule: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    match rule["kind"]:
        case LateFeeRuleKind.FIXED:
            if rule["amount"] is None or not _is_money(rule["amount"], rule["currency"]):
                yield "amount", f"Give the fee as an amount above zero in {rule['currency']}."
        case LateFeeRuleKind.PERCENT:
            if rule["percent"] is None or not _is_share(rule["percent"]):
                yield "percent", "Give the fee in percent of what is overdue, from above 0 to 100."
        case _:
            law = laws().get(rule["law"] or "")
            if law is None:
                yield "law", "Choose the law."
            elif law.currency != rule["currency"]:
                yield "law", f"Interest by this law is charged on invoices in {law.currency}."


def _faults_of_days(rule: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    every = rule["every_days"]
    if every is not None and not 1 <= every <= MOST_DAYS:
        yield "every_days", f"Give a number of days from 1 to {MOST_DAYS}, or leave it empty."
    for name in ("grace_days", "pay_within_days"):
        if not 0 <= rule[name] <= MOST_DAYS:
            yield name, f"Give a number of days from 0 to {MOST_DAYS}."


def _is_share(percent: Decimal) -> bool:
    """Within all, and with no more digits than are kept."""
    return 0 < percent <= _HUNDRED and percent == round(percent, _DIGITS_KEPT)


def _is_money(amount: Decimal, currency: str) -> bool:
    return 0 < amount < Decimal(10) ** 12 and amount == amount.quantize(
        Decimal(1).scaleb(-minor_digits(currency))
    )
