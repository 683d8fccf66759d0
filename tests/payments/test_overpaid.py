"""Money beyond what an invoice owes: the customer's credit if the business wants it, else a question."""

from dataclasses import replace
from decimal import Decimal
from typing import cast

import pytest

from app.kit.errors import Rejected, Retryable
from app.models import Overpaid, PersonTaskKind, WriteBackKind, WriteBackState
from app.payments.intentions import intend
from app.payments.overpaid import book_as_credit, keep_as_credit
from app.payments.work import load_work
from tests.payments.books_flow import at_processor, entry, on_clearing
from tests.payments.business import Business, settled, work_through
from tests.payments.money_flow import asked_of_people

PAYMENT, CREDIT = WriteBackKind.PAYMENT, WriteBackKind.OVERPAYMENT


@pytest.fixture(params=["xero", "quickbooks"])
def books(request: pytest.FixtureRequest) -> Business:
    name = {"xero": "business", "quickbooks": "american"}[request.param]
    return cast(Business, request.getfixturevalue(name))


def paid_elsewhere(business: Business, number: str, *amount: str) -> None:
    """Somebody has paid (a part of) the invoice by bank."""
    wishes = {"amount": amount[0]} if amount else {}
    business.sandbox.control(f"{business.ledger}/invoices/{number}/pay", **wishes)


def test_an_invoice_that_was_settled_meanwhile_leaves_all_of_it_as_credit(books: Business) -> None:
    books.choose_accounts(books.currency, overpaid=Overpaid.CREDIT)
    [invoice] = settled(books)
    paid_elsewhere(books, invoice.number)
    before = on_clearing(books)
    work_through(books)
    assert books.all_done(), books.states()
    assert (entry(books, PAYMENT).amount, entry(books, CREDIT).amount) == (Decimal(0), invoice.amount_due)
    assert "customer's credit" in (entry(books, PAYMENT).reason or "")
    assert on_clearing(books) - before == at_processor(books)
    [task] = asked_of_people(books, PersonTaskKind.DOUBLE_PAYMENT)
    assert task.amount == invoice.amount_due


@pytest.mark.parametrize("fault", [None, "drop", "drop-before", "500"])
def test_a_part_that_is_still_owed_is_paid_and_the_rest_is_credit(books: Business, fault: str | None) -> None:
    books.choose_accounts(books.currency, overpaid=Overpaid.CREDIT)
    [invoice] = settled(books)
    paid_elsewhere(books, invoice.number, "12.34")
    before = on_clearing(books)
    if fault:
        writes = {"xero": "PUT /xero/api.xro/2.0", "quickbooks": "POST /quickbooks/v3/company"}
        books.sandbox.fault(books.ledger, fault, match=writes[books.ledger], times=2)
    work_through(books)
    assert books.all_done(), books.states()
    assert entry(books, PAYMENT).amount == invoice.amount_due - Decimal("12.34")
    assert entry(books, CREDIT).amount == Decimal("12.34")
    assert books.books().due(invoice.number) == 0
    assert on_clearing(books) - before == at_processor(books)


def test_who_was_overtaken_makes_no_credit_of_what_another_one_is_entering(business: Business) -> None:
    """It finds the invoice settled: by the payment that it was to enter itself."""
    business.choose_accounts(business.currency, overpaid=Overpaid.CREDIT)
    [invoice] = settled(business)
    business.sandbox.fault("xero", "drop-before", match="PUT /xero/api.xro/2.0/Payments", times=1)
    business.work()
    row, now = entry(business, PAYMENT), business.ground.clock.now()
    assert row.state is WriteBackState.UNKNOWN
    with business.unit() as session:
        overtaken = load_work(session, row.id, now=now)
    assert overtaken is not None
    sending = replace(overtaken, attempts=overtaken.attempts + 1, key_used_at=now)
    intend(business.ground, row.tenant_id, overtaken, sending)
    with pytest.raises(Retryable, match="just been changed"):
        keep_as_credit(business.ground, row.tenant_id, overtaken, invoice.amount_due)
    assert entry(business, PAYMENT).amount == invoice.amount_due
    work_through(business)
    assert business.all_done(), business.states()
    assert entry(business, PAYMENT).amount == invoice.amount_due


def test_without_that_wish_the_bookkeeper_is_asked_and_can_keep_it_as_credit(books: Business) -> None:
    [invoice] = settled(books)
    paid_elsewhere(books, invoice.number)
    before = on_clearing(books)
    work_through(books, minutes=2)
    parked = entry(books, PAYMENT)
    assert parked.state is WriteBackState.PARKED
    assert "Keep what is too much as the customer's credit" in (parked.reason or "")
    book_as_credit(books.ground, parked.tenant_id, parked.id)
    work_through(books)
    assert books.all_done(), books.states()
    assert on_clearing(books) - before == at_processor(books)


def test_a_wish_for_credit_makes_none_if_the_invoice_can_take_it_after_all(business: Business) -> None:
    [invoice] = settled(business)
    business.sandbox.control("xero/lock-date", date=business.ground.clock.now().date().isoformat())
    business.work()
    parked = entry(business, PAYMENT)
    assert parked.state is WriteBackState.PARKED
    business.sandbox.control("xero/lock-date", date=None)
    book_as_credit(business.ground, parked.tenant_id, parked.id)
    fee = entry(business, WriteBackKind.FEE)
    with pytest.raises(Rejected, match="Only what was paid for an invoice"):
        book_as_credit(business.ground, fee.tenant_id, fee.id)
    business.work()
    credit = entry(business, CREDIT)
    assert (credit.state, credit.amount) == (WriteBackState.DONE, Decimal(0))
    assert credit.reason == "Nothing was too much in the end."
    assert business.books().due(invoice.number) == 0
