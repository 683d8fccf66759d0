"""A write is done once per requestid, whatever became of it."""

from tests.sandbox.client import SandboxClient
from tests.sandbox.quickbooks.client import MAIN, QuickBooksApp
from tests.sandbox.quickbooks.test_payments import invoice_now, payment


def test_a_repeat_answers_the_first_outcome_and_books_nothing(app: QuickBooksApp) -> None:
    invoice = app.open_invoice()
    first = app.write("payment", payment(invoice, 1), requestid="k1")["Payment"]
    again = app.write("payment", payment(invoice, 2), requestid="k1")["Payment"]
    assert again == first
    other = app.write("payment", payment(invoice, 2), requestid="k2")["Payment"]
    assert other["Id"] != first["Id"]
    assert round(invoice_now(app, invoice)["Balance"] * 100) == round(invoice["Balance"] * 100) - 300


def test_a_fault_is_repeated_too(app: QuickBooksApp) -> None:
    invoice = app.open_invoice()
    wrong = payment(invoice, invoice["Balance"] + 1)
    first = app.call("POST", "payment", wrong, {"requestid": "k1"})
    again = app.call("POST", "payment", payment(invoice, 1), {"requestid": "k1"})
    assert (first.status_code, again.status_code) == (400, 400)
    assert first.json()["Fault"] == again.json()["Fault"]
    assert invoice_now(app, invoice) == invoice


def test_it_is_the_companys_and_not_the_tokens(app: QuickBooksApp, sandbox: SandboxClient) -> None:
    invoice = app.open_invoice()
    first = app.write("payment", payment(invoice, 1), requestid="k1")["Payment"]
    app.refresh()
    assert app.write("payment", payment(invoice, 1), requestid="k1")["Payment"] == first
    somebody = QuickBooksApp.connected(sandbox, "miguel@cedar-hale.example", MAIN)
    assert somebody.write("payment", payment(invoice, 1), requestid="k1")["Payment"] == first


def test_it_is_forgotten_after_a_day(app: QuickBooksApp, sandbox: SandboxClient) -> None:
    invoice = app.open_invoice()
    first = app.write("payment", payment(invoice, 1), requestid="k1")["Payment"]
    sandbox.advance(seconds=86_399)
    app.refresh()
    assert app.write("payment", payment(invoice, 1), requestid="k1")["Payment"] == first
    sandbox.advance(seconds=2)
    assert app.write("payment", payment(invoice, 1), requestid="k1")["Payment"]["Id"] != first["Id"]


def test_it_has_at_most_fifty_characters(app: QuickBooksApp) -> None:
    invoice = app.open_invoice()
    app.write("payment", payment(invoice, 1), requestid="k" * 50)
    answer = app.call("POST", "payment", payment(invoice, 1), {"requestid": "k" * 51})
    assert (answer.status_code, answer.json()["Fault"]["Error"][0]["code"]) == (400, "2130")
