"""Fees as an expense or within a deposit: what stands in the books in the end, whatever breaks on the way."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from app.connectors.base import FeeStyle
from app.models import Payment, WriteBack, WriteBackKind, WriteBackState
from app.payments import booking
from app.payments.entry_rows import add_fee_entry
from app.payments.outcomes import after_done
from app.payments.remedies import booked_by_hand, retry
from app.payments.undoing import undo
from tests.payments.business import Business, early_in_a_minute, settled, work_through
from tests.sandbox.quickbooks.client import QuickBooksApp

FAULTS = ["drop", "drop-before", "500", "503", "garbage", "html", "429", "throttle-after"]
WRITE = "POST /quickbooks/v3/company"


@pytest.fixture(params=list(FeeStyle))
def style(request: pytest.FixtureRequest) -> FeeStyle:
    return FeeStyle(request.param)


@pytest.fixture
def business(american: Business, style: FeeStyle) -> Business:
    """Books in QuickBooks, with each of the two styles."""
    american.choose_accounts("USD", "EUR", fee_style=style)
    return american


def booked_exactly_once(business: Business, style: FeeStyle, numbers: list[str]) -> None:
    """Payment and fee stand in the books once each, where the style wants them."""
    assert business.all_done(), business.states()
    [payment], books = business.payments(), business.books()
    assert sum(books.payments(payment.external_id)) == payment.amount
    assert len(books.payments(payment.external_id)) == len(numbers)
    assert books.fees(payment.external_id) == [payment.fee]
    assert [books.due(number) for number in numbers] == [Decimal(0)] * len(numbers)
    assert reached_clearing(business, payment.external_id) == payment.amount - (payment.fee or 0)
    assert {row.kind for row in business.entries()} == {WriteBackKind.PAYMENT, WriteBackKind.FEE}
    assert {row.fee_style for row in business.entries()} == {style}


def reached_clearing(business: Business, payment: str) -> Decimal:
    """What our entries have brought to the clearing account, all told."""
    ledger = business.books().ledger
    [clearing] = [row["id"] for row in ledger["accounts"] if row["name"] == "Stripe clearing"]
    paid = [
        Decimal(row["amount"])
        for row in ledger["payments"]
        if payment in row["note"] and row["account_id"] == clearing
    ]
    moved = [
        Decimal(row["total"]) * (1 if row["type"] == "DEPOSIT" else -1)
        for row in ledger["bank_transactions"]
        if payment in row["note"] and row["account_id"] == clearing
    ]
    return sum(paid, Decimal(0)) + sum(moved, Decimal(0))


def test_both_styles_leave_the_same_money_on_the_clearing_account(
    business: Business, style: FeeStyle
) -> None:
    numbers = [invoice.number for invoice in settled(business)]
    work_through(business)
    booked_exactly_once(business, style, numbers)


def test_the_memo_says_what_a_note_would_have_said(business: Business) -> None:
    [invoice] = settled(business)
    work_through(business)
    [payment] = business.payments()
    [row] = [row for row in business.books().ledger["payments"] if payment.external_id in row["note"]]
    assert f"Invoice {invoice.number} paid by card through the pay link of" in row["note"]


def test_a_payment_for_several_invoices_is_gathered_whole(business: Business, style: FeeStyle) -> None:
    numbers = [invoice.number for invoice in settled(business, at_least=2)]
    work_through(business)
    booked_exactly_once(business, style, numbers)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("times", [1, 2])
def test_broken_answers_to_writes_end_in_one_entry_each(
    business: Business, style: FeeStyle, fault: str, times: int
) -> None:
    numbers = [invoice.number for invoice in settled(business)]
    business.sandbox.fault("quickbooks", fault, match=WRITE, times=times)
    work_through(business)
    booked_exactly_once(business, style, numbers)


@pytest.mark.parametrize("what", ["payment", "purchase", "deposit"])
def test_what_the_plan_does_not_include_is_told_and_booked_after_an_upgrade(
    business: Business, style: FeeStyle, what: str
) -> None:
    numbers = [invoice.number for invoice in settled(business)]
    fault = business.sandbox.fault("quickbooks", "downgraded", match=what, times=None)
    work_through(business, minutes=4)
    parked = [row for row in business.entries() if row.state is WriteBackState.PARKED]
    assert len(parked) == (what in ("payment", "purchase" if style is FeeStyle.EXPENSE else "deposit"))
    assert all("plan does not include this" in (row.reason or "") for row in parked)
    business.sandbox.post(f"/control/faults/{fault}/remove")
    for row in parked:
        retry(business.ground, row.tenant_id, row.id)
    work_through(business)
    booked_exactly_once(business, style, numbers)


def test_closed_books_are_told_and_booked_when_they_are_open_again(
    business: Business, style: FeeStyle
) -> None:
    numbers = [invoice.number for invoice in settled(business)]
    today = business.ground.clock.now().date().isoformat()
    business.sandbox.control("quickbooks/lock-date", date=today)
    work_through(business, minutes=2)
    parked = [row for row in business.entries() if row.state is WriteBackState.PARKED]
    assert parked
    assert all("books are closed" in (row.reason or "") for row in parked)
    business.sandbox.control("quickbooks/lock-date", date=None)
    for row in parked:
        retry(business.ground, row.tenant_id, row.id)
    work_through(business)
    booked_exactly_once(business, style, numbers)


def test_an_archived_account_is_told(american: Business) -> None:
    settled(american)
    american.sandbox.control("quickbooks/accounts/Stripe clearing/archive")
    work_through(american, minutes=2)
    [payment] = american.entries(WriteBackKind.PAYMENT)
    assert payment.state is WriteBackState.PARKED
    assert "Settings" in (payment.reason or "")


def change_style(business: Business, style: FeeStyle) -> None:
    business.choose_accounts("USD", fee_style=style)


def test_a_change_of_the_setting_never_tears_payment_and_fee_apart(
    business: Business, style: FeeStyle
) -> None:
    numbers = [invoice.number for invoice in settled(business)]
    fees = "/purchase" if style is FeeStyle.EXPENSE else "/deposit"
    business.sandbox.fault("quickbooks", "drop-before", match=fees, times=1)
    business.work()
    assert [row.state for row in business.entries(WriteBackKind.PAYMENT)] == [WriteBackState.DONE]
    change_style(business, next(other for other in FeeStyle if other is not style))
    work_through(business)
    booked_exactly_once(business, style, numbers)


def test_a_refused_entry_takes_the_style_that_was_chosen_instead(american: Business) -> None:
    """A payment that was refused has fixed nothing."""
    change_style(american, FeeStyle.DEPOSIT)
    numbers = [invoice.number for invoice in settled(american)]
    fault = american.sandbox.fault("quickbooks", "downgraded", match="payment", times=None)
    work_through(american, minutes=2)
    american.sandbox.post(f"/control/faults/{fault}/remove")
    change_style(american, FeeStyle.EXPENSE)  # wakes what is parked
    work_through(american)
    booked_exactly_once(american, FeeStyle.EXPENSE, numbers)


def settled_without_fee(business: Business) -> str:
    """A settled payment that Stripe takes nothing for; the number of its invoice."""
    early_in_a_minute(business)
    customer, [invoice, *_] = business.open_invoices()
    path = business.link(customer)
    business.pay(path, ticked=business.ticks(path)[:1])
    business.wait_for_webhook("checkout.session.completed")
    business.deliver()
    business.work()
    with business.unit() as session:
        payment = session.scalars(select(Payment)).one()
        assert payment.fee is None
        payment.fee, payment.fee_currency = Decimal(0), payment.currency
        add_fee_entry(session, payment, now=business.ground.clock.now())
    return invoice.number


def test_a_fee_of_zero_is_nothing_to_enter_but_a_deposit_is_still_made(
    business: Business, style: FeeStyle
) -> None:
    number = settled_without_fee(business)
    work_through(business)
    assert business.all_done(), business.states()
    [payment], books = business.payments(), business.books()
    assert books.due(number) == 0
    assert books.fees(payment.external_id) == ([] if style is FeeStyle.EXPENSE else [Decimal(0)])
    assert reached_clearing(business, payment.external_id) == payment.amount
    [fee] = business.entries(WriteBackKind.FEE)
    assert fee.reason == ("Stripe took no fee." if style is FeeStyle.EXPENSE else None)


def test_a_deposit_waits_for_every_payment_and_leaves_out_what_was_booked_by_hand(american: Business) -> None:
    change_style(american, FeeStyle.DEPOSIT)
    first, second = settled(american, at_least=2)
    american.sandbox.control(f"quickbooks/invoices/{first.number}/pay")
    work_through(american, minutes=2)
    states = {row.invoice_id: row.state for row in american.entries()}
    assert states == {
        first.id: WriteBackState.PARKED,
        second.id: WriteBackState.DONE,
        None: WriteBackState.WAITING,
    }
    [parked] = [row for row in american.entries() if row.state is WriteBackState.PARKED]
    booked_by_hand(american.ground, parked.tenant_id, parked.id)
    work_through(american)
    assert american.all_done(), american.states()
    [payment] = american.payments()
    assert american.books().fees(payment.external_id) == [payment.fee]
    assert reached_clearing(american, payment.external_id) == second.amount_due - (payment.fee or 0)


def test_a_payment_booked_by_hand_leaves_its_deposit_to_the_bookkeeper_too(american: Business) -> None:
    change_style(american, FeeStyle.DEPOSIT)
    [invoice] = settled(american)
    american.sandbox.control(f"quickbooks/invoices/{invoice.number}/pay")
    work_through(american, minutes=2)
    [payment] = american.entries(WriteBackKind.PAYMENT)
    booked_by_hand(american.ground, payment.tenant_id, payment.id)
    work_through(american, minutes=2)
    [fee] = american.entries(WriteBackKind.FEE)
    assert fee.state is WriteBackState.PARKED
    assert "You booked this payment yourself" in (fee.reason or "")
    booked_by_hand(american.ground, fee.tenant_id, fee.id)
    assert american.all_done()


def test_a_payment_deleted_with_its_deposit_is_booked_and_deposited_again(american: Business) -> None:
    change_style(american, FeeStyle.DEPOSIT)
    numbers = [invoice.number for invoice in settled(american)]
    work_through(american)
    [payment], [fee] = american.entries(WriteBackKind.PAYMENT), american.entries(WriteBackKind.FEE)
    take_out(american, str(fee.external_id), str(payment.external_id))
    with american.unit() as session:
        session.get_one(WriteBack, (payment.tenant_id, payment.id)).state = WriteBackState.PARKED
    retry(american.ground, payment.tenant_id, payment.id)
    work_through(american)
    booked_exactly_once(american, FeeStyle.DEPOSIT, numbers)


def test_a_deposit_that_is_being_undone_is_not_made_again_with_its_payment(american: Business) -> None:
    change_style(american, FeeStyle.DEPOSIT)
    settled(american)
    work_through(american)
    [payment], [fee] = american.entries(WriteBackKind.PAYMENT), american.entries(WriteBackKind.FEE)
    with american.unit() as session:
        booked = session.get_one(WriteBack, (payment.tenant_id, payment.id))
        deposit = session.get_one(WriteBack, (fee.tenant_id, fee.id))
        assert deposit.state is WriteBackState.DONE
        undo(american.ground, fee.tenant_id, fee.id, reason="Booked twice.", asked_by=american.owner())
        after_done(session, booked, now=american.ground.clock.now())
    [fee] = american.entries(WriteBackKind.FEE)
    assert (fee.state, fee.undo_reason) == (WriteBackState.UNDOING, "Booked twice.")
    work_through(american)
    [fee] = american.entries(WriteBackKind.FEE)
    assert fee.state is WriteBackState.UNDONE


def take_out(business: Business, deposit: str, payment: str) -> None:
    """A bookkeeper deletes a deposit and then its payment, through another app."""
    company = QuickBooksApp.connected(business.sandbox)
    row = company.read(f"deposit/{deposit}")["Deposit"]
    company.write("deposit", {"Id": deposit, "SyncToken": row["SyncToken"]}, operation="delete")
    business.sandbox.control(f"quickbooks/payments/{payment}/delete")


def test_both_ways_are_offered_and_the_usual_one_comes_first(american: Business) -> None:
    with american.unit() as session:
        offered = {choice.currency: choice for choice in booking.choices(session)}
    assert offered["USD"].fee_styles == (FeeStyle.EXPENSE, FeeStyle.DEPOSIT)
    assert offered["USD"].fee_style is FeeStyle.EXPENSE
    change_style(american, FeeStyle.DEPOSIT)
    with american.unit() as session:
        chosen = {choice.currency: choice.fee_style for choice in booking.choices(session)}
    assert (chosen["USD"], chosen["EUR"]) == (FeeStyle.DEPOSIT, FeeStyle.EXPENSE)


def test_accounts_without_numbers_can_be_chosen_and_numbered_ones_show_it(american: Business) -> None:
    with american.unit() as session:
        [dollars] = [choice for choice in booking.choices(session) if choice.currency == "USD"]
    assert [account.name for account in dollars.clearing_accounts] == ["Checking", "Stripe clearing"]
    assert {"Merchant fees", "6400 Office Supplies"} <= {account.name for account in dollars.fee_accounts}
