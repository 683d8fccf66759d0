"""The reconciliation page and its file."""

import csv
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.models import Movement, MovementKind, Payment, ProcessorAccount
from app.web.money.reconciled_period import months, period
from app.web.money.reconciliation_csv import harmless
from tests.web.conftest import House

PLACE = "/money/reconciliation"


def moved(house: House, source: str | None, net: str, kind: MovementKind, *, days_ago: int = 0) -> None:
    at = house.ground.clock.now() - timedelta(days=days_ago)
    with house.ground.database.tenant(house.tenant_id) as session:
        session.add(
            Movement(
                tenant_id=house.tenant_id,
                id=uuid4(),
                processor_account_id=session.scalars(select(ProcessorAccount.id)).one(),
                external_id=f"txn_{uuid4().hex}",
                kind=kind,
                source=source,
                currency="GBP",
                gross=Decimal(net),
                fee=Decimal(0),
                net=Decimal(net),
                description="charge",
                created_at=at,
                available_at=at,
            )
        )


def payment(house: House, place: int) -> str:
    with house.ground.database.tenant(house.tenant_id) as session:
        return session.get_one(Payment, (house.tenant_id, house.company.payments[place])).external_id


def around(house: House) -> str:
    """A period with today in its middle."""
    today = house.ground.clock.now().date()
    return f"first={today - timedelta(days=3)}&last={today + timedelta(days=3)}&currency=GBP"


def test_what_is_booked_agrees_and_what_waits_says_for_what(house: House) -> None:
    moved(house, payment(house, 0), "632.60", MovementKind.PAYMENT)
    moved(house, payment(house, 1), "430.10", MovementKind.PAYMENT)
    page = house.owner.page(f"{PLACE}?{around(house)}")
    assert "1 difference Each says below" in page.text
    assert "Waits for you: Xero refused the payment: the period is closed" in page.text
    assert "Equal 632.60 632.60 632.60" in page.text
    assert page.has("a", href=f"/money/payments/{house.company.payments[1]}")


def test_a_fee_of_stripe_and_a_sale_elsewhere_are_told_apart_from_ours(house: House) -> None:
    moved(house, None, "-2.00", MovementKind.FEE)
    moved(house, "ch_shop", "50.00", MovementKind.PAYMENT)
    text = house.owner.page(f"{PLACE}?{around(house)}").text
    assert "Stripe's own fee" in text
    assert text.count("Made in Stripe, not through DueMate. Enter it in Xero yourself.") == 2


def test_what_waits_is_settled_from_the_page_itself(house: House) -> None:
    moved(house, payment(house, 1), "430.10", MovementKind.PAYMENT)
    page = house.owner.page(f"{PLACE}?{around(house)}")
    parked = f"/money/entries/{house.company.entries['parked']}"
    assert page.has("form", action=f"{parked}/retry")
    shown = {name: page.field(name)[0] for name in ("first", "last")}
    answer = house.owner.post(f"{parked}/by-hand", place="reconciliation", currency="GBP", **shown)
    assert "Waits for you" in page.text
    assert "Waits for you" not in house.owner.page(answer.location).text


def test_without_a_difference_the_page_says_so(house: House) -> None:
    moved(house, payment(house, 0), "632.60", MovementKind.PAYMENT)
    house.owner.post(f"/money/entries/{house.company.entries['parked']}/by-hand")
    moved(house, payment(house, 1), "430.10", MovementKind.PAYMENT)
    text = house.owner.page(f"{PLACE}?{around(house)}").text
    assert "No difference Everything that moved at Stripe stands in Xero, to the cent." in text


def test_only_what_began_in_the_period_is_shown(house: House) -> None:
    moved(house, payment(house, 0), "632.60", MovementKind.PAYMENT, days_ago=40)
    moved(house, payment(house, 1), "430.10", MovementKind.PAYMENT)
    text = house.owner.page(f"{PLACE}?{around(house)}").text
    assert "430.10" in text
    assert "632.60" not in text


def test_the_file_holds_every_line_with_its_figures(house: House) -> None:
    moved(house, payment(house, 0), "632.60", MovementKind.PAYMENT)
    moved(house, "=cmd|' /C calc'!A0", "-50.00", MovementKind.OTHER)
    answer = house.owner.open(f"{PLACE}.csv?{around(house)}")
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(StringIO(answer.text)))
    by_source = {row["Stripe's number"]: row for row in rows}
    assert by_source[payment(house, 0)]["Difference"] == "0.00"
    assert by_source["'=cmd|' /C calc'!A0"]["Stripe"] == "-50.00"


def test_the_file_says_what_the_page_says_line_by_line(house: House) -> None:
    moved(house, payment(house, 0), "632.60", MovementKind.PAYMENT)
    moved(house, payment(house, 1), "430.10", MovementKind.PAYMENT)
    moved(house, "ch_shop", "50.00", MovementKind.PAYMENT)
    page = house.owner.page(f"{PLACE}?{around(house)}").text
    place = 0
    for row in csv.DictReader(StringIO(house.owner.open(f"{PLACE}.csv?{around(house)}").text)):
        for words in (
            row["What"],
            row["Stripe's number"][:30],
            row["State"],
            row["Why"],
            row["Stripe"],
            row["Ledger"],
        ):
            place = page.index(words, place)


def test_what_is_not_ours_is_ticked_off_by_name_and_the_tick_taken_back(house: House) -> None:
    moved(house, "ch_shop", "50.00", MovementKind.PAYMENT)
    page = house.owner.page(f"{PLACE}?{around(house)}")
    shown = {name: page.field(name)[0] for name in ("first", "last", "source", "amount")}
    answer = house.owner.post(f"{PLACE}/settle", currency="GBP", **shown)
    settled = house.owner.page(answer.location)
    assert "It no longer counts as a difference." in settled.text
    assert "Settled Not ours: seen to by Ada Byron on 20 Nov 2026." in settled.text
    assert "Made in Stripe, not through DueMate" not in settled.text
    answer = house.teammate.post(f"{PLACE}/reopen", currency="GBP", **shown)
    assert "Made in Stripe, not through DueMate" in house.teammate.page(answer.location).text


@pytest.mark.parametrize("amount", ["49.99", "fifty"])
def test_a_tick_for_another_amount_than_is_missing_is_refused(house: House, amount: str) -> None:
    moved(house, "ch_shop", "50.00", MovementKind.PAYMENT)
    answer = house.owner.post(f"{PLACE}/settle", currency="GBP", source="ch_shop", amount=amount)
    text = house.owner.page(answer.location).text
    assert "This line has changed since you looked at it." in text
    assert "seen to by" not in text


def test_a_stranger_ticks_nothing(house: House) -> None:
    moved(house, "ch_shop", "50.00", MovementKind.PAYMENT)
    answer = house.stranger.post(f"{PLACE}/settle", currency="GBP", source="ch_shop", amount="50.00")
    assert answer.status_code == 404
    assert "seen to by" not in house.owner.page(f"{PLACE}?{around(house)}").text


def test_whoever_has_no_card_account_is_told_so_when_they_want_it_read(house: House) -> None:
    answer = house.stranger.post(f"{PLACE}/read")
    assert "There is no card account to read yet." in house.stranger.page(answer.location).text


def test_while_stripe_is_read_the_page_follows_it(house: House) -> None:
    assert house.owner.page(PLACE).has("div", **{"data-part": f"{PLACE}/progress"})
    assert "Stripe was not read yet." in house.owner.open(f"{PLACE}/progress").text
    assert house.stranger.open(f"{PLACE}/progress").text.strip() == ""


def test_a_company_without_money_is_told_what_comes_here(house: House) -> None:
    assert "Nothing moved in this period" in house.stranger.page(PLACE).text


@given(st.sampled_from(["", *"=+-@\t\r\n＝＋－＠"]), st.text(max_size=8))
def test_no_text_of_the_file_begins_like_a_formula(first: str, text: str) -> None:
    assert harmless(first + text)[:1] not in set("=+-@\t\r\n＝＋－＠")


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        ("2026-10-01", "2026-10-31", (date(2026, 10, 1), date(2026, 10, 31))),
        ("", "", (date(2026, 11, 1), date(2026, 11, 20))),
        ("2026-10-31", "2026-10-01", (date(2026, 11, 1), date(2026, 11, 20))),
        ("0001-01-01", "9999-12-31", (date(2026, 11, 1), date(2026, 11, 20))),
        ("2020-01-01", "2026-01-01", (date(2020, 1, 1), date(2021, 1, 1))),
    ],
)
def test_a_period_is_what_was_asked_for_or_this_month(
    first: str, last: str, shown: tuple[date, date]
) -> None:
    assert period(first, last, date(2026, 11, 20)) == shown


def test_the_periods_that_are_asked_for_most_are_months() -> None:
    assert months(date(2027, 1, 5)) == {
        "Last month": (date(2026, 12, 1), date(2026, 12, 31)),
        "This month": (date(2027, 1, 1), date(2027, 1, 5)),
    }
