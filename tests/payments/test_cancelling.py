"""Paid twice and given back before it was booked: the page asks, and each of the three answers leaves sound books."""

from collections.abc import Callable
from decimal import Decimal
from typing import cast
from uuid import UUID

import pytest

from app.connectors.base import FeeStyle
from app.kit.errors import Rejected
from app.kit.ground import Ground
from app.models import WriteBack, WriteBackKind, WriteBackState
from app.payments.cancelling import book_both, book_neither, booked_both_by_hand
from app.payments.queries import one_payment
from app.payments.queries_entries import EntryRow
from tests.payments.books_flow import at_processor, entry, hear_and_work, on_clearing
from tests.payments.business import Business, settled, work_through
from tests.payments.money_flow import give_back

PAYMENT, REFUND = WriteBackKind.PAYMENT, WriteBackKind.REFUND


@pytest.fixture(params=["xero", "quickbooks", "quickbooks deposit"])
def books(request: pytest.FixtureRequest) -> Business:
    ledger, _, style = request.param.partition(" ")
    name = {"xero": "business", "quickbooks": "american"}[ledger]
    business = cast(Business, request.getfixturevalue(name))
    if style:
        business.choose_accounts(business.currency, fee_style=FeeStyle.DEPOSIT)
    return business


def given_back_unbooked(business: Business, amount: Decimal | None = None) -> None:
    """The bookkeeper books the invoice as paid in the ledger; the card payment for it is refunded instead."""
    [invoice] = settled(business)
    business.sandbox.control(f"{business.ledger}/invoices/{invoice.number}/pay")
    business.work()
    assert entry(business, PAYMENT).state is WriteBackState.PARKED
    [payment] = business.payments()
    give_back(business, payment, str(amount or payment.amount))
    hear_and_work(business)
    assert entry(business, REFUND).state is WriteBackState.WAITING


def shown(business: Business, kind: WriteBackKind) -> EntryRow:
    [payment] = business.payments()
    with business.unit() as session:
        [row] = [row for row in one_payment(session, payment.id).entries if row.kind == kind]
    return row


def answered(business: Business, answer: Callable[[Ground, UUID, UUID], None], row: WriteBack) -> None:
    answer(business.ground, row.tenant_id, row.id)
    work_through(business, minutes=4)
    assert business.all_done(), business.states()


def test_the_page_says_what_a_refund_waits_for_and_asks(books: Business) -> None:
    given_back_unbooked(books)
    waiting = shown(books, REFUND)
    assert waiting.reason == "Waits for the payment, which needs you: it is booked as soon as the payment is."
    assert waiting.is_cancelled
    assert shown(books, PAYMENT).is_cancelled


def test_neither_is_booked_but_the_fee_is(books: Business) -> None:
    before = on_clearing(books)
    given_back_unbooked(books)
    answered(books, book_neither, entry(books, REFUND))
    [payment] = books.payments()
    assert books.books().payments(payment.external_id) == []
    assert books.books().notes(payment.external_id) == []
    assert {entry(books, kind).external_id for kind in (PAYMENT, REFUND)} == {None}
    assert books.books().fees(payment.external_id) == [payment.fee]
    assert on_clearing(books) - before == at_processor(books)


def test_both_are_booked_as_a_credit_and_its_refund(books: Business) -> None:
    before = on_clearing(books)
    given_back_unbooked(books)
    answered(books, book_both, entry(books, PAYMENT))
    assert entry(books, WriteBackKind.OVERPAYMENT).amount == books.payments()[0].amount
    assert entry(books, REFUND).external_id is not None
    assert on_clearing(books) - before == at_processor(books)


def test_both_were_booked_by_hand(american: Business) -> None:
    given_back_unbooked(american)
    answered(american, booked_both_by_hand, entry(american, REFUND))
    assert {entry(american, kind).reason for kind in (PAYMENT, REFUND)} == {"Booked by hand."}


def test_part_of_it_given_back_is_no_such_question(business: Business) -> None:
    given_back_unbooked(business, Decimal(1))
    assert not shown(business, REFUND).is_cancelled
    with pytest.raises(Rejected, match="do not cancel each other"):
        book_neither(business.ground, business.tenant.tenant_id, entry(business, REFUND).id)
    assert entry(business, PAYMENT).state is WriteBackState.PARKED
