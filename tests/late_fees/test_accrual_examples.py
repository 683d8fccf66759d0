"""Examples worked by hand. The UK's way of counting: https://www.gov.uk/late-commercial-payments-interest-debt-recovery"""

from datetime import date
from decimal import Decimal

import pytest

from app.late_fees.accrual import accrue, came_in_grace
from app.late_fees.days import Days
from app.late_fees.places import Limit, limit_in
from app.late_fees.terms import Already
from app.models import LateFeeKind
from tests.late_fees.made import after, charged, debt, fixed, percent, statutory


def amounts(*found: object) -> list[str]:
    return [str(one.amount) for one in found]  # type: ignore[attr-defined]


def test_statutory_interest_in_the_uk_is_base_rate_and_eight_from_the_day_after_it_was_due() -> None:
    # 1000 * 11.75 % * 30 / 365 = 9.6575
    [one] = charged(statutory(), debt("1000", due="2026-03-31"), "2026-05-01")
    assert (one.kind, one.from_day, one.to_day) == (LateFeeKind.INTEREST, date(2026, 4, 1), date(2026, 4, 30))
    assert (one.rate, one.base, one.amount) == (Decimal("11.75"), Decimal(1000), Decimal("9.66"))


def test_a_part_payment_lowers_the_base_from_its_day() -> None:
    # (10 days of 1000 + 20 days of 600) * 11.75 % / 365 = 7.0822
    [one] = charged(statutory(), debt("1000", paid={"2026-04-11": "400"}), "2026-05-01")
    assert one.amount == Decimal("7.08")
    assert [(len(Days(span.from_day, span.to_day)), span.balance) for span in one.spans] == [
        (10, Decimal(1000)),
        (20, Decimal(600)),
    ]


def test_the_uk_rate_of_the_day_interest_starts_stays_for_the_whole_debt() -> None:
    # Due in 2024, when the base rate of 30 June 2024 counted: 5.25 + 8. The new year's rate changes nothing.
    [one] = charged(statutory(), debt("1000", due="2024-12-16"), "2025-01-16")
    assert (one.rate, len(one.spans)) == (Decimal("13.25"), 1)


def test_the_directives_rate_changes_with_the_half_year() -> None:
    # 1000 * (10 * 11.15 + 10 * 10.15) / 36500 = 5.8356
    owed = debt("1000", due="2025-06-20", currency="EUR")
    [one] = charged(statutory("EU", every_days=20), owed, "2025-07-11")
    assert [(span.percent, len(Days(span.from_day, span.to_day))) for span in one.spans] == [
        (Decimal("11.15"), 10),
        (Decimal("10.15"), 10),
    ]
    assert (one.rate, one.amount) == (None, Decimal("5.84"))


def test_a_leap_year_has_365_days_too() -> None:
    # 1000 * 13.25 % * 29 / 365 = 10.5274
    [one] = charged(statutory(every_days=29), debt("1000", due="2024-01-31"), "2024-03-01")
    assert (one.to_day, one.amount) == (date(2024, 2, 29), Decimal("10.53"))


def test_no_interest_is_worked_out_for_days_whose_rate_is_not_known() -> None:
    eu = debt("1000", due="2026-11-30", currency="EUR")
    [one] = charged(statutory("EU"), eu, "2027-06-01")
    assert one.to_day == date(2026, 12, 31)
    assert charged(statutory("EU"), eu, "2027-12-01", after([one])) == []
    assert charged(statutory(), debt("1000", due="2027-01-31"), "2027-06-01") == []


def test_what_is_paid_is_charged_up_to_the_day_before_and_no_further() -> None:
    owed = debt("1000", paid={"2026-04-11": "1000"})
    [one] = charged(statutory(), owed, "2026-04-12")
    assert (one.to_day, one.amount) == (date(2026, 4, 10), Decimal("3.22"))
    assert charged(statutory(), owed, "2027-01-01", after([one])) == []


def test_without_periods_interest_is_charged_once_when_all_is_paid() -> None:
    terms, owed = statutory(every_days=None), debt("1000")
    assert charged(terms, owed, "2026-09-01") == []
    [one] = charged(terms, debt("1000", paid={"2026-08-31": "1000"}), "2026-09-01")
    assert len(Days(one.from_day, one.to_day)) == 152


@pytest.mark.parametrize(
    ("balance", "sum_"), [("999.99", "40"), ("1000", "70"), ("9999.99", "70"), ("10000", "100")]
)
def test_the_uk_compensation_goes_by_the_size_of_the_debt_and_is_owed_once(balance: str, sum_: str) -> None:
    terms = statutory(with_compensation=True)
    [one] = charged(terms, debt(balance), "2026-04-02")
    assert (one.kind, one.amount) == (LateFeeKind.COMPENSATION, Decimal(sum_))
    later = charged(terms, debt(balance), "2026-09-01", after([one]))
    assert [more.kind for more in later] == [LateFeeKind.INTEREST]


def test_the_directives_compensation_is_forty_euro() -> None:
    owed = debt("25000", currency="EUR")
    [one] = charged(statutory("EU", with_compensation=True), owed, "2026-04-02")
    assert (one.kind, one.amount) == (LateFeeKind.COMPENSATION, Decimal(40))


def test_a_fee_is_charged_the_day_after_grace_is_over_and_once() -> None:
    terms, owed = fixed("25", grace_days=7), debt(due="2026-03-31")
    assert charged(terms, owed, "2026-04-08") == []
    [one] = charged(terms, owed, "2026-04-09")
    assert (one.from_day, one.to_day, one.amount) == (date(2026, 4, 8), date(2026, 4, 8), Decimal(25))
    assert charged(terms, owed, "2027-04-09", after([one])) == []


def test_a_fee_of_every_thirty_days_is_of_what_is_open_on_its_first_day() -> None:
    terms, owed = percent("2", every_days=30), debt("1000", paid={"2026-04-20": "500"})
    charges = charged(terms, owed, "2026-06-15")
    assert [(one.from_day, one.amount) for one in charges] == [
        (date(2026, 4, 1), Decimal(20)),
        (date(2026, 5, 1), Decimal(10)),
        (date(2026, 5, 31), Decimal(10)),
    ]


@pytest.mark.parametrize(
    ("currency", "owed", "amount"),
    [("GBP", "1.00", "0.02"), ("GBP", "3.00", "0.08"), ("JPY", "1020", "26"), ("KWD", "1.020", "0.026")],
)
def test_money_is_rounded_half_to_even_in_the_currencys_own_digits(
    currency: str, owed: str, amount: str
) -> None:
    [one] = charged(percent("2.5", currency=currency), debt(owed, currency=currency), "2026-04-02")
    assert str(one.amount) == amount


def test_a_rule_of_another_currency_charges_nothing() -> None:
    assert charged(fixed(), debt(currency="USD"), "2026-09-01") == []


def test_no_day_before_the_rule_counts_is_charged() -> None:
    terms = statutory(charges_from=date(2026, 5, 1))
    [one] = charged(terms, debt("1000", due="2025-01-31"), "2026-05-31")
    assert one.from_day == date(2026, 5, 1)


def test_a_limit_of_the_rule_cuts_and_what_it_cuts_off_is_not_owed_later() -> None:
    terms = fixed("25", every_days=30, cap_percent=Decimal(4))
    charges = charged(terms, debt("1000"), "2026-12-01")
    assert [(one.amount, one.is_capped) for one in charges] == [(Decimal(25), False), (Decimal(15), True)]
    assert charged(terms, debt("1000"), "2027-12-01", after(charges)) == []


def test_a_state_law_limits_a_fee_by_what_was_open_for_how_long() -> None:
    # 500 * 10 % * 30 / 365 = 4.1095, rounded down
    [one] = charged(fixed("25"), debt("500"), "2026-05-01", limit=limit_in("US", "CA"))
    assert (one.amount, one.is_capped) == (Decimal("4.10"), True)


def test_an_unknown_state_has_its_countrys_strictest_limit_and_an_unknown_country_needs_one_of_the_rule() -> (
    None
):
    assert limit_in("US", None) == limit_in("US", "ZZ") == Limit(Decimal("5.5"), is_known=True, place="US")
    nowhere = limit_in("BR", None)
    assert charged(fixed("25"), debt(), "2026-09-01", limit=nowhere) == []
    capped = fixed("25", cap_amount=Decimal(20))
    assert amounts(*charged(capped, debt(), "2026-09-01", limit=nowhere)) == ["20.00"]


def test_a_compensation_that_a_limit_does_not_hold_is_not_charged_in_part() -> None:
    terms = statutory(with_compensation=True, cap_amount=Decimal(30))
    found = accrue(terms, debt("900"), Already(), limit_in("GB", None), today=date(2026, 5, 1))
    assert [one.kind for one in found] == [LateFeeKind.INTEREST]


def test_excused_days_are_not_charged() -> None:
    disputed = (Days(date(2026, 4, 6), date(2026, 4, 15)),)
    [one] = charged(statutory(), debt("1000", excused=disputed), "2026-05-01")
    assert sum(len(Days(span.from_day, span.to_day)) for span in one.spans) == 20
    [fee] = charged(fixed(), debt(excused=(Days(date(2026, 3, 20), date(2026, 4, 9)),)), "2026-05-01")
    assert fee.from_day == date(2026, 4, 10)


def test_money_that_no_day_is_told_for_counts_as_never_owed() -> None:
    credited = debt("1000", open_now=Decimal(600))
    [one] = charged(statutory(), credited, "2026-05-01")
    assert one.base == Decimal(600)


def test_grace_is_kept_by_money_dated_inside_it_however_late_the_ledger_tells() -> None:
    assert came_in_grace(debt(paid={"2026-04-07": "1000"}), grace_days=7)
    assert not came_in_grace(debt(paid={"2026-04-08": "1000"}), grace_days=7)
    assert not came_in_grace(debt(paid={"2026-04-07": "999"}), grace_days=7)
