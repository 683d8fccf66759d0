"""What an invoice is to be charged for being late, worked out anew from its history every time. Pure.

- Days of grace are never charged for, nor is the day on which money comes, nor the present day: it is not over.
- Interest is simple: each day's open balance times the year's rate, divided by 365 also in a leap year (for the EU
  assumed). It is rounded once for each charge, half to even, to the currency's own digits; so charges for one stretch
  of days in n parts and in one differ by less than n of its smallest unit.
- No limit is ever passed: what it cuts off is rounded down, and is not owed later.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal

from app.kit.money import minor_digits
from app.late_fees.days import ONE_DAY, Days, first_free
from app.late_fees.debt import Debt
from app.late_fees.places import Limit
from app.late_fees.terms import Already, Charge, Span, Terms
from app.models import LateFeeKind, LateFeeRuleKind

DAYS_OF_A_YEAR = 365
_HUNDRED = Decimal(100)


def accrue(terms: Terms, debt: Debt, already: Already, limit: Limit, *, today: date) -> list[Charge]:
    """The charges that are due for an invoice, in the order of their days; each within every limit."""
    if debt.currency != terms.currency or not (limit.is_known or terms.has_cap or terms.law):
        return []
    charges: list[Charge] = []
    charged = already.charged
    for charge in sorted(_uncapped(terms, debt, already, today), key=_by_day):
        room = most(terms, debt, limit, today=today) - charged
        kept = _within(charge, room, debt.currency)
        if kept is not None:
            charges.append(kept)
            charged += kept.amount
    return charges


def first_day(terms: Terms, debt: Debt) -> date:
    """The first day that may be charged for, whatever was charged before."""
    return max(debt.due_on + timedelta(days=terms.grace_days + 1), terms.charges_from)


def came_in_grace(debt: Debt, *, grace_days: int) -> bool:
    """Whether everything was paid by the last day of grace."""
    return debt.open_now == 0 and debt.balance_on(debt.due_on + timedelta(days=grace_days)) == 0


def most(terms: Terms, debt: Debt, limit: Limit, *, today: date) -> Decimal:
    """The most that all charges for the invoice may come to by now."""
    limits = [Decimal("Infinity")]
    if terms.cap_percent is not None:
        limits.append(debt.total * terms.cap_percent / _HUNDRED)
    if terms.cap_amount is not None:
        limits.append(terms.cap_amount)
    if limit.yearly_percent is not None:
        late = Days(debt.due_on + ONE_DAY, today - ONE_DAY)
        spans = _interest_spans(debt, late, limit.yearly_percent)
        limits.append(sum((span.amount for span in spans), Decimal(0)))
    return min(limits)


def _uncapped(terms: Terms, debt: Debt, already: Already, today: date) -> Iterator[Charge]:
    if terms.kind is LateFeeRuleKind.STATUTORY:
        yield from _interest(terms, debt, already, today)
        yield from _compensation(terms, debt, already, today)
    else:
        yield from _fees(terms, debt, already, today)


def _by_day(charge: Charge) -> tuple[date, str]:
    return charge.from_day, charge.kind


def _within(charge: Charge, room: Decimal, currency: str) -> Charge | None:
    if charge.amount <= room:
        return charge
    if charge.kind is LateFeeKind.COMPENSATION:
        return None  # the law gives the whole sum or none
    cut = rounded_share(max(Decimal(0), room), currency)
    return replace(charge, amount=cut, is_capped=True) if cut > 0 else None


def _start(terms: Terms, debt: Debt, already: Already) -> date:
    start = first_day(terms, debt)
    return max(start, already.accrued_to + ONE_DAY) if already.accrued_to else start


def _fees(terms: Terms, debt: Debt, already: Already, today: date) -> Iterator[Charge]:
    """A fee for each begun period in which something was open on its first day; or one, ever."""
    if terms.every_days is None and already.has_fee:
        return
    day = first_free(_start(terms, debt, already), debt.excused)
    while day < today and (balance := debt.balance_on(day)) > 0:
        last = day + timedelta(days=(terms.every_days or 1) - 1)
        amount = _fee_amount(terms, balance)
        if amount > 0:
            yield Charge(LateFeeKind.FEE, day, last, balance, terms.percent, amount)
        if terms.every_days is None:
            return
        day = first_free(last + ONE_DAY, debt.excused)


def _fee_amount(terms: Terms, balance: Decimal) -> Decimal:
    if terms.amount is not None:
        return terms.amount
    assert terms.percent is not None  # noqa: S101 (the database holds a rule to its kind)
    return rounded_share(balance * terms.percent / _HUNDRED, terms.currency, is_down=False)


def _interest(terms: Terms, debt: Debt, already: Already, today: date) -> Iterator[Charge]:
    """Interest for all periods that are over; for a debt that is paid, up to its last day."""
    assert terms.law is not None  # noqa: S101 (the database holds a rule to its kind)
    runs_from = debt.due_on + ONE_DAY
    start = _start(terms, debt, already)
    last = _last_day(terms, debt, start, today)
    told = terms.law.last_day_told(runs_from=runs_from)
    within = Days(start, min(last, told) if told else last)
    if not len(within):
        return
    spans = [
        span
        for run, balance in debt.runs(within, also=terms.law.changes())
        if (percent := terms.law.percent_on(run.first, runs_from=runs_from)) is not None
        for span in [span_of(run, balance, percent)]
    ]
    amount = rounded_share(sum((span.amount for span in spans), Decimal(0)), debt.currency, is_down=False)
    if amount > 0:
        rates = {span.percent for span in spans}
        rate = rates.pop() if len(rates) == 1 else None
        base = spans[-1].balance
        days = Days(within.first, spans[-1].to_day)
        yield Charge(LateFeeKind.INTEREST, days.first, days.last, base, rate, amount, tuple(spans))


def _last_day(terms: Terms, debt: Debt, start: date, today: date) -> date:
    """The last day that a charge made today is for. One without periods is made once everything is paid."""
    paid_on = debt.settled_on()
    if paid_on is not None:
        return min(paid_on, today) - ONE_DAY
    if terms.every_days is None or debt.open_now == 0:
        return start - ONE_DAY
    over = (today - start).days // terms.every_days
    return start + timedelta(days=over * terms.every_days - 1)


def _compensation(terms: Terms, debt: Debt, already: Already, today: date) -> Iterator[Charge]:
    """The law's fixed sum, once, for what was open on the first day that is charged for."""
    if not terms.with_compensation or already.has_compensation or terms.law is None:
        return
    day = first_free(first_day(terms, debt), debt.excused)
    balance = debt.balance_on(day)
    if day < today and balance > 0:
        yield Charge(LateFeeKind.COMPENSATION, day, day, balance, None, terms.law.compensation(balance))


def _interest_spans(debt: Debt, within: Days, percent: Decimal) -> list[Span]:
    return [span_of(run, balance, percent) for run, balance in debt.runs(within)] if len(within) else []


def span_of(run: Days, balance: Decimal, percent: Decimal) -> Span:
    """Simple interest for a run of days with one balance and one yearly rate, not rounded."""
    amount = balance * percent * len(run) / (_HUNDRED * DAYS_OF_A_YEAR)
    return Span(run.first, run.last, balance, percent, amount)


def rounded_share(amount: Decimal, currency: str, *, is_down: bool = True) -> Decimal:
    """To the currency's own digits: down for what a limit leaves, half to even for everything else."""
    rounding = ROUND_DOWN if is_down else ROUND_HALF_EVEN
    return amount.quantize(Decimal(1).scaleb(-minor_digits(currency)), rounding=rounding)
