"""Several operations in one call."""

from typing import Any

from tests.sandbox.quickbooks.client import QuickBooksApp
from tests.sandbox.quickbooks.test_payments import invoice_now, payment, refused


def batch(app: QuickBooksApp, *items: dict[str, Any], **query: str) -> list[dict[str, Any]]:
    numbered = [{"bId": str(place), **item} for place, item in enumerate(items)]
    found: list[dict[str, Any]] = app.write("batch", {"BatchItemRequest": numbered}, **query)[
        "BatchItemResponse"
    ]
    return found


def test_items_fault_one_by_one(app: QuickBooksApp) -> None:
    invoice = app.open_invoice()
    answers = batch(
        app,
        {"operation": "create", "Payment": payment(invoice, 1)},
        {"operation": "create", "Payment": payment(invoice, invoice["Balance"])},
        {"Query": "SELECT COUNT(*) FROM Purchase"},
        {"Query": "SELECT * FROM Nothing"},
        {"operation": "create"},
        {"operation": "melt", "Payment": {"Id": "999999", "SyncToken": "0"}},
    )
    assert [answer["bId"] for answer in answers] == ["0", "1", "2", "3", "4", "5"]
    assert answers[0]["Payment"]["TotalAmt"] == 1
    assert answers[2]["QueryResponse"] == {"totalCount": 0}
    codes = [answer["Fault"]["Error"][0]["code"] for answer in answers if "Fault" in answer]
    assert codes == ["6000", "4001", "2010", "610"]


def test_records_are_changed_voided_and_deleted(app: QuickBooksApp) -> None:
    invoice = app.open_invoice()
    made = [app.write("payment", payment(invoice, 1))["Payment"] for _ in range(3)]
    versions = [{"Id": one["Id"], "SyncToken": "0", "sparse": True} for one in made]
    answers = batch(
        app,
        {"operation": "update", "Payment": versions[0] | {"PrivateNote": "n"}},
        {"operation": "update", "optionsData": "void", "Payment": versions[1]},
        {"operation": "delete", "Payment": versions[2]},
    )
    assert answers[0]["Payment"]["PrivateNote"] == "n"
    assert answers[1]["Payment"]["TotalAmt"] == 0
    assert answers[2]["Payment"]["status"] == "Deleted"
    assert round(invoice_now(app, invoice)["Balance"] * 100) == round(invoice["Balance"] * 100) - 100


def test_a_whole_batch_is_done_once_per_requestid(app: QuickBooksApp) -> None:
    invoice = app.open_invoice()
    item = {"operation": "create", "Payment": payment(invoice, 1)}
    assert batch(app, item, item, requestid="b1") == batch(app, item, item, requestid="b1")
    assert round(invoice_now(app, invoice)["Balance"] * 100) == round(invoice["Balance"] * 100) - 200


def test_its_limits(app: QuickBooksApp) -> None:
    query = {"Query": "SELECT COUNT(*) FROM Invoice"}
    assert len(batch(app, *[query] * 30)) == 30
    many = [{"bId": str(place), **query} for place in range(31)]
    assert refused(app, "batch", {"BatchItemRequest": many}) == "6000"
    assert refused(app, "batch", {"BatchItemRequest": []}) == "2020"
    assert refused(app, "batch", {"BatchItemRequest": [query]}) == "2020"
    long = {"BatchItemRequest": [{"bId": "x" * 11, **query}]}
    app.write("batch", long)
    assert refused(app, "batch", long, requestid="b1") == "2130"
    assert refused(app, "batch", long, requestid="b" * 37) == "2130"
