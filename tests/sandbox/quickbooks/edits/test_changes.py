"""What people do in QuickBooks itself, as the API shows it afterwards."""

from typing import Any

import pytest

from tests.sandbox.client import SandboxClient
from tests.sandbox.quickbooks.client import QuickBooksApp

Row = dict[str, Any]


def edit(sandbox: SandboxClient, path: str, **wishes: Any) -> Row:
    made: Row = sandbox.control(f"quickbooks/{path}", **wishes)
    return made


def refusal(sandbox: SandboxClient, path: str, **wishes: Any) -> str:
    """Why an edit is refused; fails if it is not."""
    answer = sandbox.post(f"/control/quickbooks/{path}", wishes)
    assert answer.status_code == 400, answer.text
    return str(answer.json()["error"])


def ledger(sandbox: SandboxClient) -> Row:
    found: Row = sandbox.get("/control/quickbooks/ledger").json()
    return found


def paid_into(sandbox: SandboxClient, payment_id: str) -> str:
    return next(str(row["account_name"]) for row in ledger(sandbox)["payments"] if row["id"] == payment_id)


def invoice(app: QuickBooksApp, invoice_id: str) -> Row:
    found: Row = app.read(f"invoice/{invoice_id}")["Invoice"]
    return found


def customer(app: QuickBooksApp, customer_id: str) -> Row:
    found: Row = app.read(f"customer/{customer_id}")["Customer"]
    return found


def test_an_invoice_is_paid_in_part_and_then_in_full(sandbox: SandboxClient, app: QuickBooksApp) -> None:
    before = app.open_invoice()
    path = f"invoices/{before['DocNumber']}/pay"
    made = edit(sandbox, path, amount="1.00", reference="check 7")
    payment = app.read(f"payment/{made['id']}")["Payment"]
    assert (payment["TotalAmt"], payment["PaymentRefNum"]) == (1, "check 7")
    assert paid_into(sandbox, made["id"]) == "Checking"
    edit(sandbox, path)
    assert invoice(app, before["Id"])["Balance"] == 0
    assert "Nothing is left to pay" in refusal(sandbox, path)


def test_what_is_paid_too_much_becomes_credit(sandbox: SandboxClient, app: QuickBooksApp) -> None:
    before = app.open_invoice()
    amount = f"{before['TotalAmt'] + 25:.2f}"
    made = edit(sandbox, f"invoices/{before['DocNumber']}/pay", amount=amount)
    assert app.read(f"payment/{made['id']}")["Payment"]["UnappliedAmt"] == 25
    assert invoice(app, before["Id"])["Balance"] == 0


@pytest.mark.parametrize("how", ["void", "delete"])
def test_a_payment_is_taken_back(sandbox: SandboxClient, app: QuickBooksApp, how: str) -> None:
    before = app.open_invoice()
    made = edit(sandbox, f"invoices/{before['DocNumber']}/pay")
    edit(sandbox, f"payments/{made['id']}/{how}")
    assert invoice(app, before["Id"])["Balance"] == before["TotalAmt"]
    answer = app.call("GET", f"payment/{made['id']}")
    if how == "delete":
        assert answer.json()["Fault"]["Error"][0]["code"] == "610"
    else:
        assert (answer.json()["Payment"]["TotalAmt"], answer.json()["Payment"]["PrivateNote"]) == (
            0,
            "Voided",
        )


def test_a_deposited_payment_cannot_be_taken_back(sandbox: SandboxClient, app: QuickBooksApp) -> None:
    path = f"invoices/{app.open_invoice()['DocNumber']}/pay"
    made = edit(sandbox, path, amount="10.00", account="Undeposited Funds")
    deposit = edit(sandbox, f"payments/{made['id']}/deposit", fee="0.59")
    assert app.read(f"deposit/{deposit['id']}")["Deposit"]["TotalAmt"] == 9.41
    assert "6540" in refusal(sandbox, f"payments/{made['id']}/delete")
    assert "6540" in refusal(sandbox, f"payments/{made['id']}/void")


def test_an_invoice_is_voided_and_another_deleted(sandbox: SandboxClient, app: QuickBooksApp) -> None:
    first = app.open_invoice()
    edit(sandbox, f"invoices/{first['DocNumber']}/void")
    voided = invoice(app, first["Id"])
    assert (voided["TotalAmt"], voided["Balance"], voided["PrivateNote"]) == (0, 0, "Voided")
    second = app.open_invoice()
    edit(sandbox, f"invoices/{second['DocNumber']}/delete")
    assert app.call("GET", f"invoice/{second['Id']}").json()["Fault"]["Error"][0]["code"] == "610"


def test_an_invoice_is_credited_and_its_due_date_moved(sandbox: SandboxClient, app: QuickBooksApp) -> None:
    before = app.open_invoice()
    edit(sandbox, f"invoices/{before['DocNumber']}/credit", amount="1.50")
    edit(sandbox, f"invoices/{before['DocNumber']}/due", due="2027-03-01")
    after = invoice(app, before["Id"])
    assert after["Balance"] == pytest.approx(before["Balance"] - 1.5)
    assert after["DueDate"] == "2027-03-01"
    assert int(after["SyncToken"]) > int(before["SyncToken"])


def test_an_invoice_is_raised_for_a_customer(sandbox: SandboxClient, app: QuickBooksApp) -> None:
    name = app.open_invoice("EUR")["CustomerRef"]["name"]
    made = edit(sandbox, "invoices", contact=name, amount="99.95", currency="EUR", reference="PO 9")
    raised = invoice(app, made["id"])
    assert (raised["TotalAmt"], raised["CurrencyRef"]["value"], raised["PrivateNote"]) == (
        99.95,
        "EUR",
        "PO 9",
    )
    assert "not in USD" in refusal(sandbox, "invoices", contact=name, amount="1", currency="USD")
    assert "greater than 0" in refusal(sandbox, "invoices", contact=name, amount="-1")
    assert "no status" in refusal(sandbox, "invoices", contact=name, amount="1", status="DRAFT")


def test_a_customer_is_renamed_and_gets_another_address(sandbox: SandboxClient, app: QuickBooksApp) -> None:
    before = app.open_invoice()
    ref = before["CustomerRef"]["value"]
    edit(sandbox, f"contacts/{ref}/rename", name="New \\ Name / Inc.")
    edit(sandbox, "contacts/New \\ Name / Inc./email", email="a@moved.example, b@moved.example")
    edit(sandbox, f"contacts/{ref}/phone", phone="(860) 555-0199")
    after = customer(app, ref)
    assert after["DisplayName"] == "New \\ Name / Inc."
    assert after["PrimaryPhone"] == {"FreeFormNumber": "(860) 555-0199"}
    assert after["PrimaryEmailAddr"]["Address"] == "a@moved.example, b@moved.example"
    assert invoice(app, before["Id"])["CustomerRef"]["name"] == "New \\ Name / Inc."
    assert invoice(app, before["Id"])["MetaData"] == before["MetaData"]
    assert "6240" in refusal(sandbox, f"contacts/{ref}/rename", name="stripe")


def test_two_customers_become_one_and_no_invoice_is_dated(sandbox: SandboxClient, app: QuickBooksApp) -> None:
    before = app.open_invoice()
    loser = before["CustomerRef"]["value"]
    others = app.query("SELECT * FROM Customer WHERE Active = true MAXRESULTS 1000")["Customer"]
    winner = next(c for c in others if c["CurrencyRef"]["value"] == "USD" and c["Id"] != loser)
    edit(sandbox, f"contacts/{loser}/merge", into=winner["DisplayName"])
    after = invoice(app, before["Id"])
    assert after["CustomerRef"]["value"] == winner["Id"]
    assert after["MetaData"]["LastUpdatedTime"] == before["MetaData"]["LastUpdatedTime"]
    assert customer(app, loser)["Active"] is False
    assert "two different customers" in refusal(sandbox, f"contacts/{loser}/merge", into=loser)


def test_an_archived_customer_and_account_take_no_more(sandbox: SandboxClient, app: QuickBooksApp) -> None:
    before = app.open_invoice()
    edit(sandbox, "accounts/Checking/archive")
    edit(sandbox, "accounts/Checking/archive")
    account = next(row for row in ledger(sandbox)["accounts"] if row["name"].startswith("Checking"))
    assert (account["name"], account["status"]) == ("Checking (deleted)", "ARCHIVED")
    made = edit(sandbox, f"invoices/{before['DocNumber']}/pay", amount="1.00")
    assert paid_into(sandbox, made["id"]) == "Stripe clearing"
    edit(sandbox, f"contacts/{before['CustomerRef']['name']}/archive")
    assert "inactive" in refusal(sandbox, f"invoices/{before['DocNumber']}/pay", amount="1.00")


def test_closed_books_refuse_until_they_are_opened(sandbox: SandboxClient, app: QuickBooksApp) -> None:
    path, today = f"invoices/{app.open_invoice()['DocNumber']}/pay", sandbox.now().date().isoformat()
    edit(sandbox, "lock-date", date=today)
    assert ledger(sandbox)["organisation"]["lock_date"] == today
    assert "6200" in refusal(sandbox, path, amount="1.00", on="2026-01-05")
    edit(sandbox, "lock-date", date=today, password=True)
    assert "6210" in refusal(sandbox, path, amount="1.00", on="2026-01-05")
    edit(sandbox, "lock-date", date=None)
    edit(sandbox, path, amount="1.00", on="2026-01-05")


def test_an_app_that_is_disconnected_is_refused(sandbox: SandboxClient, app: QuickBooksApp) -> None:
    assert edit(sandbox, "disconnect") == {"connections": 1}
    answer = app.call("GET", f"companyinfo/{app.realm_id}")
    assert answer.status_code == 401
    assert edit(sandbox, "disconnect", organisation="Second Avenue Rentals LLC") == {"connections": 0}


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("invoices/99999/pay", "there is no invoice 99999"),
        ("invoices/99999/delete", "there is no invoice 99999"),
        ("contacts/Nobody/archive", "there is no contact Nobody"),
        ("accounts/nope/archive", "there is no account nope"),
        ("payments/nope/void", "there is no payment nope"),
    ],
)
def test_what_does_not_exist_is_said(sandbox: SandboxClient, path: str, reason: str) -> None:
    answer = sandbox.post(f"/control/quickbooks/{path}", {})
    assert (answer.status_code, answer.json()["error"]) == (404, reason)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("invoices/10001/due", "due is missing"),
        ("invoices", "contact is missing"),
        ("contacts/1/rename", "name is missing"),
        ("contacts/1/merge", "into is missing"),
        ("storm", "edits must be a whole number"),
    ],
)
def test_what_is_missing_is_said(sandbox: SandboxClient, path: str, reason: str) -> None:
    assert reason in refusal(sandbox, path, **({"edits": "many"} if path == "storm" else {}))
