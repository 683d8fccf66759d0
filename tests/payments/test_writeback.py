"""Entries in the ledger: made once, to the cent, whatever breaks; and told in words when a person must act."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import delete

from app.models import BookingAccounts, Checkout, CheckoutState, WriteBackKind, WriteBackState
from app.payments.queries import money
from app.payments.remedies import booked_by_hand, retry
from tests.connectors.consent import connect
from tests.payments.business import Business, settled, work_through

# What Xero's door is asked for each kind of entry.
PUTS = {
    "payment": "PUT /xero/api.xro/2.0/Payments",
    "fee": "PUT /xero/api.xro/2.0/BankTransactions",
    "note": "PUT /xero/api.xro/2.0/Invoices",
}


def booked_exactly_once(business: Business, number: str) -> None:
    assert business.all_done(), business.states()
    [payment] = business.payments()
    books = business.books()
    assert books.payments(payment.external_id) == [payment.amount]
    assert books.fees(payment.external_id) == [payment.fee]
    assert len(books.notes(payment.external_id)) == 1
    assert books.due(number) == 0


@pytest.mark.parametrize("what", ["payment", "fee", "note"])
@pytest.mark.parametrize("fault", ["drop", "drop-before", "500", "503", "garbage", "html"])
def test_a_broken_answer_to_a_write_ends_in_one_entry(business: Business, what: str, fault: str) -> None:
    [number] = [invoice.number for invoice in settled(business)]
    business.sandbox.fault("xero", fault, match=PUTS[what], times=1)
    work_through(business)
    booked_exactly_once(business, number)


@pytest.mark.parametrize("what", ["payment", "fee", "note"])
def test_a_busy_ledger_is_waited_for(business: Business, what: str) -> None:
    [number] = [invoice.number for invoice in settled(business)]
    business.sandbox.fault("xero", "429", match=PUTS[what], times=2, value=7)
    work_through(business)
    booked_exactly_once(business, number)


def test_a_ledger_that_cannot_be_read_is_not_written_to(business: Business) -> None:
    [number] = [invoice.number for invoice in settled(business)]
    business.sandbox.fault("xero", "503", match="GET /xero/api.xro/2.0", times=60)
    business.work()
    assert {row.state for row in business.entries()} == {WriteBackState.WAITING}
    business.sandbox.delete("/control/faults")
    work_through(business)
    booked_exactly_once(business, number)


def test_what_was_paid_while_the_ledger_was_disconnected_is_booked_after_reconnecting(
    business: Business,
) -> None:
    [number] = [invoice.number for invoice in settled(business)]
    business.sandbox.control("xero/disconnect")
    business.work()
    assert {row.state for row in business.entries()} == {WriteBackState.WAITING}
    assert connect(business.ground).tenant_id == business.tenant.tenant_id
    work_through(business)
    booked_exactly_once(business, number)


def test_without_chosen_accounts_an_entry_waits_with_a_question_and_resumes_by_itself(
    business: Business,
) -> None:
    with business.unit() as session:
        session.execute(delete(BookingAccounts))
    [number] = [invoice.number for invoice in settled(business)]
    business.work()
    [payment] = business.entries(WriteBackKind.PAYMENT)
    assert payment.state is WriteBackState.PARKED
    assert payment.reason is not None
    assert payment.reason.startswith("Tell us which account stands for your Stripe balance in GBP")
    business.choose_accounts("GBP")
    work_through(business)
    booked_exactly_once(business, number)


def test_a_closed_period_is_told_with_its_date(business: Business) -> None:
    [number] = [invoice.number for invoice in settled(business)]
    closed = business.ground.clock.now().date()
    business.sandbox.control("xero/lock-date", date=closed.isoformat())
    business.work()
    [payment] = business.entries(WriteBackKind.PAYMENT)
    assert payment.state is WriteBackState.PARKED
    assert "lock date" in (payment.reason or "")
    assert str(closed.year) in (payment.reason or "")
    business.sandbox.control("xero/lock-date", date=None)
    for row in business.entries():
        retry(business.ground, row.tenant_id, row.id)
    work_through(business)
    booked_exactly_once(business, number)


def test_an_archived_account_is_told_with_what_to_do(business: Business) -> None:
    settled(business)
    business.sandbox.control("xero/accounts/091/archive")
    business.work()
    [payment] = business.entries(WriteBackKind.PAYMENT)
    assert payment.state is WriteBackState.PARKED
    assert "archived" in (payment.reason or "")
    assert "Settings" in (payment.reason or "")


def test_an_invoice_paid_by_bank_meanwhile_is_not_overpaid(business: Business) -> None:
    [number] = [invoice.number for invoice in settled(business)]
    business.sandbox.control(f"xero/invoices/{number}/pay")
    business.work()
    [payment] = business.entries(WriteBackKind.PAYMENT)
    assert payment.state is WriteBackState.PARKED
    assert f"Invoice {number} has only GBP 0.00 left to pay in Xero" in (payment.reason or "")
    assert business.books().payments(business.payments()[0].external_id) == []
    assert business.entries(WriteBackKind.FEE)[0].state is WriteBackState.DONE


def test_paying_the_same_invoice_twice_loses_nothing(business: Business) -> None:
    """Two sessions paid for one invoice, as two devices can do in spite of every lock."""
    customer, _ = business.open_invoices()
    path = business.link(customer)
    ticked = business.ticks(path)[:1]
    first = business.session_of(business.press_pay(path, ticked))
    with business.unit() as session:  # forget the first page, as if every guard had failed
        session.query(Checkout).one().state = CheckoutState.EXPIRED
    second = business.session_of(business.press_pay(path, ticked))
    business.pay_at_stripe(first)
    business.pay_at_stripe(second)
    business.sandbox.advance(seconds=60)
    business.wait_for_webhook("charge.updated")
    business.deliver()
    work_through(business, minutes=4)
    assert len(business.payments()) == 2
    entries = business.entries(WriteBackKind.PAYMENT)
    assert sorted(row.state for row in entries) == [WriteBackState.DONE, WriteBackState.PARKED]
    [parked] = [row for row in entries if row.state is WriteBackState.PARKED]
    assert "Keep what is too much as the customer's credit" in (parked.reason or "")


def test_an_entry_booked_by_hand_counts_as_booked(business: Business) -> None:
    [number] = [invoice.number for invoice in settled(business)]
    business.sandbox.control(f"xero/invoices/{number}/pay")
    business.work()
    [payment] = business.entries(WriteBackKind.PAYMENT)
    booked_by_hand(business.ground, payment.tenant_id, payment.id)
    work_through(business)
    assert business.all_done(), business.states()
    with business.unit() as session:
        assert money(session).needs_person == []


def test_several_invoices_are_booked_each_with_its_part(business: Business) -> None:
    customer, invoices = business.open_invoices(at_least=3)
    business.pay(business.link(customer))
    business.wait_for_webhook("checkout.session.completed")
    business.deliver()
    business.work()
    [payment] = business.payments()
    assert business.books().payments(payment.external_id) == sorted(row.amount_due for row in invoices)
    references = {row.marker for row in business.entries(WriteBackKind.PAYMENT)}
    assert references == {f"Stripe {payment.external_id} {invoice.number}" for invoice in invoices}


def test_a_foreign_currency_is_booked_to_its_own_accounts(business: Business) -> None:
    customer, [invoice, *_] = business.open_invoices(currency="EUR")
    path = business.link(customer, currency="EUR")
    business.pay(path, ticked=business.ticks(path)[:1])
    business.wait_for_webhook("checkout.session.completed")
    business.sandbox.advance(seconds=60)
    business.wait_for_webhook("charge.updated")
    business.deliver()
    work_through(business)
    booked_exactly_once(business, invoice.number)


def test_the_day_of_booking_is_the_day_of_payment_where_the_business_is(business: Business) -> None:
    settled(business)
    business.work()
    paid_at = business.payments()[0].paid_at
    assert paid_at is not None
    days = {row.booked_on for row in business.entries()}
    assert days <= {paid_at.date(), paid_at.date() + timedelta(days=1)}
    dates = {
        date.fromisoformat(row["date"][:10])
        for row in business.books().ledger["payments"]
        if "Stripe" in (row["reference"] or "")
    }
    assert dates == days


def test_the_money_page_tells_what_came_in_and_what_became_of_it(business: Business) -> None:
    [number] = [invoice.number for invoice in settled(business)]
    business.work()
    with business.unit() as session:
        shown = money(session)
    [row] = shown.payments
    assert [name for _, name in row.invoices] == [number]
    assert {entry.kind: entry.state for entry in row.entries} == dict.fromkeys(
        ("payment", "fee", "note"), "done"
    )
    assert shown.received == {"GBP": row.amount}
    assert row.amount > (row.fee or Decimal()) > 0
