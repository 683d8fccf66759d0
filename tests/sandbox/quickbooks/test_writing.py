"""Writes of everything but payments, over HTTP."""

from typing import Any

import pytest

from tests.sandbox.client import SandboxClient
from tests.sandbox.quickbooks.client import QuickBooksApp
from tests.sandbox.quickbooks.test_payments import account, invoice_now, payment, refused


def sold(amount: Any, **detail: Any) -> dict[str, Any]:
    return {"Amount": amount, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}


def fee(app: QuickBooksApp, amount: Any, fees: str = "Merchant fees") -> dict[str, Any]:
    detail = {"AccountRef": account(app, fees)}
    return {
        "Amount": amount,
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": detail,
    }


def purchase(app: QuickBooksApp, **changes: Any) -> dict[str, Any]:
    (stripe,) = app.query("SELECT * FROM Vendor WHERE DisplayName = 'Stripe'")["Vendor"]
    body = {
        "PaymentType": "Cash",
        "AccountRef": account(app, "Stripe clearing"),
        "EntityRef": {"value": stripe["Id"], "type": "Vendor"},
        "TxnDate": "2026-11-20",
        "DocNumber": "fee-1",
        "PrivateNote": "fee of pi_1",
        "Line": [fee(app, 1.23)],
    }
    return body | changes


def test_a_card_fee_is_a_purchase_that_can_be_found_again(app: QuickBooksApp) -> None:
    made = app.write("purchase", purchase(app))["Purchase"]
    assert (made["TotalAmt"], made["PaymentType"], made["EntityRef"]["name"]) == (1.23, "Cash", "Stripe")
    assert made["Line"][0]["AccountBasedExpenseLineDetail"]["AccountRef"]["name"] == "Merchant fees"
    assert app.query("SELECT * FROM Purchase WHERE DocNumber = 'fee-1'")["Purchase"] == [made]
    change = {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Line": [fee(app, "2.50")]}
    changed = app.write("purchase", change)["Purchase"]
    assert (changed["TotalAmt"], changed["DocNumber"]) == (2.5, "fee-1")
    app.write("purchase", {"Id": made["Id"], "SyncToken": "1"}, operation="delete")
    assert app.query("SELECT * FROM Purchase") == {}


def test_refusals_of_purchases(app: QuickBooksApp) -> None:
    assert refused(app, "purchase", purchase(app, PaymentType="Card")) == "2010"
    assert refused(app, "purchase", purchase(app, AccountRef=account(app, "Services"))) == "6430"
    assert refused(app, "purchase", purchase(app, AccountRef=account(app, "Euro Checking"))) == "6000"
    assert refused(app, "purchase", purchase(app, EntityRef={"value": "9999"})) == "2500"
    assert refused(app, "purchase", purchase(app, Line=[])) == "2020"
    receivable = [fee(app, 1, "Accounts Receivable (A/R)")]
    assert refused(app, "purchase", purchase(app, Line=receivable)) == "6430"
    assert refused(app, "purchase", purchase(app, DocNumber="x" * 22)) == "2050"
    assert app.query("SELECT COUNT(*) FROM Purchase") == {"totalCount": 0}


def test_a_deposit_gathers_payments_less_a_fee(app: QuickBooksApp) -> None:
    made = app.write("payment", payment(app.open_invoice(), 20))["Payment"]
    gathered = {"Amount": 20, "LinkedTxn": [{"TxnId": made["Id"], "TxnType": "Payment"}]}
    taken = {
        "Amount": "-0.88",
        "DetailType": "DepositLineDetail",
        "DepositLineDetail": {"AccountRef": account(app, "Merchant fees")},
    }
    body = {"DepositToAccountRef": account(app, "Checking"), "Line": [gathered, taken]}
    brought = app.write("deposit", body)["Deposit"]
    assert brought["TotalAmt"] == 19.12
    held = app.read(f"payment/{made['Id']}")["Payment"]
    assert held["LinkedTxn"] == [{"TxnId": brought["Id"], "TxnType": "Deposit"}]
    version = {"Id": made["Id"], "SyncToken": held["SyncToken"]}
    for query in ({"operation": "delete"}, {"operation": "update", "include": "void"}):
        assert refused(app, "payment", version, **query) == "6540"
    assert refused(app, "payment", version | {"sparse": True, "TotalAmt": 21}) == "6540"
    app.write("payment", version | {"sparse": True, "PrivateNote": "still writable"})
    assert refused(app, "deposit", body) == "6540"
    app.write("deposit", {"Id": brought["Id"], "SyncToken": "0"}, operation="delete")
    assert app.read(f"payment/{made['Id']}")["Payment"]["LinkedTxn"] == []


def test_an_invoice_is_raised_changed_voided_and_deleted(app: QuickBooksApp) -> None:
    customer = app.open_invoice()["CustomerRef"]
    body = {
        "CustomerRef": customer,
        "TxnDate": "2026-11-20",
        "DueDate": "2026-12-01",
        "Line": [sold("20.50", Qty=2, UnitPrice="10.25")],
        "TxnTaxDetail": {"TotalTax": 1.3},
    }
    made = app.write("invoice", body)["Invoice"]
    assert (made["TotalAmt"], made["Balance"], made["DueDate"]) == (21.8, 21.8, "2026-12-01")
    assert made["DocNumber"].isdecimal()
    version = {"Id": made["Id"], "SyncToken": "0", "sparse": True}
    changed = app.write("invoice", version | {"DueDate": "2026-12-24", "PrivateNote": "x"})["Invoice"]
    assert (changed["DueDate"], changed["PrivateNote"], changed["TotalAmt"]) == ("2026-12-24", "x", 21.8)
    assert refused(app, "invoice", version) == "5010"
    version["SyncToken"] = "1"
    voided = app.write("invoice", version, operation="void")["Invoice"]
    assert (voided["TotalAmt"], voided["Balance"], voided["PrivateNote"]) == (0, 0, "Voided")
    app.write("invoice", version | {"SyncToken": "2"}, operation="delete")
    assert refused(app, "invoice", version | {"SyncToken": "3"}, operation="delete") == "610"
    assert refused(app, "invoice", body | {"Line": [sold(20, Qty=2, UnitPrice=10.25)]}) == "6070"


def test_lists_are_added_renamed_and_made_inactive(app: QuickBooksApp) -> None:
    made = app.write("vendor", {"DisplayName": "Card Processor"})["Vendor"]
    assert refused(app, "vendor", {"DisplayName": "card processor"}) == "6240"
    assert refused(app, "customer", {"DisplayName": "Card Processor"}) == "6240"
    customer = app.write(
        "customer", {"DisplayName": "Quince", "PrimaryEmailAddr": {"Address": "a@b.example"}}
    )["Customer"]
    version = {"Id": customer["Id"], "SyncToken": "0", "sparse": True}
    inactive = app.write("customer", version | {"Active": False})["Customer"]
    assert (inactive["Active"], inactive["DisplayName"]) == (False, "Quince (deleted)")
    assert inactive["PrimaryEmailAddr"] == {"Address": "a@b.example"}
    body = {"CustomerRef": {"value": customer["Id"]}, "Line": [sold(1)]}
    assert refused(app, "invoice", body) == "610"
    assert refused(app, "vendor", {"Id": made["Id"], "SyncToken": "0"}, operation="delete") == "2010"
    opened = app.write("account", {"Name": "Card fees", "AccountType": "Expense"})["Account"]
    assert (opened["AccountType"], opened["CurrencyRef"]["value"]) == ("Expense", "USD")
    assert refused(app, "account", {"Name": "CARD FEES", "AccountType": "Expense"}) == "6240"


def test_a_refund_goes_out_of_a_bank_account(app: QuickBooksApp) -> None:
    invoice = app.open_invoice()
    body = {
        "CustomerRef": invoice["CustomerRef"],
        "Line": [sold(5)],
        "PaymentRefNum": "re_1",
        "DepositToAccountRef": account(app, "Stripe clearing"),
    }
    made = app.write("refundreceipt", body)["RefundReceipt"]
    assert (made["TotalAmt"], made["PaymentRefNum"]) == (5, "re_1")
    assert invoice_now(app, invoice)["Balance"] == invoice["Balance"]
    assert refused(app, "refundreceipt", body | {"DepositToAccountRef": None}) == "2020"


def test_closed_books(app: QuickBooksApp, sandbox: SandboxClient) -> None:
    invoice = app.open_invoice()
    sandbox.control("quickbooks/lock-date", date="2026-10-31")
    assert refused(app, "payment", payment(invoice, 1, TxnDate="2026-10-31")) == "6200"
    app.write("payment", payment(invoice, 1, TxnDate="2026-11-01"))


@pytest.mark.parametrize(
    "changes",
    [
        {"PrivateNote": "half a \ud800 character"},
        {"PrivateNote": ["a list"]},
        {"TxnDate": "9999-12-31"},
        {"TotalAmt": "1e999999"},
        {"TotalAmt": "Infinity"},
        {"CustomerRef": "24"},
        {"CustomerRef": {"value": ["24"]}},
        {"Line": [None]},
        {"Line": [{"Amount": 1, "LinkedTxn": [{}, {}]}]},
        {"Line": [{"Amount": 1}]},
    ],
)
def test_values_that_make_no_sense_are_refused(app: QuickBooksApp, changes: dict[str, Any]) -> None:
    assert refused(app, "payment", payment(app.open_invoice(), 1) | changes) == "2010"


def test_a_body_that_is_no_json(app: QuickBooksApp) -> None:
    url = f"{app.sandbox.url}/quickbooks/v3/company/{app.realm_id}/payment"
    headers = app.bearer() | {"Accept": "application/json"}
    for data in (b"", b"{", b'{"TotalAmt": NaN}', b"\xff", b"[]", b"[" * 100_000):
        answer = app.session.post(url, data=data, headers=headers, timeout=60)
        assert (answer.status_code, answer.json()["Fault"]["Error"][0]["code"]) == (400, "2010")
