"""The books as the judge sees them: the keys of Xero's, and the truth of QuickBooks' API."""

from decimal import Decimal
from typing import Any

from tests.sandbox.client import SandboxClient
from tests.sandbox.quickbooks.client import QuickBooksApp

Row = dict[str, Any]


def ledger(sandbox: SandboxClient, vendor: str = "quickbooks") -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = sandbox.get(f"/control/{vendor}/ledger").json()
    return found


def invoice(sandbox: SandboxClient, invoice_id: str) -> Row:
    return next(row for row in ledger(sandbox)["invoices"] if row["id"] == invoice_id)


def untouched(sandbox: SandboxClient, many: int = 1) -> list[Row]:
    """Open invoices over more than 100 of one customer, with nothing paid or credited."""
    by_customer: dict[str, list[Row]] = {}
    for row in ledger(sandbox)["invoices"]:
        if row["amount_due"] == row["total"] and Decimal(row["total"]) > 100:
            by_customer.setdefault(row["contact_id"], []).append(row)
    return next(rows[:many] for rows in by_customer.values() if len(rows) >= many)


def test_it_has_the_keys_of_the_other_ledger(sandbox: SandboxClient) -> None:
    ours, xeros = ledger(sandbox), ledger(sandbox, "xero")
    assert ours.keys() == xeros.keys()
    for kind in ("organisation",):
        assert ours[kind].keys() == xeros[kind].keys()  # type: ignore[attr-defined]
    for kind in ("contacts", "invoices", "credit_notes", "accounts"):
        assert ours[kind][0].keys() == xeros[kind][0].keys()
    assert xeros["payments"][0].keys() <= ours["payments"][0].keys()


def test_it_agrees_with_the_api_to_the_cent(sandbox: SandboxClient, app: QuickBooksApp) -> None:
    sandbox.control("quickbooks/storm", edits=80, seed=3)
    judged = ledger(sandbox)
    listed = app.query("SELECT * FROM Invoice MAXRESULTS 1000")["Invoice"]
    rows = {row["id"]: row for row in judged["invoices"]}
    assert {each["Id"] for each in listed} == rows.keys()
    for each in listed:
        row = rows[each["Id"]]
        assert Decimal(row["total"]) == Decimal(str(each["TotalAmt"]))
        assert Decimal(row["amount_due"]) == Decimal(str(each["Balance"]))
        settled = Decimal(row["amount_paid"]) + Decimal(row["amount_credited"])
        assert settled == Decimal(row["total"]) - Decimal(row["amount_due"])
        assert (row["number"], row["due"]) == (each["DocNumber"], each["DueDate"])
    paid = app.query("SELECT * FROM Payment MAXRESULTS 1000")["Payment"]
    totals = {row["id"]: (Decimal(row["total"]), Decimal(row["unapplied"])) for row in judged["payments"]}
    assert totals == {
        each["Id"]: (Decimal(str(each["TotalAmt"])), Decimal(str(each["UnappliedAmt"]))) for each in paid
    }


def test_a_payment_has_a_row_for_each_invoice(sandbox: SandboxClient, app: QuickBooksApp) -> None:
    first, second = untouched(sandbox, many=2)
    lines = [
        {"Amount": amount, "LinkedTxn": [{"TxnId": row["id"], "TxnType": "Invoice"}]}
        for row, amount in ((first, 60), (second, 30))
    ]
    customer = {"value": first["contact_id"]}
    body = {"CustomerRef": customer, "TotalAmt": 100, "PaymentRefNum": "wire", "Line": lines}
    made = app.write("payment", body)["Payment"]
    rows = [row for row in ledger(sandbox)["payments"] if row["id"] == made["Id"]]
    assert [(row["invoice_id"], row["amount"]) for row in rows] == [
        (first["id"], "60.00"),
        (second["id"], "30.00"),
    ]
    assert {(row["total"], row["unapplied"], row["reference"]) for row in rows} == {
        ("100.00", "10.00", "wire")
    }
    assert {(row["account_name"], row["account_code"]) for row in rows} == {("Undeposited Funds", "")}
    sandbox.control(f"quickbooks/payments/{made['Id']}/void")
    (voided,) = [row for row in ledger(sandbox)["payments"] if row["id"] == made["Id"]]
    assert (voided["status"], voided["invoice_id"], voided["total"]) == ("DELETED", None, "0.00")


def test_credit_is_told_from_money(sandbox: SandboxClient) -> None:
    (row,) = untouched(sandbox)
    note = sandbox.control(f"quickbooks/invoices/{row['number']}/credit", amount="15.00")
    sandbox.control(f"quickbooks/invoices/{row['number']}/pay", amount="20.00")
    after = invoice(sandbox, row["id"])
    assert (after["amount_credited"], after["amount_paid"]) == ("15.00", "20.00")
    memo = next(each for each in ledger(sandbox)["credit_notes"] if each["id"] == note["id"])
    assert [(a["invoice_id"], a["amount"]) for a in memo["allocations"]] == [(row["id"], "15.00")]
    assert (memo["total"], memo["remaining"], memo["status"]) == ("15.00", "0.00", "PAID")


def test_credit_of_several_memos_on_several_invoices_adds_up(
    sandbox: SandboxClient, app: QuickBooksApp
) -> None:
    first, second = untouched(sandbox, many=2)
    customer = {"value": first["contact_id"]}
    memos = [app.write("creditmemo", credit_memo(customer, amount))["CreditMemo"] for amount in (50, 30)]
    lines = [
        *({"Amount": m["TotalAmt"], "LinkedTxn": [linked(m["Id"], "CreditMemo")]} for m in memos),
        {"Amount": 70, "LinkedTxn": [linked(first["id"], "Invoice")]},
        {"Amount": 25, "LinkedTxn": [linked(second["id"], "Invoice")]},
    ]
    app.write("payment", {"CustomerRef": customer, "TotalAmt": 15, "Line": lines})
    one, two = invoice(sandbox, first["id"]), invoice(sandbox, second["id"])
    assert (one["amount_credited"], one["amount_paid"]) == ("70.00", "0.00")
    assert (two["amount_credited"], two["amount_paid"]) == ("10.00", "15.00")
    notes = {note["id"]: note["allocations"] for note in ledger(sandbox)["credit_notes"]}
    assert [(a["invoice_id"], a["amount"]) for a in notes[memos[0]["Id"]]] == [(first["id"], "50.00")]
    assert [(a["invoice_id"], a["amount"]) for a in notes[memos[1]["Id"]]] == [
        (first["id"], "20.00"),
        (second["id"], "10.00"),
    ]


def credit_memo(customer: Row, amount: int) -> Row:
    detail = {"ItemRef": {"value": "1"}}
    line = {"Amount": amount, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}
    return {"CustomerRef": customer, "Line": [line]}


def linked(identity: str, kind: str) -> Row:
    return {"TxnId": identity, "TxnType": kind}


def test_what_is_voided_stays_and_what_is_deleted_is_gone(sandbox: SandboxClient) -> None:
    first, second = untouched(sandbox, many=2)
    sandbox.control(f"quickbooks/invoices/{first['number']}/void")
    sandbox.control(f"quickbooks/invoices/{second['number']}/delete")
    voided = invoice(sandbox, first["id"])
    assert (voided["status"], voided["total"], voided["amount_due"]) == ("VOIDED", "0.00", "0.00")
    assert second["id"] not in {row["id"] for row in ledger(sandbox)["invoices"]}


def test_fees_are_there_as_expenses_and_in_deposits(sandbox: SandboxClient, app: QuickBooksApp) -> None:
    accounts = {row["name"]: row["id"] for row in ledger(sandbox)["accounts"]}
    detail = {"AccountRef": {"value": accounts["Merchant fees"]}}
    line = {
        "Amount": 1.23,
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": detail,
    }
    clearing = {"value": accounts["Stripe clearing"]}
    body = {"PaymentType": "Cash", "AccountRef": clearing, "PrivateNote": "fee pi_1", "Line": [line]}
    purchase = app.write("purchase", body)["Purchase"]
    (row,) = untouched(sandbox)
    paid = sandbox.control(
        f"quickbooks/invoices/{row['number']}/pay", amount="100.00", account="Undeposited Funds"
    )
    deposit = sandbox.control(f"quickbooks/payments/{paid['id']}/deposit", fee="3.20")
    booked = {each["id"]: each for each in ledger(sandbox)["bank_transactions"]}
    spent, brought = booked[purchase["Id"]], booked[deposit["id"]]
    assert (spent["type"], spent["total"], spent["reference"]) == ("SPEND", "1.23", "fee pi_1")
    assert (spent["account_id"], spent["line_account_ids"]) == (
        accounts["Stripe clearing"],
        [accounts["Merchant fees"]],
    )
    assert (brought["type"], brought["total"], brought["fee"]) == ("DEPOSIT", "96.80", "3.20")
    assert (brought["payment_ids"], brought["line_account_ids"]) == (
        [paid["id"]],
        [accounts["Merchant fees"]],
    )


def test_only_the_first_of_several_addresses_is_judged(sandbox: SandboxClient) -> None:
    contact = ledger(sandbox)["contacts"][0]["id"]
    for given, judged in (("a@x.example, b@x.example", "a@x.example"), ("", "")):
        sandbox.control(f"quickbooks/contacts/{contact}/email", email=given)
        assert ledger(sandbox)["contacts"][0]["email"] == judged
