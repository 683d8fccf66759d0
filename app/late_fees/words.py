"""What a charge says of itself in the customer's ledger and list. Pure. In English, as the rest of a ledger entry."""

from datetime import date
from decimal import Decimal

from babel.numbers import format_currency

from app.late_fees.days import Days
from app.late_fees.law import Law
from app.late_fees.terms import Charge
from app.models import LateFeeKind

_LONGEST_NUMBER = 80


def described(charge: Charge, *, number: str, currency: str, law: Law | None) -> str:
    """One sentence: for which invoice, which days, of how much, at what rate, by what right."""
    invoice = f"invoice {' '.join(number.split())[:_LONGEST_NUMBER]}".strip()
    by_law = f", under {law.name}" if law else ""
    match charge.kind:
        case LateFeeKind.INTEREST:
            days = len(Days(charge.from_day, charge.to_day))
            told = "1 day" if days == 1 else f"{days} days"
            return (
                f"Interest on {invoice} for {told}, {_run(charge)}, on {_owed(charge, currency)} "
                f"{_rates(charge)}{by_law}"
            )
        case LateFeeKind.COMPENSATION:
            return f"Compensation for the costs of recovering {invoice}{by_law}"
        case _:
            share = f": {percent(charge.rate)} of {_money(charge.base, currency)}" if charge.rate else ""
            return f"Late fee for {invoice}, overdue on {day(charge.from_day)}{share}"


def percent(rate: Decimal | None) -> str:
    """A rate as people write it: 11.75 %."""
    return f"{(rate or Decimal(0)).normalize():f} %"


def day(value: date) -> str:
    """A day in a sentence: 3 Oct 2026."""
    return f"{value.day} {value:%b %Y}"


def _run(charge: Charge) -> str:
    return (
        day(charge.from_day)
        if charge.from_day == charge.to_day
        else f"{day(charge.from_day)} to {day(charge.to_day)}"
    )


def _owed(charge: Charge, currency: str) -> str:
    balances = {span.balance for span in charge.spans}
    return _money(charge.base, currency) if len(balances) == 1 else "what was open each day"


def _rates(charge: Charge) -> str:
    rates = sorted({span.percent for span in charge.spans})
    if len(rates) == 1:
        return f"at {percent(rates[0])} a year"
    return f"at {percent(rates[0])} to {percent(rates[-1])} a year"


def _money(amount: Decimal, currency: str) -> str:
    return format_currency(amount, currency, locale="en_GB")
