"""What Stripe changed into another currency is never booked as if it had not been."""

from decimal import Decimal

from app.models import WriteBackKind, WriteBackState
from app.payments.conversion import Converted, conversion_obstacle
from tests.payments.books_flow import hear_and_work
from tests.payments.business import Business, settled
from tests.payments.money_flow import on_account, paid


def test_the_sentence_tells_both_amounts_and_what_to_do() -> None:
    converted = Converted("GBP", Decimal("85.12"), Decimal(100), Decimal("0.85120000"))
    told = conversion_obstacle(converted, amount=Decimal(50), currency="EUR", ledger="Xero")
    assert told == (
        "Stripe changed EUR 50.00 into GBP 42.56 (1 EUR = 0.8512 GBP) when it arrived, so your clearing account for "
        "EUR never held it. Enter EUR 50.00 in Xero yourself, into your clearing account for GBP at GBP 42.56; then "
        "say that you booked it yourself."
    )
    later = conversion_obstacle(
        Converted("GBP", None, Decimal(100), None), amount=Decimal(50), currency="EUR", ledger="Xero"
    )
    assert later is not None
    assert "Stripe moved this EUR 50.00 in GBP" in later
    assert conversion_obstacle(None, amount=Decimal(50), currency="EUR", ledger="Xero") is None


def test_a_foreign_payment_waits_until_it_is_known_where_it_arrived_and_is_booked_if_it_stayed(
    business: Business,
) -> None:
    customer, [invoice, *_] = business.open_invoices(currency="EUR")
    path = business.link(customer, currency="EUR")
    business.pay(path, ticked=[tick for tick in business.ticks(path) if tick.startswith(str(invoice.id))])
    business.wait_for_webhook("checkout.session.completed")
    business.deliver()
    business.work()
    assert {row.state for row in business.entries()} == {WriteBackState.WAITING}
    business.sandbox.advance(seconds=60)
    hear_and_work(business)
    assert business.all_done(), business.states()
    [payment] = business.payments()
    assert (payment.settled, payment.fee_currency, payment.exchange_rate) == (payment.amount, "EUR", None)


def test_a_converted_payment_is_parked_with_both_amounts_and_only_its_fee_is_booked(
    business: Business,
) -> None:
    on_account(business, "settle-in", currency="gbp", of="eur", rate="0.85")
    settled(business, currency="EUR")
    business.work()
    [payment] = business.payments()
    assert (payment.fee_currency, payment.exchange_rate) == ("GBP", Decimal("0.85"))
    assert payment.settled == (payment.amount * Decimal("0.85")).quantize(Decimal("0.01"), "ROUND_HALF_UP")
    [entry] = business.entries(WriteBackKind.PAYMENT)
    assert entry.state is WriteBackState.PARKED
    assert entry.reason is not None
    assert f"into GBP {payment.settled:,.2f}" in entry.reason
    assert business.books().payments(payment.external_id) == []
    assert business.books().fees(payment.external_id) == [payment.fee]


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
