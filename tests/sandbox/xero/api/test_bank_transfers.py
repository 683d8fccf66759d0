"""Transfers between bank accounts, and overpayments as bank transactions."""

from decimal import Decimal
from typing import Any

import pytest

from tests.sandbox.client import SandboxClient
from tests.sandbox.xero.client import XeroApp


def moved(**changes: Any) -> dict[str, Any]:
    transfer = {
        "FromBankAccount": {"Code": "091"},
        "ToBankAccount": {"Code": "090"},
        "Amount": 50,
        "Date": "2026-11-20",
        "Reference": "payout po_1",
    }
    return {"BankTransfers": [transfer | changes]}


def overpaid(app: XeroApp, **changes: Any) -> dict[str, Any]:
    received = {
        "Type": "RECEIVE-OVERPAYMENT",
        "Contact": {"ContactID": app.open_invoice()["Contact"]["ContactID"]},
        "BankAccount": {"Code": "091"},
        "Date": "2026-11-20",
        "Reference": "not kept",
        "LineAmountTypes": "NoTax",
        "LineItems": [{"Description": "Paid twice", "LineAmount": 12.5}],
    }
    return {"BankTransactions": [received | changes]}


def test_a_transfer_is_made_listed_and_deleted(app: XeroApp) -> None:
    (made,) = app.write("BankTransfers", moved())["BankTransfers"]
    assert (made["Amount"], made["Status"], made["Reference"]) == (50, "AUTHORISED", "payout po_1")
    where = {"where": "Date>=DateTime(2026,11,20) AND Date<=DateTime(2026,11,20)"}
    answer = app.read("BankTransfers", where)
    assert [row["BankTransferID"] for row in answer["BankTransfers"]] == [made["BankTransferID"]]
    assert "pagination" not in answer
    (gone,) = app.write(f"BankTransfers/{made['BankTransferID']}", {"Status": "DELETED"}, "POST")[
        "BankTransfers"
    ]
    assert gone["Status"] == "DELETED"
    assert app.read("BankTransfers")["BankTransfers"] == []
    assert app.read("BankTransfers", {"includeDeleted": "true"})["BankTransfers"] == [gone]
    assert app.read(f"BankTransfers/{made['BankTransferID']}")["BankTransfers"] == [gone]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ToBankAccount": {"Code": "092"}}, "A transfer must be between bank accounts of the same currency"),
        ({"ToBankAccount": {"Code": "091"}}, "A transfer must be between two different bank accounts"),
        ({"Amount": 0}, "Amount must be greater than zero"),
        ({"Amount": None}, "Amount must be greater than zero"),
        ({"FromBankAccount": {}}, "Account must be valid"),
    ],
)
def test_what_is_wrong_with_a_transfer_is_named(app: XeroApp, changes: dict[str, Any], message: str) -> None:
    assert app.refusal("BankTransfers", moved(**changes)) == [message]


def test_several_are_deleted_in_one_call_and_each_must_be_there(app: XeroApp) -> None:
    made = [app.write("BankTransfers", moved())["BankTransfers"][0]["BankTransferID"] for _ in range(2)]
    body = {"BankTransfers": [{"BankTransferID": identity, "Status": "DELETED"} for identity in made]}
    assert len(app.write("BankTransfers", body, "POST")["BankTransfers"]) == 2
    nobody = {"BankTransfers": [{"BankTransferID": "x", "Status": "DELETED"}]}
    assert app.refusal("BankTransfers", nobody, "POST") == [
        "The document with the supplied id was not found for this endpoint."
    ]


def test_an_overpayment_has_no_reference_and_is_a_credit_of_the_contact(app: XeroApp) -> None:
    (made,) = app.write("BankTransactions", overpaid(app))["BankTransactions"]
    assert (made["Type"], made["Total"], made["Reference"]) == ("RECEIVE-OVERPAYMENT", 12.5, "")
    (credit,) = app.read(f"Overpayments/{made['OverpaymentID']}")["Overpayments"]
    assert (credit["RemainingCredit"], credit["Status"]) == (12.5, "AUTHORISED")
    app.write(f"BankTransactions/{made['BankTransactionID']}", {"Status": "DELETED"}, "POST")
    (credit,) = app.read(f"Overpayments/{made['OverpaymentID']}")["Overpayments"]
    assert credit["Status"] == "VOIDED"


def test_what_was_given_back_or_reconciled_cannot_be_deleted(app: XeroApp, sandbox: SandboxClient) -> None:
    (made,) = app.write("BankTransactions", overpaid(app))["BankTransactions"]
    identity = made["BankTransactionID"]
    sandbox.control(f"xero/received/{identity}/give-back", amount="2.50")
    (credit,) = app.read(f"Overpayments/{made['OverpaymentID']}")["Overpayments"]
    assert credit["RemainingCredit"] == 10
    assert app.refusal(f"BankTransactions/{identity}", {"Status": "DELETED"}, "POST") == [
        "This document cannot be deleted as it has a payment or an allocation"
    ]
    transfer = app.write("BankTransfers", moved())["BankTransfers"][0]["BankTransferID"]
    sandbox.control(f"xero/entries/{transfer}/reconcile")
    assert app.refusal(f"BankTransfers/{transfer}", {"Status": "DELETED"}, "POST") == [
        "This transaction cannot be deleted as it has been reconciled"
    ]


def test_the_judge_reckons_what_each_bank_account_holds(app: XeroApp, sandbox: SandboxClient) -> None:
    def held() -> list[Decimal]:
        books = sandbox.get("/control/xero/ledger").json()
        ids = {row["code"]: row["id"] for row in books["accounts"]}
        return [Decimal(books["balances"][ids[code]]) for code in ("091", "090")]

    clearing, bank = held()
    app.write("BankTransactions", overpaid(app))
    app.write("BankTransfers", moved())
    assert held() == [clearing + Decimal("12.50") - 50, bank + 50]
