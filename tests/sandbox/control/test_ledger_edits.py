from decimal import Decimal
from typing import Any

import pytest

from tests.sandbox.client import SandboxClient

Row = dict[str, Any]


def ledger(sandbox: SandboxClient) -> dict[str, list[Row]]:
    answer: dict[str, list[Row]] = sandbox.get("/control/xero/ledger").json()
    return answer


def invoice(sandbox: SandboxClient, number: str) -> Row:
    return next(row for row in ledger(sandbox)["invoices"] if row["number"] == number)


@pytest.fixture
def untouched(sandbox: SandboxClient) -> Row:
    """An open sales invoice with nothing paid or credited."""

    def is_untouched(row: Row) -> bool:
        owed_in_full = row["amount_due"] == row["total"] and Decimal(row["total"]) > 20
        return row["status"] == "AUTHORISED" and row["type"] == "ACCREC" and owed_in_full

    return next(row for row in ledger(sandbox)["invoices"] if is_untouched(row))


def test_an_invoice_is_paid_in_part_and_then_in_full(sandbox: SandboxClient, untouched: Row) -> None:
    number = untouched["number"]
    sandbox.control(f"xero/invoices/{number}/pay", amount="10.00", reference="transfer 1")
    part = invoice(sandbox, number)
    assert (part["status"], Decimal(part["amount_paid"])) == ("AUTHORISED", Decimal(10))
    sandbox.control(f"xero/invoices/{number}/pay")
    assert invoice(sandbox, number)["status"] == "PAID"
    references = [p["reference"] for p in ledger(sandbox)["payments"] if p["invoice_id"] == untouched["id"]]
    assert references[0] == "transfer 1"
    assert len(references) == 2


def test_an_invoice_is_voided(sandbox: SandboxClient, untouched: Row) -> None:
    sandbox.control(f"xero/invoices/{untouched['number']}/void")
    assert invoice(sandbox, untouched["number"])["status"] == "VOIDED"


def test_a_due_date_is_moved(sandbox: SandboxClient, untouched: Row) -> None:
    sandbox.control(f"xero/invoices/{untouched['number']}/due", due="2027-03-01")
    assert invoice(sandbox, untouched["number"])["due"] == "2027-03-01"


def test_an_invoice_is_credited(sandbox: SandboxClient, untouched: Row) -> None:
    sandbox.control(f"xero/invoices/{untouched['number']}/credit", amount="5.00")
    credited = invoice(sandbox, untouched["number"])
    assert Decimal(credited["amount_credited"]) == 5


def test_an_invoice_is_raised(sandbox: SandboxClient) -> None:
    customer = ledger(sandbox)["contacts"][0]["name"]
    made = sandbox.control(
        "xero/invoices", contact=customer, amount="99.50", number="NEW/1", due="2027-01-31"
    )
    raised = invoice(sandbox, "NEW/1")
    assert (raised["id"], Decimal(raised["total"]), raised["due"]) == (
        made["id"],
        Decimal("99.50"),
        "2027-01-31",
    )
    sandbox.control("xero/invoices/NEW/1/pay")
    assert invoice(sandbox, "NEW/1")["status"] == "PAID"


def test_contacts_and_accounts_change(sandbox: SandboxClient) -> None:
    books = ledger(sandbox)
    contact = books["contacts"][0]
    account = next(row for row in books["accounts"] if row["type"] == "BANK" and row["status"] == "ACTIVE")
    sandbox.control(f"xero/contacts/{contact['id']}/email", email="new@customer.example")
    sandbox.control(f"xero/accounts/{account['code']}/archive")
    after = ledger(sandbox)
    assert after["contacts"][0]["email"] == "new@customer.example"
    assert next(a for a in after["accounts"] if a["id"] == account["id"])["status"] == "ARCHIVED"
    sandbox.control(f"xero/contacts/{contact['name']}/archive")
    assert ledger(sandbox)["contacts"][0]["status"] == "ARCHIVED"


def test_a_payment_is_taken_back(sandbox: SandboxClient, untouched: Row) -> None:
    payment = sandbox.control(f"xero/invoices/{untouched['number']}/pay")
    sandbox.control(f"xero/payments/{payment['id']}/delete")
    assert invoice(sandbox, untouched["number"])["status"] == "AUTHORISED"


def test_the_lock_date_stops_payments_until_it_is_lifted(sandbox: SandboxClient, untouched: Row) -> None:
    pay = f"/control/xero/invoices/{untouched['number']}/pay"
    today = sandbox.now().date().isoformat()
    sandbox.control("xero/lock-date", date=today)
    refused = sandbox.post(pay, {"on": today})
    assert refused.status_code == 400
    sandbox.control("xero/lock-date", date=None)
    assert sandbox.post(pay, {"on": today}).status_code == 200


def test_a_storm_is_the_same_for_the_same_seed(sandbox: SandboxClient) -> None:
    def storm() -> tuple[Row, list[str]]:
        sandbox.reset()
        made = sandbox.control("xero/storm", edits=30, seed=3)
        return made, [row["amount_due"] for row in ledger(sandbox)["invoices"]]

    (first, first_books), (second, second_books) = storm(), storm()
    assert sum(first.values()) == 30
    assert first == second
    assert first_books == second_books


@pytest.mark.parametrize(
    ("path", "wishes", "status", "reason"),
    [
        ("invoices/NOPE/pay", {}, 404, "there is no invoice NOPE"),
        ("contacts/Nobody Ltd/archive", {}, 404, "there is no contact Nobody Ltd"),
        ("disconnect", {"organisation": "Nobody Ltd"}, 404, "there is no organisation Nobody Ltd"),
        ("invoices", {"contact": "x"}, 400, "amount is missing"),
        ("invoices/{open}/pay", {"amount": "much"}, 400, "amount must be an amount"),
        ("invoices/{open}/pay", {"amount": "NaN"}, 400, "amount must be an amount"),
        ("invoices/{open}/due", {}, 400, "due is missing"),
        ("invoices/{open}/due", {"due": "soon"}, 400, "due must be a date"),
        ("storm", {"edits": "many"}, 400, "edits must be a whole number"),
    ],
)
def test_an_impossible_edit_is_refused_in_words(
    sandbox: SandboxClient, untouched: Row, path: str, wishes: Row, status: int, reason: str
) -> None:
    refused = sandbox.post(f"/control/xero/{path.format(open=untouched['number'])}", wishes)
    assert refused.status_code == status
    assert reason in refused.json()["error"]


def test_the_intent_to_receive_probe_tells_how_the_endpoint_did(
    sandbox: SandboxClient, receiver: Any
) -> None:
    careless = sandbox.control("xero/webhooks/intent-to-receive")
    assert [row["ok"] for row in careless] == [True, False, True, False]
    receiver.answer = lambda _received: 401
    distrustful = sandbox.control("xero/webhooks/intent-to-receive")
    assert [row["ok"] for row in distrustful] == [False, True, False, True]
