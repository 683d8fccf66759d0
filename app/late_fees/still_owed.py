"""How much of a charge is owed by what the ledger tells now: money, credits and due dates may be entered late. Pure.

A charge only ever becomes less by this. What turns out to have been more is not charged again: its days are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from app.late_fees.accrual import most, rounded_share, span_of
from app.late_fees.days import ONE_DAY, Days, first_free
from app.late_fees.debt import Debt
from app.late_fees.law import Law
from app.late_fees.places import Limit
from app.late_fees.terms import Span, Terms
from app.models import LateFeeKind, LateFeeRuleKind


@dataclass(frozen=True, slots=True)
class Made:
    """A charge as it was made, with what its rule said then."""

    kind: LateFeeKind
    from_day: date
    to_day: date
    base: Decimal
    rate: Decimal | None
    spans: tuple[Span, ...]
    amount: Decimal
    charged_on: date
    grace_days: int = 0
    cap_percent: Decimal | None = None
    cap_amount: Decimal | None = None
    law: Law | None = None


@dataclass(frozen=True, slots=True)
class Owed:
    """What is left of a charge."""

    amount: Decimal
    base: Decimal
    """What was open on the last day that counts; zero if nothing was."""
    spans: tuple[Span, ...] = ()


def still_owed(made: Made, debt: Debt, limit: Limit, *, others: Decimal, today: date) -> Owed:
    """What of a charge is owed, within every limit. `others`: what the charges before it come to.

    The whole charge where nothing of its days has become less.
    """
    owed = _by_days(made, debt, today)
    if owed.amount >= _without_limits(made, debt.currency) and owed.base >= made.base:
        return Owed(made.amount, made.base, made.spans)
    room = most(limits(made, debt), debt, limit, today=made.charged_on) - others
    amount = min(owed.amount, made.amount)
    if amount > room:
        is_whole = made.kind is LateFeeKind.COMPENSATION
        amount = Decimal(0) if is_whole else rounded_share(max(Decimal(0), room), debt.currency)
    return Owed(amount, owed.base, owed.spans)


def first_day_late(made: Made, debt: Debt) -> date:
    """The first day of a charge that is after the due date, as it is now, and its grace."""
    return max(made.from_day, debt.due_on + timedelta(days=made.grace_days + 1))


def _without_limits(made: Made, currency: str) -> Decimal:
    """What interest came to before a limit cut it; a fee that was cut is known by its base."""
    exact = sum((span.amount for span in made.spans), Decimal(0))
    return rounded_share(exact, currency, is_down=False) if made.spans else made.amount


def _by_days(made: Made, debt: Debt, today: date) -> Owed:
    match made.kind:
        case LateFeeKind.INTEREST:
            return _interest(made, debt)
        case LateFeeKind.COMPENSATION:
            return _compensation(made, debt, today)
        case _:
            return _fee(made, debt)


def _fee(made: Made, debt: Debt) -> Owed:
    """A fee is for what is open on its first day. One that is no longer within its days may be charged anew."""
    day = first_free(first_day_late(made, debt), debt.excused)
    base = min(debt.balance_on(day), made.base) if day <= made.to_day else Decimal(0)
    if base == 0 or made.rate is None:
        return Owed(made.amount if base else Decimal(0), base)
    return Owed(rounded_share(base * made.rate / 100, debt.currency, is_down=False), base)


def _compensation(made: Made, debt: Debt, today: date) -> Owed:
    """Owed once for being late, on whichever day that began by now."""
    day = first_free(first_day_late(made, debt), debt.excused)
    base = min(debt.balance_on(day), made.base) if day < today else Decimal(0)
    if base == 0 or made.law is None:
        return Owed(made.amount if base else Decimal(0), base)
    return Owed(made.law.compensation(base), base)


def _interest(made: Made, debt: Debt) -> Owed:
    if not made.spans:
        return Owed(made.amount, made.base)
    spans = tuple(part for span in made.spans for part in _still_open(span, made, debt))
    amount = sum((span.amount for span in spans), Decimal(0))
    return Owed(
        rounded_share(amount, debt.currency, is_down=False), spans[-1].balance if spans else Decimal(0), spans
    )


def _still_open(span: Span, made: Made, debt: Debt) -> Iterator[Span]:
    """Of one run of days what is owed now: never more than was charged, at no higher rate."""
    within = Days(max(span.from_day, first_day_late(made, debt)), span.to_day)
    if not len(within):
        return
    for run, balance in debt.runs(within, also=made.law.changes() if made.law else ()):
        told = made.law.percent_on(run.first, runs_from=debt.due_on + ONE_DAY) if made.law else None
        percent = span.percent if told is None else min(told, span.percent)
        yield span_of(run, min(balance, span.balance), percent)


def limits(made: Made, debt: Debt) -> Terms:
    """The rule's own limits, as they were."""
    return Terms(
        LateFeeRuleKind.FIXED, debt.currency, cap_percent=made.cap_percent, cap_amount=made.cap_amount
    )
