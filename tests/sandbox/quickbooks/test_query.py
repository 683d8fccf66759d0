"""The query language, over books in process."""

from typing import Any

import msgspec
import pytest

from sandbox.quickbooks.books import parties
from sandbox.quickbooks.books.invoicing import delete_invoice, void_invoice
from sandbox.quickbooks.books.rules import Refused
from sandbox.quickbooks.query.answering import answer
from sandbox.quickbooks.wire.rendering import encode
from tests.sandbox.quickbooks.small_books import SmallBooks


@pytest.fixture
def small() -> SmallBooks:
    return SmallBooks()


def ask(small: SmallBooks, text: str) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(encode(answer(small.books, text)))
    return found


def ids(small: SmallBooks, text: str) -> list[str]:
    found = ask(small, text)
    return [row["Id"] for name, rows in found.items() if isinstance(rows, list) for row in rows if name]


def code_of(small: SmallBooks, text: str) -> str:
    with pytest.raises(Refused) as refused:
        answer(small.books, text)
    return refused.value.code


def test_a_page_says_where_it_begins_and_how_many_it_has(small: SmallBooks) -> None:
    first = ask(small, "SELECT * FROM Invoice ORDERBY Id")
    assert (first["startPosition"], first["maxResults"], len(first["Invoice"])) == (1, 100, 100)
    assert "totalCount" not in first
    rest = ask(small, "select * from invoice order by Id asc startposition 101 maxresults 1000")
    assert (rest["startPosition"], rest["maxResults"]) == (101, len(rest["Invoice"]))
    every = [row["Id"] for row in first["Invoice"] + rest["Invoice"]]
    assert every == sorted(small.books.invoices, key=int)


def test_ids_are_ordered_and_compared_as_numbers(small: SmallBooks) -> None:
    assert ids(small, "SELECT * FROM Invoice WHERE Id < '100' ORDERBY Id DESC MAXRESULTS 1")[0] == max(
        (i for i in small.books.invoices if int(i) < 100), key=int
    )


def test_nothing_found_is_an_empty_answer(small: SmallBooks) -> None:
    assert ask(small, "SELECT * FROM Payment WHERE PaymentRefNum = 'pi_none'") == {}
    assert ask(small, "SELECT * FROM Invoice STARTPOSITION 5000") == {}


def test_counting_says_only_how_many(small: SmallBooks) -> None:
    assert ask(small, "SELECT COUNT(*) FROM Invoice") == {"totalCount": len(small.books.invoices)}


def test_the_company_and_its_preferences_can_be_asked_for_like_records(small: SmallBooks) -> None:
    [company] = ask(small, "select * from CompanyInfo")["CompanyInfo"]
    [preferences] = ask(small, "select * from Preferences")["Preferences"]
    assert company["CompanyName"] == small.books.name
    assert preferences["CurrencyPrefs"]["HomeCurrency"]["value"] == small.books.home_currency
    assert code_of(small, "select * from CompanyInfo where Id = '1'") == "4001"


def test_some_fields_are_a_sparse_record(small: SmallBooks) -> None:
    (row,) = ask(small, "SELECT Id, Balance, MetaData.CreateTime FROM Invoice MAXRESULTS 1")["Invoice"]
    assert row.keys() == {"domain", "sparse", "Id", "Balance", "MetaData"}
    assert row["sparse"] is True


def test_quotes_are_escaped(small: SmallBooks) -> None:
    customer = small.customer("O'Neill \\ Söhne")
    assert ids(small, r"SELECT * FROM Customer WHERE DisplayName = 'O\'Neill \\ Söhne'") == [customer.id]
    assert ids(small, "SELECT * FROM Customer WHERE DisplayName LIKE 'o_neill%'") == []
    assert ids(small, r"SELECT * FROM Customer WHERE DisplayName LIKE 'o\'NEILL%'") == [customer.id]


def test_conditions_are_all_to_be_met(small: SmallBooks) -> None:
    invoice = small.invoice(small.customer(), "77.70")
    where = f"CustomerRef = '{invoice.customer.id}' AND Balance > '77.69' AND Balance <= 77.7"
    assert ids(small, f"SELECT * FROM Invoice WHERE {where}") == [invoice.id]
    assert ids(small, f"SELECT * FROM Invoice WHERE {where} AND DueDate < '2026-11-20'") == []
    assert ids(small, f"SELECT * FROM Invoice WHERE Id IN ('{invoice.id}', '999999')") == [invoice.id]


def test_moments_carry_their_offset(small: SmallBooks) -> None:
    small.wait(3600)
    invoice = small.invoice(small.customer())
    since = "SELECT * FROM Invoice WHERE MetaData.LastUpdatedTime >= '{}'"
    for same in ("2026-11-20T11:04:05-05:00", "2026-11-20T16:04:05Z", "2026-11-20T11:04:05"):
        assert ids(small, since.format(same)) == [invoice.id]
    assert ids(small, since.format("2026-11-20T11:04:06-05:00")) == []


def test_inactive_customers_hide_unless_asked_for(small: SmallBooks) -> None:
    customer = parties.deactivate_customer(small.books, small.customer())
    asked = f"SELECT * FROM Customer WHERE Id = '{customer.id}'"
    assert ids(small, asked) == []
    for active in ("Active = false", "Active IN (true, false)", "Active IN (true,false)"):
        assert ids(small, f"{asked} AND {active}") == [customer.id]


def test_voided_invoices_are_found_and_deleted_ones_are_not(small: SmallBooks) -> None:
    voided, deleted = (small.invoice(small.customer(name)) for name in ("One", "Two"))
    void_invoice(small.books, voided)
    delete_invoice(small.books, deleted)
    assert ids(small, f"SELECT * FROM Invoice WHERE Id IN ('{voided.id}', '{deleted.id}')") == [voided.id]


def test_sorted_lists_follow_changes(small: SmallBooks) -> None:
    text = "SELECT * FROM Invoice ORDERBY MetaData.LastUpdatedTime DESC MAXRESULTS 1"
    before = ids(small, text)
    small.wait()
    invoice = small.invoice(small.customer())
    assert ids(small, text) == [invoice.id] != before


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "4000"),
        ("SELECT", "4000"),
        ("SELECT * FROM Invoice WHERE Id = '1' OR Id = '2'", "4000"),
        ("SELECT * FROM Invoice WHERE (Id = '1')", "4000"),
        ("SELECT * FROM Invoice WHERE DocNumber = 'it's'", "4000"),
        ("SELECT * FROM Invoice WHERE Id", "4000"),
        ("SELECT * FROM Invoice WHERE Id != '1'", "4000"),
        ("SELECT * FROM Invoice WHERE Id IN '1'", "4000"),
        ("SELECT * FROM Invoice MAXRESULTS ten", "4000"),
        (f"SELECT * FROM Invoice STARTPOSITION {'9' * 5000}", "4000"),
        (f"SELECT * FROM Invoice WHERE Id = '{'9' * 5000}'", "4001"),
        ("SELECT * FROM Invoice; DROP TABLE Invoice", "4000"),
        ("SELECT COUNT(Id) FROM Invoice", "4000"),
        ("SELECT * FROM Nothing", "4001"),
        ("SELECT * FROM Invoice WHERE PrivateNote = 'x'", "4001"),
        ("SELECT * FROM Invoice ORDERBY PrivateNote", "4001"),
        ("SELECT * FROM Invoice WHERE Id = 'one'", "4001"),
        ("SELECT * FROM Invoice WHERE Balance > 'much'", "4001"),
        ("SELECT * FROM Invoice WHERE TxnDate > 'yesterday'", "4001"),
        ("SELECT * FROM Invoice WHERE MetaData.LastUpdatedTime > 'yesterday'", "4001"),
        ("SELECT * FROM Invoice WHERE Balance LIKE '1%'", "4001"),
        ("SELECT * FROM Customer WHERE Active = 'maybe'", "4001"),
        ("SELECT * FROM Invoice MAXRESULTS 1001", "4001"),
        ("SELECT * FROM Invoice MAXRESULTS 0", "4001"),
        ("SELECT * FROM Invoice STARTPOSITION 0", "4001"),
    ],
)
def test_what_is_no_query(small: SmallBooks, text: str, code: str) -> None:
    assert code_of(small, text) == code
