"""Taking entries back: once, with a reason, and without anybody being asked for the money again."""

from typing import cast

import pytest

from app.connectors.base import FeeStyle
from app.kit.errors import NotFound, Rejected
from app.models import Invoice, WriteBackKind, WriteBackState
from app.payments import booking
from app.payments.coverage import ours_not_in_ledger
from app.payments.remedies import booked_by_hand
from app.payments.undoing import undo
from tests.payments.books_flow import (
    again,
    at_processor,
    book_again,
    entry,
    hear_and_work,
    on_clearing,
    take_back,
)
from tests.payments.business import Business, settled, work_through
from tests.payments.money_flow import give_back

PAYMENT, FEE, REFUND = WriteBackKind.PAYMENT, WriteBackKind.FEE, WriteBackKind.REFUND
CALLS = {
    ("xero", PAYMENT): "POST /xero/api.xro/2.0/Payments",
    ("xero", FEE): "POST /xero/api.xro/2.0/BankTransactions",
    ("quickbooks", PAYMENT): "POST /quickbooks/v3/company",
    ("quickbooks", FEE): "POST /quickbooks/v3/company",
}


@pytest.fixture(params=["xero", "quickbooks"])
def books(request: pytest.FixtureRequest) -> Business:
    name = {"xero": "business", "quickbooks": "american"}[request.param]
    return cast(Business, request.getfixturevalue(name))


def booked(business: Business) -> Invoice:
    """An invoice that was paid by card, with everything booked."""
    [invoice] = settled(business)
    work_through(business)
    assert business.all_done(), business.states()
    return invoice


def is_covered(business: Business, invoice: Invoice) -> bool:
    with business.unit() as session:
        return ours_not_in_ledger(session, [invoice.id]).get(invoice.id) == invoice.amount_due


def test_an_undone_payment_opens_the_invoice_in_the_ledger_but_stays_ours_until_it_is_booked_again(
    books: Business,
) -> None:
    before = on_clearing(books)
    invoice = booked(books)
    row = take_back(books, entry(books, PAYMENT), "Wrong invoice")
    assert row.state is WriteBackState.UNDOING
    assert is_covered(books, invoice)
    books.work()
    row = again(books, row)
    assert (row.state, row.undo_reason, row.undo_asked_by) == (
        WriteBackState.UNDONE,
        "Wrong invoice",
        books.owner(),
    )
    assert books.books().due(invoice.number) == invoice.amount_due
    assert is_covered(books, invoice)
    hear_and_work(books)  # nobody books it again by itself
    assert again(books, row).state is WriteBackState.UNDONE
    book_again(books, row)
    work_through(books)
    assert books.books().due(invoice.number) == 0
    assert on_clearing(books) - before == at_processor(books)
    take_back(books, again(books, row), "Wrong after all")
    books.work()
    assert books.books().due(invoice.number) == invoice.amount_due


def test_an_undone_payment_that_was_booked_by_hand_is_nothing_of_ours(books: Business) -> None:
    invoice = booked(books)
    row = take_back(books, entry(books, PAYMENT))
    books.work()
    booked_by_hand(books.ground, row.tenant_id, row.id)
    assert again(books, row).state is WriteBackState.DONE
    assert not is_covered(books, invoice)
    with pytest.raises(Rejected, match="You booked this yourself"):
        take_back(books, row)


@pytest.mark.parametrize("kind", [PAYMENT, FEE])
@pytest.mark.parametrize("fault", ["drop", "drop-before", "500", "garbage"])
def test_a_broken_answer_to_taking_back_ends_in_one_undone_entry(
    books: Business, kind: WriteBackKind, fault: str
) -> None:
    before = on_clearing(books)
    booked(books)
    whole = on_clearing(books) - before
    row = take_back(books, entry(books, kind))
    books.sandbox.fault(books.ledger, fault, match=CALLS[books.ledger, kind], times=1)
    for _ in range(8):
        books.work()
        books.sandbox.advance(seconds=120)
    assert again(books, row).state is WriteBackState.UNDONE
    effect = row.amount if kind is PAYMENT else -row.amount
    assert on_clearing(books) - before == whole - effect


@pytest.mark.parametrize("fault", ["drop", "drop-before"])
def test_an_entry_whose_fate_is_unknown_is_looked_for_and_taken_back(books: Business, fault: str) -> None:
    before = on_clearing(books)
    [invoice] = settled(books)
    making = {"xero": "PUT /xero/api.xro/2.0/Payments", "quickbooks": "/payment"}[books.ledger]
    books.sandbox.fault(books.ledger, fault, match=making, times=1)
    books.work()
    row = entry(books, PAYMENT)
    assert row.state is not WriteBackState.DONE
    assert take_back(books, row).state is WriteBackState.UNDOING
    for _ in range(8):
        books.work()
        books.sandbox.advance(seconds=120)
    assert again(books, row).state is WriteBackState.UNDONE
    assert books.books().due(invoice.number) == invoice.amount_due
    assert on_clearing(books) - before == -entry(books, FEE).amount


def test_what_was_never_sent_is_undone_at_once(business: Business) -> None:
    with business.unit() as session:
        booking.switch_off(session, currency="GBP")
    settled(business)
    business.work()
    row = take_back(business, entry(business, PAYMENT))
    assert row.state is WriteBackState.UNDONE
    business.work()
    assert business.books().payments(business.payments()[0].external_id) == []


def test_a_refund_is_undone_and_booked_again(books: Business) -> None:
    before = on_clearing(books)
    booked(books)
    [payment] = books.payments()
    give_back(books, payment, "5.00")
    hear_and_work(books)
    work_through(books)
    row = entry(books, REFUND)
    assert row.state is WriteBackState.DONE
    take_back(books, row)
    books.work()
    assert on_clearing(books) - before == at_processor(books) + 5
    book_again(books, row)
    work_through(books)
    assert on_clearing(books) - before == at_processor(books)


def test_a_deposited_payment_is_undone_after_its_deposit(american: Business) -> None:
    american.choose_accounts("USD", fee_style=FeeStyle.DEPOSIT)
    before = on_clearing(american)
    invoice = booked(american)
    with pytest.raises(Rejected, match="Undo the card fee of this payment first"):
        take_back(american, entry(american, PAYMENT))
    take_back(american, entry(american, FEE))
    american.work()
    assert on_clearing(american) == before
    take_back(american, entry(american, PAYMENT))
    american.work()
    assert american.books().due(invoice.number) == invoice.amount_due
    for kind in (PAYMENT, FEE):
        book_again(american, entry(american, kind))
    work_through(american)
    assert on_clearing(american) - before == at_processor(american)


def test_what_cannot_be_undone_is_told(business: Business) -> None:
    booked(business)
    with pytest.raises(Rejected, match="stays in the invoice's history"):
        take_back(business, entry(business, WriteBackKind.NOTE))
    with pytest.raises(Rejected, match="Say why"):
        take_back(business, entry(business, PAYMENT), "  ")
    row, owner = entry(business, PAYMENT), business.owner()
    with pytest.raises(NotFound):
        undo(business.ground, row.tenant_id, owner, reason="Why not", asked_by=owner)
