"""What of a charge is owed once the books tell of more: money dated back, a credit, another due date."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.late_fees.days import ONE_DAY, Days
from app.late_fees.debt import Debt
from app.late_fees.law import law
from app.late_fees.places import Limit, limit_in
from app.late_fees.spans import read, told
from app.late_fees.still_owed import Made, still_owed
from app.late_fees.terms import Charge, Terms
from app.models import LateFeeKind
from tests.late_fees.made import NO_LIMIT, charged, debt, fixed, percent, statutory

LATER = date(2026, 12, 1)


def made(charge: Charge, terms: Terms, *, on: str = "2026-05-01") -> Made:
    """A charge as it is kept."""
    return Made(
        kind=charge.kind,
        from_day=charge.from_day,
        to_day=charge.to_day,
        base=charge.base,
        rate=charge.rate,
        spans=read(told(span) for span in charge.spans),
        amount=charge.amount,
        charged_on=date.fromisoformat(on),
        grace_days=terms.grace_days,
        cap_percent=terms.cap_percent,
        cap_amount=terms.cap_amount,
        law=terms.law,
    )


def left(terms: Terms, now: Debt, *, limit: Limit = NO_LIMIT, before: Debt | None = None) -> str:
    """What is left of the one charge made on 1 May for a debt of 1000 since 31 March, by what is known later."""
    [charge] = charged(terms, before or debt("1000"), "2026-05-01", limit=limit)
    kept = made(charge, terms)
    return str(still_owed(kept, now, limit, others=Decimal(0), today=LATER).amount)


@pytest.mark.parametrize(
    ("now", "amount"),
    [
        # 1000 * 11.75 % * 30 / 365 = 9.6575, as in the examples of what is charged
        (debt("1000"), "9.66"),
        (debt("1000", paid={"2026-05-03": "400"}), "9.66"),
        (debt("1000", paid={"2026-04-11": "400"}), "7.08"),
        (debt("1000", paid={"2026-04-11": "1000"}), "3.22"),
        (debt("1000", paid={"2026-03-31": "1000"}), "0.00"),
        # a credit whose day nobody tells: 600 * 11.75 % * 30 / 365
        (debt("1000", open_now=Decimal(600)), "5.79"),
        # 15 days, from the 16th on
        (debt("1000", due="2026-04-15"), "4.83"),
        (debt("1000", due="2026-06-30"), "0.00"),
        # a dispute that was settled in the customer's favour for ten days
        (debt("1000", excused=(Days(date(2026, 4, 6), date(2026, 4, 15)),)), "6.44"),
    ],
)
def test_interest_is_for_what_was_open_on_each_of_its_days(now: Debt, amount: str) -> None:
    assert left(statutory(), now) == amount


def test_a_payment_that_is_gone_again_adds_nothing() -> None:
    before = debt("1000", paid={"2026-04-11": "400"})
    assert left(statutory(), debt("1000"), before=before) == "7.08"


def test_another_due_date_may_bring_another_half_years_rate_but_never_a_higher_one() -> None:
    # Late in the first half of 2025 at 4.75 + 8, in the second at 4.25 + 8.
    [charge] = charged(statutory(), debt("1000", due="2025-06-29"), "2025-08-01")
    kept = made(charge, statutory(), on="2025-08-01")
    now = still_owed(kept, debt("1000", due="2025-06-30"), NO_LIMIT, others=Decimal(0), today=LATER)
    assert (charge.rate, {span.percent for span in now.spans}) == (Decimal("12.75"), {Decimal("12.25")})


@pytest.mark.parametrize(
    ("terms", "now", "amount"),
    [
        (fixed("25", grace_days=7), debt("1000", paid={"2026-04-07": "999"}), "25"),
        (fixed("25", grace_days=7), debt("1000", paid={"2026-04-07": "1000"}), "0"),
        (fixed("25", grace_days=7), debt("1000", due="2026-04-10"), "0"),
        (percent("2", grace_days=7), debt("1000", paid={"2026-04-07": "500"}), "10.00"),
        (percent("2", grace_days=7), debt("1000", paid={"2026-04-08": "500"}), "10.00"),
        (percent("2", grace_days=7), debt("1000", paid={"2026-04-09": "500"}), "20.00"),
        (fixed("25", cap_percent=Decimal(2)), debt("1000", open_now=Decimal(600)), "20.00"),
        (fixed("25", cap_percent=Decimal(2)), debt("600"), "12.00"),
    ],
)
def test_a_fee_is_for_what_was_open_on_its_first_day_after_grace(
    terms: Terms, now: Debt, amount: str
) -> None:
    assert left(terms, now) == amount


def test_a_limit_of_the_place_is_kept_by_what_was_open_in_truth() -> None:
    # 1000 * 10 % * 30 / 365 = 8.2191, and 200 of it 1.6438
    now = debt("1000", paid={"2026-03-31": "800"})
    assert left(fixed("25"), debt("1000"), limit=limit_in("US", "CA")) == "8.21"
    assert left(fixed("25"), now, limit=limit_in("US", "CA")) == "1.64"


def compensation(now: Debt) -> str:
    terms = statutory(with_compensation=True)
    [charge] = charged(terms, debt("1000"), "2026-04-02")
    assert (charge.kind, charge.amount) == (LateFeeKind.COMPENSATION, Decimal(70))
    kept = made(charge, terms, on="2026-04-02")
    return str(still_owed(kept, now, NO_LIMIT, others=Decimal(0), today=date(2026, 5, 1)).amount)


def test_compensation_goes_by_the_debt_as_it_was_and_only_if_it_was_late_at_all() -> None:
    assert compensation(debt("1000")) == "70"
    assert compensation(debt("1000", paid={"2026-03-31": "0.01"})) == "40"
    assert compensation(debt("1000", paid={"2026-03-31": "1000"})) == "0"
    assert compensation(debt("1000", due="2026-04-20")) == "70"
    assert compensation(debt("1000", due="2026-05-20")) == "0"


@pytest.mark.parametrize(
    ("currency", "total", "paid", "amount"),
    [("JPY", "1020", "500", "13"), ("KWD", "1.020", "0.500", "0.013")],
)
def test_what_is_left_is_money_of_its_currency(currency: str, total: str, paid: str, amount: str) -> None:
    terms = percent("2.5", currency=currency)
    before = debt(total, currency=currency)
    assert left(terms, debt(total, currency=currency, paid={"2026-03-31": paid}), before=before) == amount


PARTS: Any = st.dictionaries(
    st.integers(-10, 40), st.decimals(min_value=1, max_value=400, places=2), max_size=2
)


@given(PARTS, st.sampled_from(["GB", "EU"]), st.integers(0, 9))
@settings(max_examples=150, deadline=None)
def test_it_is_what_would_have_been_charged_for_these_days_had_all_been_known(
    parts: dict[int, Decimal], key: str, grace: int
) -> None:
    due, terms = date(2026, 6, 10), statutory(key, grace_days=grace)
    currency = law(key).currency
    today = due + timedelta(days=31 + grace)
    [charge] = charged(terms, debt("1000", due=due.isoformat(), currency=currency), today.isoformat())
    paid = {(due + timedelta(days=after)).isoformat(): str(part) for after, part in parts.items()}
    known = debt("1000", due=due.isoformat(), currency=currency, paid=paid)
    again = sum(one.amount for one in charged(terms, known, (charge.to_day + ONE_DAY).isoformat()))
    now = still_owed(made(charge, terms), known, NO_LIMIT, others=Decimal(0), today=LATER)
    assert now.amount == again
    assert now.amount <= charge.amount
