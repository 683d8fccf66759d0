"""The change data capture."""

from datetime import datetime, timedelta
from typing import Any

from sandbox.quickbooks.query.changes import MOST_OBJECTS
from tests.sandbox.client import SandboxClient
from tests.sandbox.quickbooks.client import QuickBooksApp
from tests.sandbox.quickbooks.test_payments import payment

ENTITIES = "Invoice,Payment,Customer,CreditMemo,Account"


def changes(app: QuickBooksApp, since: datetime, entities: str = ENTITIES) -> list[dict[str, Any]]:
    body = app.read("cdc", entities=entities, changedSince=since.isoformat(timespec="seconds"))
    (found,) = body["CDCResponse"]
    elements: list[dict[str, Any]] = found["QueryResponse"]
    return elements


def rows(app: QuickBooksApp, since: datetime, entity: str) -> list[dict[str, Any]]:
    (element,) = changes(app, since, entity)
    found: list[dict[str, Any]] = element.get(entity, [])
    return found


def later(sandbox: SandboxClient) -> datetime:
    """A moment after everything that happened so far."""
    return sandbox.advance(seconds=2)


def test_what_changed_comes_by_entity_and_the_rest_is_empty(
    app: QuickBooksApp, sandbox: SandboxClient
) -> None:
    invoice, since = app.open_invoice(), later(sandbox)
    made = app.write("payment", payment(invoice, 1))["Payment"]
    first, second, *others = changes(app, since)
    assert [row["Id"] for row in first["Invoice"]] == [invoice["Id"]]
    assert first["Invoice"][0]["LinkedTxn"] == [{"TxnId": made["Id"], "TxnType": "Payment"}]
    assert second == {"Payment": [made], "startPosition": 1, "maxResults": 1}
    assert others == [{}, {}, {}]


def test_a_window_begins_with_its_own_second(app: QuickBooksApp, sandbox: SandboxClient) -> None:
    later(sandbox)
    made = app.write("payment", payment(app.open_invoice(), 1))["Payment"]
    changed = datetime.fromisoformat(made["MetaData"]["LastUpdatedTime"])
    assert [row["Id"] for row in rows(app, changed, "Payment")] == [made["Id"]]
    assert rows(app, changed + timedelta(seconds=1), "Payment") == []


def test_deleted_records_leave_a_row_and_voided_ones_stay(app: QuickBooksApp, sandbox: SandboxClient) -> None:
    since = later(sandbox)
    made = [app.write("payment", payment(app.open_invoice(), 1))["Payment"] for _ in range(2)]
    gone, voided = ({"Id": one["Id"], "SyncToken": "0", "sparse": True} for one in made)
    app.write("payment", gone, operation="delete")
    app.write("payment", voided, operation="update", include="void")
    found = {row["Id"]: row for row in rows(app, since, "Payment")}
    deleted = found[gone["Id"]]
    assert deleted == {
        "domain": "QBO",
        "status": "Deleted",
        "Id": gone["Id"],
        "MetaData": {"LastUpdatedTime": deleted["MetaData"]["LastUpdatedTime"]},
    }
    assert found[voided["Id"]]["PrivateNote"] == "Voided"


def test_its_time_is_the_servers_in_the_companys_offset(app: QuickBooksApp, sandbox: SandboxClient) -> None:
    before = sandbox.now()
    body = app.read("cdc", entities="Invoice", changedSince=before.isoformat())
    time = datetime.fromisoformat(body["time"])
    assert timedelta(milliseconds=-1) < time - before < timedelta(seconds=60)
    assert time.utcoffset() in {timedelta(hours=-5), timedelta(hours=-4)}


def test_bad_windows_are_refused(app: QuickBooksApp, sandbox: SandboxClient) -> None:
    now = sandbox.now()

    def code(**query: str) -> str:
        answer = app.call("GET", "cdc", query=query)
        assert answer.status_code == 400, answer.text
        return str(answer.json()["Fault"]["Error"][0]["code"])

    assert code(entities="Invoice", changedSince=(now - timedelta(days=30, minutes=1)).isoformat()) == "2010"
    assert code(entities="Invoice", changedSince="last week") == "2010"
    assert code(entities="Invoice") == "2020"
    assert code(changedSince=now.isoformat()) == "2020"
    for unknown in ("TaxCode", "CompanyInfo"):
        assert code(entities=f"Invoice,{unknown}", changedSince=now.isoformat()) == "2010"
    app.read("cdc", entities="invoice", changedSince=(now - timedelta(days=29, hours=23)).isoformat())


def test_more_than_a_thousand_objects_are_cut_silently(sandbox: SandboxClient) -> None:
    sandbox.control("reset", company="large:5000", rewind=True)
    app, since = QuickBooksApp.connected(sandbox), sandbox.now() - timedelta(days=29)
    made = app.write("payment", payment(app.open_invoice(), 1))["Payment"]
    found = changes(app, since, "Invoice,Payment")
    assert sum(element["maxResults"] for element in found if element) == MOST_OBJECTS
    assert made["Id"] not in {row["Id"] for row in found[1].get("Payment", [])}
