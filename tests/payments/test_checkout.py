"""At most one open payment page per link and invoice, for exactly the live balance."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

from app.models import Checkout, CheckoutState, ProcessorAccountState
from app.payments.accounts import card_account
from app.payments.checkout import hosted_page
from app.payments.checkout_choice import Wish
from app.payments.links import find_link
from tests.payments.business import Business, doors


def sessions(business: Business) -> list[dict[str, Any]]:
    return list(business.sandbox.get("/control/stripe/books").json()["sessions"])


def statuses(business: Business) -> list[str]:
    return [row["status"] for row in sessions(business)]


def rows(business: Business) -> list[Checkout]:
    with business.unit() as session:
        return list(session.query(Checkout).order_by(Checkout.created_at))


@pytest.mark.parametrize(
    ("currency", "amount", "units"),
    [("JPY", "120000", 120_000), ("KWD", "12.340", 12_340), ("GBP", "0.50", 50)],
)
def test_every_currency_is_asked_for_in_its_own_smallest_unit(
    business: Business, currency: str, amount: str, units: int
) -> None:
    customer, [invoice, *_] = business.open_invoices()
    path = business.link(customer, currency=currency)
    with business.unit() as session:
        session.merge(invoice).currency = currency
    place = find_link(business.ground, path.rpartition("/")[2])
    assert place is not None
    amounts = {invoice.id: Decimal(amount)}
    hosted_page(business.ground, Wish(place, "token", currency, amounts, business.ground.clock.now()))
    [row] = sessions(business)
    assert (row["currency"], row["amount_total"]) == (currency.lower(), units)
    business.pay_at_stripe(row["id"])
    business.wait_for_webhook("checkout.session.completed")
    business.deliver()
    business.work()
    [payment] = business.payments()
    assert (payment.currency, payment.amount) == (currency, Decimal(amount))


def test_looking_at_the_page_creates_nothing(business: Business) -> None:
    customer, _ = business.open_invoices()
    path = business.link(customer)
    for _ in range(3):
        business.ticks(path)
    assert rows(business) == []
    assert sessions(business) == []


def test_clicking_twice_leads_to_the_same_page(business: Business) -> None:
    customer, _ = business.open_invoices()
    path = business.link(customer)
    first, second = business.press_pay(path), business.press_pay(path)
    assert first.headers["Location"] == second.headers["Location"]
    assert statuses(business) == ["open"]


def test_another_selection_closes_the_first_page(business: Business) -> None:
    customer, _ = business.open_invoices(at_least=2)
    path = business.link(customer)
    business.press_pay(path)
    business.press_pay(path, business.ticks(path)[:1])
    assert sorted(statuses(business)) == ["expired", "open"]
    assert [row.state for row in rows(business)] == [CheckoutState.EXPIRED, CheckoutState.OPEN]


def test_a_changed_balance_is_shown_before_anything_is_paid(business: Business) -> None:
    customer, [invoice, *_] = business.open_invoices()
    path = business.link(customer)
    ticked = business.ticks(path)[:1]
    business.press_pay(path, ticked)
    business.sandbox.control(f"xero/invoices/{invoice.number}/pay", amount="1.00")
    answer = business.press_pay(path, ticked)
    assert answer.status_code == 200
    assert "The amounts have changed" in answer.text
    business.press_pay(path, business.ticks(path)[:1])
    assert sorted(statuses(business)) == ["expired", "open"]
    assert rows(business)[-1].amount == invoice.amount_due - 1


def test_two_links_of_one_customer_never_have_two_open_pages_for_an_invoice(business: Business) -> None:
    customer, _ = business.open_invoices()
    one, other = business.link(customer), business.link(customer)
    business.press_pay(one)
    business.press_pay(other)
    assert sorted(statuses(business)) == ["expired", "open"]


def test_a_payment_made_on_the_other_device_stops_the_second(business: Business) -> None:
    customer, _ = business.open_invoices()
    one, other = business.link(customer), business.link(customer)
    ticked = business.ticks(other)
    business.pay(one)
    answer = business.press_pay(other, ticked)
    assert answer.status_code == 409
    assert "on its way" in answer.text
    business.work()
    assert len(business.payments()) == 1
    assert business.press_pay(other, ticked).status_code == 200
    assert statuses(business) == ["complete"]


def test_clicks_at_the_same_moment_share_one_page(business: Business) -> None:
    customer, _ = business.open_invoices()
    path = business.link(customer)
    ticked = business.ticks(path)
    app = doors(business.ground)

    def click(_: int) -> str:
        answer = app.test_client().post(path, data={"invoice": ticked})
        return str(answer.headers.get("Location", answer.status_code))

    with ThreadPoolExecutor(6) as pool:
        places = set(pool.map(click, range(6)))
    assert len({place for place in places if place.startswith("http")}) == 1
    assert statuses(business) == ["open"]


def test_a_lost_answer_is_settled_by_the_next_click_with_the_same_key(business: Business) -> None:
    customer, _ = business.open_invoices()
    path = business.link(customer)
    business.sandbox.fault("stripe", "drop", match="POST /stripe/v1/checkout/sessions", times=20)
    lost = business.press_pay(path)
    assert lost.status_code == 503
    assert "Nothing was charged" in lost.text
    assert [row.state for row in rows(business)] == [CheckoutState.OPENING]
    business.sandbox.delete("/control/faults")
    assert business.press_pay(path).status_code == 303
    assert statuses(business) == ["open"]
    assert [row.state for row in rows(business)] == [CheckoutState.OPEN]


def test_a_page_that_was_never_shown_is_given_up_for_another_selection(business: Business) -> None:
    customer, _ = business.open_invoices(at_least=2)
    path = business.link(customer)
    business.sandbox.fault("stripe", "drop", match="POST /stripe/v1/checkout/sessions", times=20)
    business.press_pay(path)
    business.sandbox.delete("/control/faults")
    assert business.press_pay(path, business.ticks(path)[:1]).status_code == 303
    assert [row.state for row in rows(business)] == [CheckoutState.EXPIRED, CheckoutState.OPEN]


def test_an_outage_at_the_processor_is_told_and_the_next_click_works(business: Business) -> None:
    customer, _ = business.open_invoices()
    path = business.link(customer)
    business.sandbox.fault("stripe", "500", match="POST /stripe/v1/checkout/sessions", times=20)
    assert business.press_pay(path).status_code == 503
    business.sandbox.delete("/control/faults")
    assert business.press_pay(path).status_code == 303


def test_a_page_that_is_about_to_end_is_not_handed_out_again(business: Business) -> None:
    customer, _ = business.open_invoices()
    path = business.link(customer)
    first = business.session_of(business.press_pay(path))
    business.sandbox.advance(seconds=55 * 60)
    assert business.session_of(business.press_pay(path)) != first
    assert sorted(statuses(business)) == ["expired", "open"]


def test_a_refused_account_is_asked_about_and_the_page_says_so(business: Business) -> None:
    customer, _ = business.open_invoices()
    path = business.link(customer)
    with business.unit() as session:
        row = card_account(session)
        assert row is not None
        account = row.external_id
    business.sandbox.control(f"stripe/accounts/{account}/card-payments", status="restricted")
    answer = business.press_pay(path)
    assert answer.status_code == 409
    assert "Nothing was charged" in answer.text
    business.work()
    with business.unit() as session:
        row = card_account(session)
        assert row is not None
        assert row.state is ProcessorAccountState.RESTRICTED
    assert "Card payment is not possible right now" in business.client.get(path).text


def test_a_payment_for_a_page_given_up_still_counts(business: Business) -> None:
    customer, _ = business.open_invoices()
    session_id = business.session_of(business.press_pay(business.link(customer)))
    with business.unit() as session:
        session.query(Checkout).one().state = CheckoutState.EXPIRED
    business.pay_at_stripe(session_id)
    business.wait_for_webhook("checkout.session.completed")
    business.deliver()
    business.work()
    [payment] = business.payments()
    assert sum(business.books().payments(payment.external_id), Decimal()) == payment.amount
