"""A surcharge from the pay page to the books: a line of its own, never part of an invoice, and given back."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.models import BookingAccounts, Checkout, Payment, PayWays, Tenant, WriteBack, WriteBackKind
from app.payments import booking
from app.payments.reconciliation import reconcile
from app.payments.refunds import ask_for_refund
from app.payments.surcharge import RefundMode
from app.payments.surcharge_rules import (
    SurchargeWish,
    cost_of_cards,
    save_rule,
    switch_surcharge_off,
    switch_surcharge_on,
)
from tests.payments.books_flow import at_processor, hear_and_work, on_clearing
from tests.payments.business import Business
from tests.payments.money_flow import paid, stripe_books

WISH = SurchargeWish(Decimal(1), Decimal(0), Decimal(10), ("US-TX",), takes_debits=True)


@pytest.fixture
def texan(american: Business) -> Business:
    """A business and its customers in Texas, whose cards have cost something, with an account for surcharges."""
    with american.unit() as session:
        tenant = session.get_one(Tenant, american.tenant.tenant_id)
        tenant.country_code, tenant.region = "US", "TX"
        chosen = session.scalars(select(BookingAccounts).where(BookingAccounts.currency == "USD")).one()
        [choice] = [one for one in booking.choices(session) if one.currency == "USD"]
        chosen.surcharge_account_id = choice.surcharge_accounts[0].id
    paid(american)
    return american


def switched_on(business: Business, wish: SurchargeWish = WISH) -> None:
    now = business.ground.clock.now()
    with business.unit() as session:
        save_rule(session, business.currency, wish, now=now)
        switch_surcharge_on(session, business.currency, affirmed=True, by=business.owner(), now=now)


def link_from(business: Business, country: str | None = "US", region: str | None = "TX") -> str:
    """A pay link of a customer whose address is there."""
    customer, _ = business.open_invoices()
    with business.unit() as session:
        theirs = session.merge(customer)
        theirs.country_code, theirs.region = country, region
    return business.link(customer)


def terms_on(business: Business, path: str) -> str | None:
    """What the page shows of the terms; None where nothing is added."""
    found = re.search(r'name="terms" value="([^"]+)"', business.client.get(path).text)
    return found[1] if found else None


def press(business: Business, path: str, way: str, terms: str | None = None) -> TestResponse:
    told = terms if terms is not None else terms_on(business, path) or ""
    return business.client.post(path, data={"invoice": business.ticks(path), "way": way, "terms": told})


def pay(business: Business, path: str, *, way: str = "card", method: str = "card") -> Payment:
    before = {payment.id for payment in business.payments()}
    business.pay_at_stripe(business.session_of(press(business, path, way)), method)
    hear_and_work(business)
    [payment] = [payment for payment in business.payments() if payment.id not in before]
    return payment


def checkout_session(business: Business) -> dict[str, Any]:
    return next(row for row in stripe_books(business)["sessions"] if row["status"] == "open")


def entries_of(business: Business, payment: Payment) -> dict[WriteBackKind, Decimal]:
    with business.unit() as session:
        rows = session.scalars(select(WriteBack).where(WriteBack.payment_id == payment.id)).all()
    found: dict[WriteBackKind, Decimal] = {}
    for row in rows:
        found[row.kind] = found.get(row.kind, Decimal(0)) + row.amount
    return found


def give_back(business: Business, payment: Payment, amount: Decimal, mode: RefundMode) -> None:
    ask_for_refund(
        business.ground,
        business.tenant.tenant_id,
        payment_id=payment.id,
        amount=amount,
        reason="Wrong order",
        asked_by=business.owner(),
        mode=mode,
    )
    hear_and_work(business)


def test_a_payment_with_surcharge_settles_the_invoice_and_books_the_rest_as_income(texan: Business) -> None:
    switched_on(texan)
    path = link_from(texan)
    assert "Surcharge for paying by card" in texan.client.get(path).text
    press(texan, path, "card")
    shown = checkout_session(texan)
    assert shown["allowed_payment_method_types"] == ["card"]
    assert Decimal(shown["metadata"]["surcharge"]) > 0
    payment = pay(texan, path)
    with texan.unit() as session:
        checkout = session.get_one(Checkout, (payment.tenant_id, payment.checkout_id))
    owed = payment.amount - payment.surcharge
    assert payment.surcharge == min(Decimal(10), (owed / 100).quantize(Decimal("0.01"), "ROUND_DOWN"))
    assert (checkout.ways, checkout.surcharge) == (PayWays.CARD, payment.surcharge)
    assert texan.all_done(), texan.states()
    booked = entries_of(texan, payment)
    assert booked[WriteBackKind.PAYMENT] == owed
    assert booked[WriteBackKind.SURCHARGE] == payment.surcharge
    assert sum(texan.books().payments(payment.external_id)) == owed
    assert on_clearing(texan) == at_processor(texan)
    today, day = texan.ground.clock.now().date(), timedelta(days=1)  # it may be midnight by now
    with texan.unit() as session:
        compared = reconcile(session, first=today - day, last=today + day, currency="USD")
    assert all(line.agrees for line in compared.lines)
    assert compared.total.stripe == compared.total.ledger == on_clearing(texan)


@pytest.mark.parametrize("mode", list(RefundMode))
def test_what_is_given_back_of_it_is_as_the_business_says(texan: Business, mode: RefundMode) -> None:
    switched_on(texan)
    payment = pay(texan, link_from(texan))
    half = (payment.amount / 2).quantize(Decimal("0.01"), "ROUND_DOWN")
    give_back(texan, payment, half, mode)
    share = (half * payment.surcharge / payment.amount).quantize(Decimal("0.01"), "ROUND_DOWN")
    given = share if mode is RefundMode.PROPORTION else Decimal(0)
    booked = entries_of(texan, payment)
    assert booked.get(WriteBackKind.SURCHARGE_RETURNED, Decimal(0)) == given
    assert booked[WriteBackKind.REFUND] == half - given
    rest = payment.amount - half - (payment.surcharge if mode is RefundMode.KEPT else Decimal(0))
    give_back(texan, payment, rest, mode)
    booked = entries_of(texan, payment)
    kept = mode is RefundMode.KEPT
    assert booked.get(WriteBackKind.SURCHARGE_RETURNED, Decimal(0)) == (0 if kept else payment.surcharge)
    assert booked[WriteBackKind.REFUND] == payment.amount - payment.surcharge
    assert texan.all_done(), texan.states()
    assert on_clearing(texan) == at_processor(texan)


def test_who_pays_by_bank_debit_adds_nothing_and_the_page_takes_no_card(texan: Business) -> None:
    switched_on(texan)
    path = link_from(texan)
    press(texan, path, "not_card")
    shown = checkout_session(texan)
    assert shown["excluded_payment_method_types"] == ["card"]
    assert "surcharge" not in shown["metadata"]
    press(texan, path, "card")
    assert [row["status"] for row in stripe_books(texan)["sessions"]][-2:] == ["expired", "open"]


@pytest.mark.parametrize(
    ("country", "region"),
    [("US", "CT"), ("US", "NM"), ("US", None), (None, None), ("GB", None), ("BR", None)],
)
def test_customers_of_other_and_unknown_places_are_not_asked(
    texan: Business, country: str | None, region: str | None
) -> None:
    switched_on(texan)
    assert terms_on(texan, link_from(texan, country, region)) is None


def test_a_page_that_showed_other_terms_is_shown_again_and_nothing_is_opened(texan: Business) -> None:
    switched_on(texan)
    path = link_from(texan)
    old = terms_on(texan, path)
    switched_on(texan, SurchargeWish(Decimal("1.2"), Decimal(0), None, ("US-TX",), takes_debits=True))
    assert "The amounts have changed" in press(texan, path, "card", old).text
    assert "The amounts have changed" in press(texan, path, "card", "").text
    assert "The amounts have changed" in press(texan, path, "invented").text
    with texan.unit() as session:
        switch_surcharge_off(session, "USD")
    assert "The amounts have changed" in press(texan, path, "card", old).text
    assert all(row["status"] != "open" for row in stripe_books(texan)["sessions"])


def test_it_is_never_more_than_what_cards_have_cost(texan: Business) -> None:
    now = texan.ground.clock.now()
    with texan.unit() as session:
        cost = cost_of_cards(session, "USD", now=now)
        assert cost_of_cards(session, "CAD", now=now) is None
    assert cost is not None
    switched_on(texan, SurchargeWish(Decimal(10), Decimal(5), None, ("US-TX",), takes_debits=True))
    payment = pay(texan, link_from(texan))
    owed = payment.amount - payment.surcharge
    assert payment.surcharge == (owed * min(cost, Decimal(3)) / 100).quantize(Decimal("0.01"), "ROUND_DOWN")
