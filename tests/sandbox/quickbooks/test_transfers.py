"""Transfers between accounts, and what is matched with the bank."""

from decimal import Decimal
from typing import Any

import pytest

from tests.sandbox.client import SandboxClient
from tests.sandbox.quickbooks.client import QuickBooksApp
from tests.sandbox.quickbooks.test_payments import account, payment, refused


def transfer(app: QuickBooksApp, **changes: Any) -> dict[str, Any]:
    body = {
        "FromAccountRef": account(app, "Stripe clearing"),
        "ToAccountRef": account(app, "Checking"),
        "Amount": "50.00",
        "TxnDate": "2026-11-20",
        "PrivateNote": "payout po_1",
    }
    return body | changes


def test_a_transfer_moves_money_and_is_found_by_its_day(app: QuickBooksApp, sandbox: SandboxClient) -> None:
    accounts = [account(app, name)["value"] for name in ("Stripe clearing", "Checking")]

    def held() -> list[Decimal]:
        balances = sandbox.get("/control/quickbooks/ledger").json()["balances"]
        return [Decimal(balances[identity]) for identity in accounts]

    before = held()
    made = app.write("transfer", transfer(app))["Transfer"]
    assert (made["Amount"], made["PrivateNote"]) == (50, "payout po_1")
    assert app.query("SELECT * FROM Transfer WHERE TxnDate = '2026-11-20'")["Transfer"] == [made]
    assert [after - was for after, was in zip(held(), before, strict=True)] == [Decimal(-50), Decimal(50)]
    app.write("transfer", {"Id": made["Id"], "SyncToken": "0"}, operation="delete")
    assert app.query("SELECT * FROM Transfer") == {}
    assert held() == before


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("ToAccountRef", "Services", "6430"),
        ("ToAccountRef", "Euro Checking", "6000"),
        ("ToAccountRef", "Stripe clearing", "6000"),
        ("ToAccountRef", "Old Savings (deleted)", "610"),
    ],
)
def test_refusals_of_transfers(app: QuickBooksApp, name: str, value: str, code: str) -> None:
    assert refused(app, "transfer", transfer(app, **{name: account(app, value)})) == code
    assert refused(app, "transfer", transfer(app, Amount=None)) == "2020"


def test_what_is_matched_with_the_bank_keeps_its_money(app: QuickBooksApp, sandbox: SandboxClient) -> None:
    made = app.write("transfer", transfer(app))["Transfer"]
    paid = app.write("payment", payment(app.open_invoice(), 1))["Payment"]
    for identity in (made["Id"], paid["Id"]):
        sandbox.control(f"quickbooks/entries/{identity}/reconcile")
    gone = {"operation": "delete"}
    for path, row in (("transfer", made), ("payment", paid)):
        fresh = app.read(f"{path}/{row['Id']}")[path.capitalize()]
        body = {"Id": row["Id"], "SyncToken": fresh["SyncToken"]}
        assert app.call("POST", path, body, gone).json()["Fault"]["Error"][0]["code"] == "6480"
