"""Where a surcharge may be asked, how much it is, and what of it goes back: worked by hand, and for any amounts."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.money import minor_digits
from app.models import PayWays
from app.payments.pay_way import Agreed, agreed
from app.payments.surcharge import RefundMode, SurchargeTerms, surcharge_in_refund, surcharge_on
from app.payments.surcharge_law import RULES, allowance, place_of, places_allowed, rule_of
from app.processors.stripe.units import to_units

TODAY = date(2026, 11, 20)
TERMS = SurchargeTerms("USD", Decimal("1.5"), Decimal("0.30"), Decimal(10), Decimal(3), takes_debits=True)

AS_KEPT = Decimal("0.0001")

amounts = st.decimals("0.01", "99999", places=2)
percents = st.decimals("0", "10", places=2)


def terms(
    currency: str, percent: Decimal, fixed: Decimal, maximum: Decimal | None, most: Decimal
) -> SurchargeTerms:
    return SurchargeTerms(currency, percent, fixed, maximum, most, takes_debits=False)


@pytest.mark.parametrize(
    ("ours", "theirs", "most"),
    [
        ("US-TX", "US-TX", 3),
        ("US-TX", "US-CO", 2),
        ("US-CO", "US-TX", 2),
        ("US-TX", "US-CT", None),
        ("US-MA", "US-TX", None),
        ("US-TX", "US-ME", None),
        ("US-TX", "GB", None),
        ("GB", "GB", None),
        ("IE", "US-TX", None),
        ("CA-ON", "CA-ON", Decimal("2.4")),
        ("CA-ON", "CA-QC", None),
        ("AU", "AU", None),
        ("US-TX", None, None),
        (None, "US-TX", None),
        ("NZ", "NZ", None),
        ("US-TX", "US-ZZ", None),
    ],
)
def test_the_strictest_rule_of_both_places_holds(
    ours: str | None, theirs: str | None, most: Decimal | None
) -> None:
    found = allowance((ours, theirs), TODAY)
    assert found.most == most
    assert found.reason


def test_rules_hold_from_their_day_on() -> None:
    before, after = rule_of("AU", date(2026, 6, 30)), rule_of("AU", date(2026, 7, 1))
    assert before is not None
    assert after is not None
    assert (before.most, after.most) == (Decimal(100), None)
    assert rule_of("AU", date(2016, 1, 1)) is None
    assert rule_of("US-CO", date(2022, 6, 30)) is None


def test_every_rule_names_its_source_and_only_one_begins_on_a_day() -> None:
    assert all(rule.source for rule in RULES)
    assert len({(rule.place, rule.from_day) for rule in RULES}) == len(RULES)
    offered = [rule.place for rule in places_allowed(TODAY)]
    assert "US-TX" in offered
    assert not {"GB", "DE", "US-CT", "US-MA", "US-ME", "CA-QC", "AU"} & set(offered)


def test_a_divided_country_without_its_state_is_no_known_place() -> None:
    assert place_of("US", None) is None
    assert place_of("US", "CO") == "US-CO"
    assert place_of("GB", "SCT") == "GB"
    assert place_of(None, None) is None
    assert place_of("", "CO") is None


@pytest.mark.parametrize(
    ("amount", "expected"),
    [("100.00", "1.80"), ("10.00", "0.30"), ("1000.00", "10.00"), ("1.00", "0.03"), ("0.10", "0.00")],
)
def test_what_is_added_is_percent_and_fixed_up_to_both_limits_rounded_down(
    amount: str, expected: str
) -> None:
    assert surcharge_on(Decimal(amount), TERMS) == Decimal(expected)


@given(
    amount=amounts,
    percent=percents,
    fixed=st.decimals("0", "20", places=2),
    maximum=st.none() | st.decimals("0.01", "50", places=2),
    most=percents,
    currency=st.sampled_from(["USD", "JPY", "KWD", "ISK"]),
)
def test_no_limit_is_ever_passed_and_a_card_can_be_charged_it(
    amount: Decimal, percent: Decimal, fixed: Decimal, maximum: Decimal | None, most: Decimal, currency: str
) -> None:
    added = surcharge_on(amount, terms(currency, percent, fixed, maximum, most))
    assert 0 <= added <= amount * most / 100
    assert added <= amount * percent / 100 + fixed
    assert maximum is None or added <= maximum
    assert added == added.quantize(Decimal(1).scaleb(-minor_digits(currency)))
    to_units(added, currency)


@given(
    paid=st.decimals("1", "5000", places=2),
    share=st.decimals("0", "0.1", places=3),
    parts=st.lists(st.decimals("0.01", "1", places=2), min_size=1, max_size=6),
    mode=st.sampled_from(RefundMode),
)
def test_refunds_never_give_back_more_surcharge_than_there_was_and_all_of_it_with_all_the_money(
    paid: Decimal, share: Decimal, parts: list[Decimal], mode: RefundMode
) -> None:
    cent = Decimal("0.01")
    # As the database keeps them: with four digits.
    paid, surcharge = paid.quantize(AS_KEPT), (paid * share).quantize(cent).quantize(AS_KEPT)
    left, surcharge_left = paid, surcharge
    for part in [*parts, Decimal(1)]:
        amount = (left * part).quantize(cent, "ROUND_DOWN")
        if amount == 0:
            continue
        given_back = surcharge_in_refund(
            amount,
            left=left,
            surcharge_left=surcharge_left,
            paid=paid,
            surcharge=surcharge,
            mode=mode,
            currency="USD",
        )
        assert 0 <= given_back <= min(amount, surcharge_left)
        assert given_back == given_back.quantize(cent)
        left, surcharge_left = left - amount, surcharge_left - given_back
        assert surcharge_left <= left
    assert left == surcharge_left == 0


@pytest.mark.parametrize(
    ("currency", "amount", "paid", "surcharge", "share"),
    [
        ("USD", "10", "101.5", "1.5", "0.14"),
        ("JPY", "1000", "10150", "150", "14"),
        ("KWD", "1", "10.15", "0.15", "0.01"),
    ],
)
def test_a_share_in_proportion_is_money_that_can_be_booked(
    currency: str, amount: str, paid: str, surcharge: str, share: str
) -> None:
    whole, added = Decimal(paid).quantize(AS_KEPT), Decimal(surcharge).quantize(AS_KEPT)
    given_back = surcharge_in_refund(
        Decimal(amount),
        left=whole,
        surcharge_left=added,
        paid=whole,
        surcharge=added,
        mode=RefundMode.PROPORTION,
        currency=currency,
    )
    assert given_back == Decimal(share)


@pytest.mark.parametrize(
    ("way", "shown", "expected"),
    [
        ("card", TERMS.key, Agreed(Decimal("1.80"), PayWays.CARD)),
        ("not_card", TERMS.key, Agreed(Decimal(0), PayWays.NOT_CARD)),
        ("any", TERMS.key, None),
        ("", TERMS.key, None),
        ("card", "", None),
        ("card", "other terms", None),
    ],
)
def test_only_what_was_shown_is_agreed_to(way: str, shown: str, expected: Agreed | None) -> None:
    assert agreed(TERMS, Decimal(100), way=way, shown=shown) == expected


def test_without_terms_nothing_is_added_and_no_page_may_have_shown_any() -> None:
    assert agreed(None, Decimal(100), way="", shown="") == Agreed(Decimal(0), PayWays.ANY)
    assert agreed(None, Decimal(100), way="card", shown=TERMS.key) is None
