"""After any number of edits the books fit together, and what is kept rendered is what would be rendered."""

from collections import Counter
from decimal import Decimal

import pytest

from sandbox.quickbooks.books.books import LISTS, TRANSACTIONS, Books
from sandbox.quickbooks.books.records import Invoice, Record
from sandbox.quickbooks.edits.storm import storm
from sandbox.quickbooks.query.answering import answer
from sandbox.quickbooks.wire.rendering import encode, rendered, shape_of
from tests.sandbox.quickbooks.small_books import SmallBooks


def records(books: Books) -> list[Record]:
    return [record for entity in (*LISTS, *TRANSACTIONS) for record in books.all_of(entity).values()]


def check_settlements(books: Books) -> None:
    """Payments and what they settle know each other, and none gives more than there is."""
    from_payments = Counter(id(line) for payment in books.payments.values() for line in payment.lines)
    documents = [*books.invoices.values(), *books.credit_memos.values()]
    from_documents = Counter(id(line) for document in documents for line in document.settled_by)
    assert from_payments == from_documents
    assert all(0 <= document.balance <= document.total for document in documents)
    assert all(payment.unapplied >= 0 for payment in books.payments.values())
    for payment in books.payments.values():
        for line in payment.lines:
            assert line.document.customer is payment.customer


def check_customers(books: Books) -> None:
    """Each document is its customer's, once; money in is money on invoices or unapplied."""
    for name in ("invoices", "credit_memos", "payments", "refund_receipts"):
        held = Counter(document.id for c in books.customers.values() for document in getattr(c, name))
        assert held == Counter(getattr(books, name).keys())
    for customer in books.customers.values():
        raised = sum((invoice.total for invoice in customer.invoices), Decimal(0))
        given = sum((memo.total for memo in customer.credit_memos), Decimal(0))
        paid = sum((payment.total for payment in customer.payments), Decimal(0))
        assert customer.balance == raised - given - paid


def check_links(books: Books) -> None:
    """Every id that a record shows as linked can be read."""
    for record in (*books.invoices.values(), *books.credit_memos.values(), *books.payments.values()):
        for link in shape_of(books, record)["LinkedTxn"]:
            assert link["TxnId"] in books.all_of(link["TxnType"])


@pytest.mark.parametrize("seed", range(6))
def test_a_storm_leaves_sound_books_and_true_answers(seed: int) -> None:
    small = SmallBooks()
    books = small.books
    for record in records(books):
        rendered(books, record)
    for part in range(8):
        small.wait(1.7)
        made = storm(books, 40, seed=seed * 100 + part)
        assert made.get("refused", 0) < 40
        check_settlements(books)
        check_customers(books)
        check_links(books)
        for record in records(books):
            assert bytes(rendered(books, record)) == encode(shape_of(books, record))
        newest = answer(books, "SELECT * FROM Invoice ORDERBY MetaData.LastUpdatedTime DESC MAXRESULTS 1000")
        by_time = sorted(books.invoices.values(), key=lambda invoice: invoice.updated, reverse=True)
        assert [bytes(row) for row in newest["Invoice"]] == [bytes(rendered(books, i)) for i in by_time]


def test_deleted_records_have_one_tombstone_each() -> None:
    small = SmallBooks()
    storm(small.books, 200, seed=5)
    buried = Counter((stone.entity, stone.id) for stone in small.books.deleted)
    assert set(buried.values()) == {1}
    for entity, identity in buried:
        assert identity not in small.books.all_of(entity)
    told = {(entity, identity) for entity, operation, identity in small.told if operation == "deleted"}
    assert told <= buried.keys()
    assert any(entity == Invoice.entity for entity, _ in told)
