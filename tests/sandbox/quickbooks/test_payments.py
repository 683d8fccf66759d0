"""Payments over HTTP: what is accepted, and every way in which one is refused."""

from typing import Any

import pytest

from tests.sandbox.quickbooks.client import QuickBooksApp


def line(invoice: dict[str, Any], amount: Any, kind: str = "Invoice") -> dict[str, Any]:
    return {"Amount": amount, "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": kind}]}


def payment(invoice: dict[str, Any], amount: Any, **more: Any) -> dict[str, Any]:
    body = {"CustomerRef": invoice["CustomerRef"], "TotalAmt": amount, "Line": [line(invoice, amount)]}
    return body | more


def refused(app: QuickBooksApp, path: str, body: Any, **query: str) -> str:
    """The code of a write that must be refused."""
    answer = app.call("POST", path, body, query)
    assert answer.status_code == 400, answer.text
    return str(answer.json()["Fault"]["Error"][0]["code"])


def account(app: QuickBooksApp, name: str) -> dict[str, str]:
    (found,) = app.query(f"SELECT * FROM Account WHERE Name = '{name}' AND Active IN (true, false)")[
        "Account"
    ]
    return {"value": found["Id"]}


def invoice_now(app: QuickBooksApp, invoice: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = app.read(f"invoice/{invoice['Id']}")["Invoice"]
    return found


def test_a_payment_lowers_the_balance_and_is_linked(app: QuickBooksApp) -> None:
    invoice = app.open_invoice()
    facts = {
        "TxnDate": "2026-11-20",
        "PaymentRefNum": "pi_1",
        "PrivateNote": "card",
        "DepositToAccountRef": account(app, "Stripe clearing"),
    }
    made = app.write("payment", payment(invoice, 1.5, **facts))["Payment"]
    assert {name: made[name] for name in facts} == facts
    assert (made["TotalAmt"], made["UnappliedAmt"], made["SyncToken"]) == (1.5, 0, "0")
    assert made["Line"][0]["LinkedTxn"] == [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]
    now = invoice_now(app, invoice)
    assert round(now["Balance"] * 100) == round(invoice["Balance"] * 100) - 150
    assert now["LinkedTxn"] == [{"TxnId": made["Id"], "TxnType": "Payment"}]
    assert now["SyncToken"] == str(int(invoice["SyncToken"]) + 1)
    assert app.query("SELECT * FROM Payment WHERE PaymentRefNum = 'pi_1'")["Payment"] == [made]


def test_amounts_in_strings_and_empty_references_are_accepted(app: QuickBooksApp) -> None:
    invoice = app.open_invoice()
    empty = {"value": "", "name": "", "type": ""}
    body = {
        "Id": None,
        "SyncToken": 0,
        "domain": "QBO",
        "sparse": False,
        "CustomerRef": {"value": invoice["CustomerRef"]["value"], "name": "", "type": ""},
        "CurrencyRef": None,
        "DepositToAccountRef": empty,
        "PaymentMethodRef": empty,
        "PaymentRefNum": "",
        "TotalAmt": "10.10",
        "Line": [
            {
                "Amount": "10.10",
                "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice", "TxnLineId": 0}],
            }
        ],
    }
    made = app.write("payment", body)["Payment"]
    assert made["TotalAmt"] == 10.1
    assert made["DepositToAccountRef"] == account(app, "Undeposited Funds")
    assert "PaymentRefNum" not in made


def test_paying_too_much_is_accepted_and_too_much_on_a_line_is_not(app: QuickBooksApp) -> None:
    invoice = app.open_invoice()
    more = round(invoice["Balance"] + 5, 2)
    assert refused(app, "payment", payment(invoice, more)) == "6000"
    lines = [line(invoice, invoice["Balance"])]
    made = app.write("payment", payment(invoice, more, Line=lines))["Payment"]
    assert made["UnappliedAmt"] == 5
    assert invoice_now(app, invoice)["Balance"] == 0


def test_refusals_have_their_codes(app: QuickBooksApp) -> None:
    invoice, euros = app.open_invoice(), app.open_invoice("EUR")
    for code, body in (
        ("2020", {"TotalAmt": 1}),
        ("2020", {"CustomerRef": invoice["CustomerRef"]}),
        ("2500", payment(invoice, 1, CustomerRef={"value": "99999"})),
        ("2500", payment(invoice, 1, DepositToAccountRef={"value": "999"})),
        ("610", payment(invoice | {"Id": "999999"}, 1)),
        ("610", payment(invoice, 1, DepositToAccountRef=account(app, "Old Savings (deleted)"))),
        ("6430", payment(invoice, 1, DepositToAccountRef=account(app, "Services"))),
        ("6000", payment(invoice, 1, DepositToAccountRef=account(app, "Euro Checking"))),
        ("6000", payment(invoice, 1, CurrencyRef={"value": "EUR"})),
        ("6000", payment(invoice, 1, CustomerRef=euros["CustomerRef"])),
        ("6000", payment(invoice, 1, Line=[line(invoice, 2)])),
        ("6000", payment(invoice, -1)),
        ("6000", payment(invoice, 1.001)),
        ("2010", payment(invoice, "much")),
        ("2010", payment(invoice, True)),
        ("2010", payment(invoice, 1, TxnDate="20/11/2026")),
        ("2010", payment(invoice, 1, Line={"Amount": 1})),
        ("2010", payment(invoice, 1, Line=[line(invoice, 1, "Bill")])),
        ("2050", payment(invoice, 1, PaymentRefNum="x" * 22)),
        ("2050", payment(invoice, 1, PrivateNote="x" * 4001)),
        ("2010", [payment(invoice, 1)]),
    ):
        assert refused(app, "payment", body) == code, body
    assert invoice_now(app, invoice) == invoice


def test_an_update_needs_the_version_that_it_changes(app: QuickBooksApp) -> None:
    made = app.write("payment", payment(app.open_invoice(), 1))["Payment"]
    change = {"Id": made["Id"], "SyncToken": made["SyncToken"], "sparse": True, "PrivateNote": "one"}
    changed = app.write("payment", change, operation="update")["Payment"]
    assert (changed["PrivateNote"], changed["SyncToken"]) == ("one", "1")
    assert (changed["Line"], changed["TotalAmt"]) == (made["Line"], 1)
    assert refused(app, "payment", change) == "5010"
    assert refused(app, "payment", {"Id": made["Id"], "sparse": True}) == "2020"
    assert refused(app, "payment", change | {"Id": "999999"}) == "610"


def test_a_full_update_empties_what_it_leaves_out_and_replaces_the_lines(app: QuickBooksApp) -> None:
    invoice = app.open_invoice()
    made = app.write("payment", payment(invoice, 2, PaymentRefNum="one", PrivateNote="two"))["Payment"]
    body = payment(invoice, 2, Id=made["Id"], SyncToken=made["SyncToken"], Line=[])
    changed = app.write("payment", body)["Payment"]
    assert (changed["Line"], changed["UnappliedAmt"]) == ([], 2)
    assert not {"PaymentRefNum", "PrivateNote"} & changed.keys()
    assert invoice_now(app, invoice)["Balance"] == invoice["Balance"]


@pytest.mark.parametrize("query", [{"operation": "update", "include": "void"}, {"operation": "void"}])
def test_a_voided_payment_stays_without_its_money(app: QuickBooksApp, query: dict[str, str]) -> None:
    invoice = app.open_invoice()
    made = app.write("payment", payment(invoice, 2))["Payment"]
    body = {"Id": made["Id"], "SyncToken": made["SyncToken"], "sparse": True}
    voided = app.write("payment", body, **query)["Payment"]
    assert (voided["TotalAmt"], voided["PrivateNote"], voided["Line"]) == (0, "Voided", [])
    assert app.read(f"payment/{made['Id']}")["Payment"] == voided
    assert invoice_now(app, invoice)["Balance"] == invoice["Balance"]


def test_a_deleted_payment_is_gone(app: QuickBooksApp) -> None:
    invoice = app.open_invoice()
    made = app.write("payment", payment(invoice, 2))["Payment"]
    body = {"Id": made["Id"], "SyncToken": made["SyncToken"]}
    gone = app.write("payment", body, operation="delete")["Payment"]
    assert gone == {"domain": "QBO", "status": "Deleted", "Id": made["Id"]}
    assert app.call("GET", f"payment/{made['Id']}").status_code == 400
    assert refused(app, "payment", body, operation="delete") == "610"
    now = invoice_now(app, invoice)
    assert (now["Balance"], now["LinkedTxn"]) == (invoice["Balance"], [])


def test_a_credit_memo_is_used_by_a_payment_over_nothing(app: QuickBooksApp) -> None:
    invoice = app.open_invoice()
    sold = {"Amount": 3, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {}}
    body = {"CustomerRef": invoice["CustomerRef"], "Line": [sold]}
    memo = app.write("creditmemo", body)["CreditMemo"]
    lines = [line(invoice, 3), line(memo, 3, "CreditMemo")]
    made = app.write("payment", payment(invoice, 0, Line=lines))["Payment"]
    assert (made["TotalAmt"], made["UnappliedAmt"]) == (0, 0)
    assert app.read(f"creditmemo/{memo['Id']}")["CreditMemo"]["RemainingCredit"] == 0
    assert round(invoice_now(app, invoice)["Balance"] * 100) == round(invoice["Balance"] * 100) - 300
    assert refused(app, "payment", payment(invoice, 0, Line=lines)) == "6000"
