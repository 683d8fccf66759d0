"""Storms of edits: repeatable, of every kind, and the books stay sound."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from sandbox.companies import AMERICAN, BRITISH, Home, load_company
from sandbox.quickbooks.books.books import Books
from sandbox.quickbooks.books.opening import opened
from sandbox.quickbooks.books.records import CreditMemo, Invoice
from sandbox.quickbooks.edits.storm import EDITS, storm
from tests.sandbox.client import SandboxClient

TODAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 17, tzinfo=UTC)


def fresh(choice: str = "demo", home: Home = AMERICAN, now: Callable[[], datetime] = lambda: NOON) -> Books:
    return opened(load_company(choice, seed=7, today=TODAY, home=home), now)


def state(books: Books) -> list[Any]:
    return [
        [(i.id, i.number, i.balance, i.due, i.customer.name, i.sync_token) for i in books.invoices.values()],
        [(p.id, p.total, p.unapplied, p.voided) for p in books.payments.values()],
        [(c.id, c.name, c.email, c.active, c.balance) for c in books.customers.values()],
        [(t.entity, t.id) for t in books.deleted],
    ]


def test_the_same_seed_makes_the_same_edits() -> None:
    first, second, third = fresh(), fresh(), fresh()
    assert storm(first, 120, seed=5) == storm(second, 120, seed=5)
    assert state(first) == state(second)
    storm(third, 120, seed=6)
    assert state(third) != state(first)


def test_a_storm_has_every_kind_of_edit() -> None:
    made = storm(fresh(), 400, seed=1)
    assert made.keys() - {"refused"} == EDITS.keys()
    assert sum(made.values()) == 400


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("choice", "home"), [("demo", AMERICAN), ("demo", BRITISH), ("awkward", AMERICAN)])
def test_the_books_are_sound_after_a_storm(choice: str, home: Home, seed: int) -> None:
    books = fresh(choice, home)
    storm(books, 250, seed)
    for document in (*books.invoices.values(), *books.credit_memos.values()):
        assert 0 <= document.balance <= document.total
        assert all(line in line.payment.lines for line in document.settled_by)
        assert document in (*document.customer.invoices, *document.customer.credit_memos)
    for payment in books.payments.values():
        assert payment.unapplied >= 0
        assert payment.id in books.payments
        used = [line.document for line in payment.lines if isinstance(line.document, Invoice)]
        credit = [line.amount for line in payment.lines if isinstance(line.document, CreditMemo)]
        assert payment.unapplied + sum(x.amount for x in payment.lines if x.document in used) == (
            payment.total + sum(credit, Decimal(0))
        )
        assert all(document.customer is payment.customer for document in used)


def test_every_change_is_told_and_dated() -> None:
    times = iter(range(100_000))
    books = fresh(now=lambda: NOON + timedelta(seconds=next(times)))
    told: list[tuple[str, str, str]] = []
    books.changed = lambda entity, operation, identity: told.append((entity, operation, identity))
    storm(books, 200, seed=4)
    kinds = {(entity, operation) for entity, operation, _ in told}
    assert {
        ("Invoice", "created"),
        ("Invoice", "updated"),
        ("Invoice", "voided"),
        ("Invoice", "deleted"),
        ("Payment", "created"),
        ("Payment", "voided"),
        ("Payment", "deleted"),
        ("Customer", "updated"),
        ("Customer", "merged"),
    } <= kinds
    after_noon = [i for i in books.invoices.values() if i.updated > NOON]
    heard_of = {identity for entity, _, identity in told if entity == "Invoice"}
    assert {invoice.id for invoice in after_noon} <= heard_of


def test_a_storm_over_http_says_what_it_made(sandbox: SandboxClient) -> None:
    made = sandbox.control("quickbooks/storm", edits=40, seed=3)
    assert sum(made.values()) == 40
    assert sandbox.control("quickbooks/storm", edits=0) == {}
    assert sum(sandbox.control("quickbooks/storm").values()) == 50
