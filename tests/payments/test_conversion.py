"""What Stripe changed into another currency is never booked as if it had not been."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.models import Payment, WriteBack, WriteBackKind, WriteBackState
from app.payments.booking_switch import switch_off, switch_on
from app.payments.cancelling import cancel_each_other
from app.payments.conversion import Converted, conversion_obstacle, waits_for_conversion
from app.payments.reconciliation import reconcile
from app.payments.reconciliation_lines import Line, Standing
from app.payments.remedies import booked_by_hand
from app.payments.sharing_out import shares
from tests.payments.books_flow import again, at_processor, hear_and_work, on_clearing
from tests.payments.business import Business, settled, work_through
from tests.payments.money_flow import give_back, on_account, paid


def lines_of(business: Business, currency: str) -> list[Line]:
    """The reconciliation of yesterday until tomorrow, in any zone."""
    hear_and_work(business)
    day = business.ground.clock.now().date()
    with business.unit() as session:
        period = {"first": day - timedelta(days=2), "last": day + timedelta(days=2)}
        return reconcile(session, **period, currency=currency).lines


def test_the_sentence_tells_both_amounts_and_what_to_do() -> None:
    converted = Converted("GBP", Decimal("42.56"), Decimal("0.85120000"), can_be_entered=False)
    told = conversion_obstacle(converted, amount=Decimal(50), currency="EUR", ledger="Xero")
    assert told == (
        "Stripe changed EUR 50.00 into GBP 42.56 (1 EUR = 0.8512 GBP) on its balance, so your clearing account for "
        "EUR never held it, and Xero takes no such entry from us. Enter EUR 50.00 there yourself, on your clearing "
        "account for GBP at GBP 42.56; then say that you booked it yourself."
    )
    later = Converted("GBP", None, None, can_be_entered=True)
    told = conversion_obstacle(later, amount=Decimal(50), currency="EUR", ledger="Xero")
    assert told is not None
    assert "Stripe moved this EUR 50.00 in GBP" in told
    known = replace(later, arrived=Decimal("42.56"))
    for nothing in (None, known):
        assert conversion_obstacle(nothing, amount=Decimal(50), currency="EUR", ledger="Xero") is None


@given(
    amounts=st.lists(
        st.integers(0, 10**7).map(lambda cents: Decimal(cents).scaleb(-2)), min_size=1, max_size=6
    ),
    moved=st.integers(0, 10**8).map(lambda cents: Decimal(cents).scaleb(-2)),
    credit=st.floats(0, 1),
)
def test_shares_add_up_and_a_credit_takes_of_its_own_invoice_only(
    amounts: list[Decimal], moved: Decimal, credit: float
) -> None:
    parts = shares(amounts, moved=moved, currency="GBP")
    assert sum(parts) == (moved if any(amounts) else 0)
    assert all(part >= 0 for part in parts)
    beyond = (amounts[0] * Decimal(credit)).quantize(Decimal("0.01"), "ROUND_DOWN")
    split = shares([beyond, amounts[0] - beyond, *amounts[1:]], moved=moved, currency="GBP")
    assert split[0] + split[1] == parts[0]
    assert split[2:] == parts[1:]


def test_a_foreign_payment_waits_until_it_is_known_where_it_arrived_and_is_booked_if_it_stayed(
    business: Business,
) -> None:
    settled(business, currency="EUR")
    work_through(business)
    assert business.all_done(), business.states()
    [payment] = business.payments()
    assert (payment.settled, payment.fee_currency, payment.exchange_rate) == (payment.amount, "EUR", None)
    [entry] = business.entries(WriteBackKind.PAYMENT)
    # How it stood for some seconds, before Stripe told the fee.
    payment.fee_currency = None
    with business.unit() as session:
        assert waits_for_conversion(session, entry, payment)
        payment.currency = "GBP"
        assert not waits_for_conversion(session, entry, payment)
        # Another one was changed into neither of the two: pounds may be, too.
        [kept] = session.scalars(select(Payment))
        kept.fee_currency = "USD"
        session.flush()
        assert waits_for_conversion(session, entry, payment)


@pytest.mark.parametrize("name", ["business", "american"])
def test_what_was_changed_into_home_currency_is_booked_to_the_cent_in_both_currencies(
    request: pytest.FixtureRequest, name: str
) -> None:
    business: Business = request.getfixturevalue(name)
    on_account(business, "settle-in", currency=business.currency.lower(), of="eur", rate="0.85")
    before = on_clearing(business) - at_processor(business)
    invoices = settled(business, currency="EUR")
    work_through(business)
    assert business.all_done(), business.states()
    [payment] = business.payments()
    assert (payment.fee_currency, payment.exchange_rate) == (business.currency, Decimal("0.85"))
    [entry] = business.entries(WriteBackKind.PAYMENT)
    assert (entry.cleared, entry.cleared_currency) == (payment.settled, business.currency)
    [row] = [row for row in business.books().ledger["payments"] if row["id"] == entry.external_id]
    assert (Decimal(row["amount"]), row["currency"]) == (payment.amount, "EUR")
    assert Decimal(row["bank_amount"]) == payment.settled
    assert business.books().due(invoices[0].number) == 0
    assert business.books().fees(payment.external_id) == [payment.fee]
    assert on_clearing(business) - at_processor(business) == before
    assert [line.standing for line in lines_of(business, business.currency)] == [Standing.AGREES]
    assert lines_of(business, "EUR") == []


@pytest.mark.parametrize("name", ["business", "american"])
def test_what_is_given_back_at_another_rate_is_booked_as_it_moved_or_asked_about(
    request: pytest.FixtureRequest, name: str
) -> None:
    business: Business = request.getfixturevalue(name)
    home = business.currency.lower()
    on_account(business, "settle-in", currency=home, of="eur", rate="0.85")
    before = on_clearing(business) - at_processor(business)
    settled(business, currency="EUR")
    work_through(business)
    on_account(business, "settle-in", currency=home, of="eur", rate="0.87")
    [payment] = business.payments()
    give_back(business, payment, "10.01")
    # Heard, then looked into, and at the end of a minute the balance tells by how much it moved.
    for _ in range(3):
        hear_and_work(business)
    [refund] = business.entries(WriteBackKind.REFUND)
    assert (refund.cleared, refund.cleared_currency) == (Decimal("8.71"), business.currency)
    if name == "business":
        assert refund.state is WriteBackState.DONE, refund.reason
        assert on_clearing(business) - at_processor(business) == before
    else:
        assert refund.state is WriteBackState.PARKED
        assert "EUR 10.01 into USD 8.71" in (refund.reason or "")


def test_payment_and_refund_cancel_only_if_the_clearing_account_is_level_too() -> None:
    payment = WriteBack(
        kind=WriteBackKind.PAYMENT, state=WriteBackState.PARKED, currency="EUR", amount=Decimal(10)
    )
    refund = WriteBack(
        kind=WriteBackKind.REFUND, state=WriteBackState.WAITING, currency="EUR", amount=Decimal(10)
    )
    assert cancel_each_other([payment, refund]) == [payment, refund]
    payment.cleared, payment.cleared_currency = Decimal("8.50"), "GBP"
    assert cancel_each_other([payment, refund]) == []
    refund.cleared, refund.cleared_currency = Decimal("8.70"), "GBP"
    assert cancel_each_other([payment, refund]) == []
    refund.cleared = Decimal("8.50")
    assert cancel_each_other([payment, refund]) == [payment, refund]


def test_what_was_changed_into_a_third_currency_is_parked_with_both_amounts(business: Business) -> None:
    on_account(business, "settle-in", currency="usd", of="eur", rate="1.10")
    settled(business, currency="EUR")
    business.work()
    [payment] = business.payments()
    [entry] = business.entries(WriteBackKind.PAYMENT)
    assert entry.state is WriteBackState.PARKED
    assert f"into USD {payment.settled:,.2f}" in (entry.reason or "")
    assert business.books().payments(payment.external_id) == []
    booked_by_hand(business.ground, entry.tenant_id, entry.id)
    assert again(business, entry).state is WriteBackState.DONE


def test_it_waits_for_the_accounts_of_the_currency_that_arrived(business: Business) -> None:
    on_account(business, "settle-in", currency="gbp", of="eur", rate="0.85")
    with business.unit() as session:
        switch_off(session, currency="GBP")
    settled(business, currency="EUR")
    business.work()
    [entry] = business.entries(WriteBackKind.PAYMENT)
    assert entry.state is WriteBackState.PARKED
    assert "not switched on for GBP" in (entry.reason or "")
    with business.unit() as session:
        assert switch_on(session, currency="GBP", now=business.ground.clock.now()) >= 1
    work_through(business)
    assert business.all_done(), business.states()


def test_home_currency_is_waited_for_only_once_it_has_been_converted(business: Business) -> None:
    on_account(business, "settle-in", currency="eur", of="gbp", rate="1.2")
    first = paid(business)
    assert first.fee_currency == "EUR"
    customer, _ = business.open_invoices(at_least=1)
    completed = business.told("checkout.session.completed")
    business.pay(business.link(customer))
    business.wait_for_webhook("checkout.session.completed", after=completed)
    business.deliver()
    business.work()
    second = next(payment for payment in business.payments() if payment.id != first.id)
    [entry] = [row for row in business.entries(WriteBackKind.PAYMENT) if row.payment_id == second.id]
    assert entry.state is WriteBackState.WAITING
