"""Pulls over HTTP end with the ledger's own books, whatever happens to them meanwhile."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest

from app.connectors.access import GivenToken
from app.connectors.base import Resource
from app.connectors.quickbooks.client import QuickBooksClient
from app.connectors.quickbooks.ledger import QuickBooksLedger
from app.kit.http import new_session
from tests.connectors.quickbooks.conftest import NoPace
from tests.connectors.quickbooks.pulling import PlainMirror, judged
from tests.sandbox.client import SandboxClient
from tests.sandbox.quickbooks.client import QuickBooksApp
from tests.support.sandbox import started_sandbox

_DOCUMENTS = [Resource.INVOICES, Resource.CREDIT_NOTES, Resource.PAYMENTS]


@pytest.fixture
def mirror(quickbooks: QuickBooksClient, company: QuickBooksApp) -> PlainMirror:
    return PlainMirror(quickbooks, company.realm_id)


@pytest.fixture(scope="module")
def large_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxClient]:
    """A company whose lists take several pages each."""
    folder = tmp_path_factory.mktemp("large")
    with started_sandbox(folder, "http://127.0.0.1:9", "--company", "large:3000") as client:
        yield client


@pytest.fixture
def many(large_sandbox: SandboxClient) -> QuickBooksApp:
    large_sandbox.reset(rewind=True)
    return QuickBooksApp.connected(large_sandbox)


@contextmanager
def storm(company: QuickBooksApp, seed: int) -> Iterator[None]:
    """Other people at work in the company, all the while."""
    calm = threading.Event()
    control = SandboxClient(company.sandbox.url, company.sandbox.smtp_port, company.sandbox.clock_file)

    def work() -> None:
        gust = seed * 1000
        while not calm.is_set():
            gust += 1
            control.control("quickbooks/storm", edits=5, seed=gust)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield
    finally:
        calm.set()
        worker.join()
        control.session.close()


def client_of(company: QuickBooksApp) -> QuickBooksClient:
    """Another client, with the company's present token."""
    return QuickBooksClient(
        new_session(),
        api_url=f"{company.sandbox.url}/quickbooks",
        organisation=company.realm_id,
        access=GivenToken(company.tokens["access_token"]),
        pace=NoPace(),
    )


def calls(company: QuickBooksApp) -> int:
    counted = company.sandbox.get("/control/counters").json()["calls"]
    return sum(count for route, count in counted.items() if "/v3/company/" in route)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_pulls_amid_a_storm_end_with_the_books(
    mirror: PlainMirror, company: QuickBooksApp, seed: int
) -> None:
    with storm(company, seed):
        for _ in range(4):
            mirror.pull()
    mirror.pull()
    assert mirror.figures() == judged(company)


@pytest.mark.parametrize("seed", [4, 5])
def test_thousands_of_rows_are_neither_lost_nor_doubled_amid_a_storm(many: QuickBooksApp, seed: int) -> None:
    mirror = PlainMirror(client_of(many), many.realm_id)
    before = calls(many)
    with storm(many, seed):
        mirror.pull()
        assert mirror.row_count > 5000
        assert calls(many) - before <= 12
        mirror.pull()
    mirror.pull()
    assert mirror.figures() == judged(many)


def test_a_quiet_company_costs_one_call_and_one_for_itself(
    mirror: PlainMirror, company: QuickBooksApp
) -> None:
    company.sandbox.advance(seconds=60)
    mirror.pull()
    before = calls(company)
    mirror.pull()
    assert (calls(company) - before, mirror.row_count) == (2, 0)


def test_a_merge_takes_the_documents_along_though_none_of_them_is_dated(
    mirror: PlainMirror, company: QuickBooksApp
) -> None:
    mirror.pull()
    books = company.sandbox.get("/control/quickbooks/ledger").json()
    owing = [row["contact_id"] for row in books["invoices"] if row["currency"] == "USD"]
    loser, winner = sorted({customer for customer in owing if owing.count(customer) > 1})[:2]
    company.sandbox.advance(seconds=60)
    company.sandbox.control(f"quickbooks/contacts/{loser}/merge", into=winner)
    mirror.pull()
    assert mirror.whole == _DOCUMENTS
    assert mirror.figures() == judged(company)
    assert all(row[1] != loser for row in mirror.figures()["invoices"].values())


def test_a_customer_who_is_archived_with_documents_makes_nothing_be_read_again(
    mirror: PlainMirror, company: QuickBooksApp
) -> None:
    company.sandbox.advance(seconds=60)
    mirror.pull()
    owing = company.sandbox.get("/control/quickbooks/ledger").json()["invoices"][0]["contact_id"]
    company.sandbox.control(f"quickbooks/contacts/{owing}/archive")
    mirror.pull()
    assert (mirror.whole, mirror.row_count) == ([], 1)
    assert mirror.figures() == judged(company)


def test_more_changes_than_one_answer_holds_are_asked_for_by_resource(
    mirror: PlainMirror, company: QuickBooksApp
) -> None:
    company.sandbox.advance(seconds=60)
    mirror.pull()
    for gust in range(5):
        company.sandbox.control("quickbooks/storm", edits=150, seed=gust)
    before = calls(company)
    mirror.pull()
    assert calls(company) - before > 2
    assert mirror.figures() == judged(company)


def test_more_changes_of_one_kind_than_one_answer_holds_are_read_whole_with_what_was_deleted(
    mirror: PlainMirror, company: QuickBooksApp
) -> None:
    company.sandbox.advance(seconds=60)
    mirror.pull()
    books = company.sandbox.get("/control/quickbooks/ledger").json()
    untouched = [row for row in books["invoices"] if row["amount_due"] == row["total"] != "0"]
    company.sandbox.control(f"quickbooks/invoices/{untouched[0]['number']}/delete")
    for _ in range(1000):
        company.sandbox.control("quickbooks/invoices", contact=untouched[1]["contact_id"], amount="7.00")
    mirror.pull()
    assert mirror.whole == [Resource.INVOICES]
    assert mirror.figures() == judged(company)


def test_a_thousand_invoices_deleted_at_once_are_missed_in_a_few_calls(
    mirror: PlainMirror, company: QuickBooksApp
) -> None:
    customer = company.sandbox.get("/control/quickbooks/ledger").json()["invoices"][0]["contact_id"]
    raised = [
        company.sandbox.control("quickbooks/invoices", contact=customer, amount="7.00")["id"]
        for _ in range(1000)
    ]
    company.sandbox.advance(seconds=60)
    mirror.pull()
    for identity in raised:
        company.sandbox.control(f"quickbooks/invoices/{identity}/delete")
    before = calls(company)
    ledger = QuickBooksLedger(mirror.client, organisation=company.realm_id)
    assert set(ledger.invoices(raised).values()) == {None}
    mirror.pull()
    assert mirror.figures() == judged(company)
    assert calls(company) - before <= 40


def test_longer_ago_than_quickbooks_looks_back_is_read_whole(
    mirror: PlainMirror, company: QuickBooksApp
) -> None:
    mirror.pull()
    company.sandbox.control("quickbooks/storm", edits=40, seed=7)
    company.sandbox.advance(days=31)
    company.refresh()
    mirror.client = client_of(company)
    mirror.pull()
    assert mirror.whole == list(Resource)
    assert mirror.figures() == judged(company)
    mirror.pull()
    assert mirror.whole == []


def test_an_invoice_of_a_thousand_lines_is_read_like_any_other(
    quickbooks: QuickBooksClient, company: QuickBooksApp
) -> None:
    customer = company.read("query", query="select * from Customer maxresults 1")["QueryResponse"]["Customer"]
    line = {"Amount": 0.11, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {}}
    body = {"CustomerRef": {"value": customer[0]["Id"]}, "Line": [line] * 1000}
    made = company.call("POST", "invoice", body)
    assert made.status_code == 200, made.text
    identity = made.json()["Invoice"]["Id"]
    told = QuickBooksLedger(quickbooks, organisation=company.realm_id).invoices([identity])[identity]
    assert told is not None
    assert (told.total, told.amount_due) == (Decimal("110.00"), Decimal("110.00"))
