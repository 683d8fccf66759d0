"""What holds for every invoice, rule and row of days on which somebody looks."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.late_fees.accrual import accrue, most
from app.late_fees.days import ONE_DAY, Days
from app.late_fees.debt import Debt
from app.late_fees.places import limit_in
from app.late_fees.terms import Already, Charge, Terms
from app.models import LateFeeKind
from tests.late_fees.made import after, debt, fixed, percent, statutory

DUE = date(2025, 5, 20)
LIMITS = st.sampled_from([limit_in("GB", None), limit_in("US", "CA"), limit_in("US", None)])
MONEY = st.decimals(min_value=1, max_value=20_000, places=2)


@st.composite
def payments(draw: st.DrawFn) -> tuple[str, dict[str, str]]:
    """A total, and how it is paid in up to three parts, in grace, late or never."""
    parts = draw(st.lists(MONEY, min_size=1, max_size=3))
    days = draw(st.lists(st.integers(-10, 200), min_size=0, max_size=len(parts), unique=True))
    paid = {
        (DUE + timedelta(days=day)).isoformat(): str(part) for day, part in zip(days, parts, strict=False)
    }
    return str(sum(parts)), paid


@st.composite
def terms(draw: st.DrawFn) -> Terms:
    """A rule of any kind."""
    cap = st.none() | st.decimals(min_value=1, max_value=60, places=1)
    values: dict[str, Any] = {
        "grace_days": draw(st.integers(0, 20)),
        "every_days": draw(st.none() | st.integers(1, 60)),
        "cap_percent": draw(cap),
        "cap_amount": draw(cap),
        "charges_from": DUE + timedelta(days=draw(st.integers(-30, 40))),
    }
    kind = draw(st.sampled_from(["fixed", "percent", "statutory"]))
    if kind == "fixed":
        return fixed(str(draw(st.decimals(min_value="0.01", max_value=50, places=2))), **values)
    if kind == "percent":
        return percent(str(draw(st.decimals(min_value="0.01", max_value=20, places=2))), **values)
    return statutory(with_compensation=draw(st.booleans()), **values)


LOOKS = st.lists(st.integers(0, 260), min_size=1, max_size=6, unique=True).map(sorted)


def as_known(total: str, paid: dict[str, str], today: date) -> Debt:
    return debt(total, due=DUE.isoformat(), paid=paid, known_on=today.isoformat())


@given(payments(), terms(), LIMITS, LOOKS)
@settings(max_examples=300, deadline=None)
def test_no_day_is_charged_twice_nor_in_grace_nor_once_nothing_is_owed_and_no_limit_is_passed(
    owed: tuple[str, dict[str, str]], rule: Terms, limit: object, looks: list[int]
) -> None:
    total, paid = owed
    already, found = Already(), list[Charge]()
    for look in looks:
        today = DUE + timedelta(days=look)
        known = as_known(total, paid, today)
        charges = accrue(rule, known, already, limit, today=today)  # type: ignore[arg-type]
        already = after(charges, already)
        found += charges
        assert already.charged <= most(rule, known, limit, today=today)  # type: ignore[arg-type]
        assert all(one.from_day < today for one in charges)
        assert all(one.to_day < today for one in charges if one.kind is LateFeeKind.INTEREST)
    by_days = sorted((one.from_day, one.to_day) for one in found if one.kind is not LateFeeKind.COMPENSATION)
    assert all(first[1] < second[0] for first, second in pairwise(by_days))
    assert sum(one.kind is LateFeeKind.COMPENSATION for one in found) <= 1
    last = as_known(total, paid, date.max)
    for one in found:
        assert one.from_day > DUE + timedelta(days=rule.grace_days)
        assert one.from_day >= rule.charges_from
        assert one.amount > 0
        assert last.balance_on(one.from_day) > 0 or one.kind is LateFeeKind.INTEREST
        assert all(last.balance_on(span.to_day) == span.balance > 0 for span in one.spans)


@given(payments(), LOOKS)
@settings(max_examples=200, deadline=None)
def test_interest_in_parts_is_interest_in_one_but_for_the_rounding_of_each_part(
    owed: tuple[str, dict[str, str]], looks: list[int]
) -> None:
    total, paid = owed
    left = Decimal(total) - sum((Decimal(part) for part in paid.values()), Decimal(0))
    if left > 0:
        paid = {**paid, (DUE + timedelta(days=230)).isoformat(): str(left)}
    rule, end = statutory(every_days=7), DUE + timedelta(days=300)
    [*whole] = accrue(rule, as_known(total, paid, end), Already(), limit_in("GB", None), today=end)
    already, parts = Already(), list[Charge]()
    for look in [*looks, 300]:
        today = DUE + timedelta(days=look)
        new = accrue(rule, as_known(total, paid, today), already, limit_in("GB", None), today=today)
        already, parts = after(new, already), parts + new
    in_parts = sum((one.amount for one in parts), Decimal(0))
    in_one = sum((one.amount for one in whole), Decimal(0))
    # A last part that would round to nothing is not charged at all: that is less than half a penny, too.
    assert abs(in_parts - in_one) <= Decimal("0.005") * (len(parts) + 2)


@given(payments(), terms(), st.integers(0, 260))
@settings(max_examples=200, deadline=None)
def test_spans_are_in_order_and_add_up_to_the_charge(
    owed: tuple[str, dict[str, str]], rule: Terms, look: int
) -> None:
    today = DUE + timedelta(days=look)
    for one in accrue(rule, as_known(*owed, today), Already(), limit_in("GB", None), today=today):
        assert all(a.to_day < b.from_day for a, b in pairwise(one.spans))
        if one.spans and not one.is_capped:
            exact = sum((span.amount for span in one.spans), Decimal(0))
            assert abs(exact - one.amount) <= Decimal("0.005")


@given(st.dates(date(2020, 1, 1), date(2026, 12, 31)), st.integers(0, 400))
def test_runs_of_days_part_a_stretch_without_gap_or_overlap(first: date, length: int) -> None:
    within = Days(first, first + timedelta(days=length))
    cuts = {first + timedelta(days=length // 3), first + timedelta(days=length // 2)}
    runs = [run for run, _ in debt("10", due="2020-01-01").runs(within, also=cuts)]
    assert runs[0].first == within.first
    assert runs[-1].last == within.last
    assert all(a.last + ONE_DAY == b.first for a, b in pairwise(runs))
