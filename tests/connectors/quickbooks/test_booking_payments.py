"""Payments entered in QuickBooks, over real HTTP: found again, entered once, refused in words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from requests import Response, Session

from app.connectors.base import BookedEntry, EntryKind
from app.connectors.quickbooks import booking_payments
from app.connectors.quickbooks.booking_marks import reference
from app.connectors.quickbooks.client import QuickBooksClient
from app.connectors.quickbooks.taking_back import take_back
from app.kit.errors import Disconnected, OutcomeUnknown, Rejected, Retryable
from tests.connectors.quickbooks.bookings import account, books, invoice_in, one, open_invoice, payment_of
from tests.sandbox.client import SandboxClient
from tests.sandbox.quickbooks.client import QuickBooksApp

MARKER = "Stripe pi_123"
WRITE = "POST /quickbooks/v3/company"
Find = Callable[[str], BookedEntry | None]


@pytest.fixture
def find(quickbooks: QuickBooksClient) -> Find:
    return lambda marker: booking_payments.find_payment(quickbooks, marker)


def living(sandbox: SandboxClient) -> list[dict[str, str]]:
    """Our payments in the books that were not voided."""
    own = reference(MARKER)
    rows = books(sandbox)["payments"]
    return [row for row in rows if row["reference"] == own and row["status"] != "DELETED"]


def test_a_payment_settles_its_invoice_and_is_found_again_by_its_marker(
    quickbooks: QuickBooksClient, sandbox: SandboxClient, find: Find
) -> None:
    invoice, clearing = open_invoice(sandbox), account(sandbox, "Stripe clearing")
    assert find(MARKER) is None
    entry = payment_of(invoice, account_external_id=clearing)
    entered = booking_payments.record_payment(quickbooks, entry, "key")
    assert entered.amount == Decimal("12.34")
    assert find(MARKER) == entered
    assert find("Stripe pi_12") is None
    row = one(books(sandbox)["payments"], id=entered.external_id)
    assert (row["invoice_id"], row["amount"]) == (invoice["id"], "12.34")
    assert Decimal(row["unapplied"]) == 0
    assert (row["account_id"], row["date"]) == (clearing, "2026-11-20")
    assert row["note"] == f"{MARKER}\n{entry.memo}"
    after = one(books(sandbox)["invoices"], id=invoice["id"])
    assert Decimal(invoice["amount_due"]) - Decimal(after["amount_due"]) == Decimal("12.34")


def test_without_an_account_the_money_waits_to_be_deposited(
    quickbooks: QuickBooksClient, sandbox: SandboxClient
) -> None:
    entered = booking_payments.record_payment(quickbooks, payment_of(open_invoice(sandbox)), "key")
    row = one(books(sandbox)["payments"], id=entered.external_id)
    assert row["account_name"] == "Undeposited Funds"


@pytest.mark.parametrize(
    ("currency", "amount"), [("EUR", "0.01"), ("JPY", "1234567"), ("KWD", "1.005"), ("KWD", "9007199254.741")]
)
def test_amounts_of_every_currency_arrive_to_the_last_digit(
    quickbooks: QuickBooksClient, company: QuickBooksApp, sandbox: SandboxClient, currency: str, amount: str
) -> None:
    invoice = invoice_in(company, currency, amount, name='株式会社 "Ko\'s" \\ Söhne & <Söhne>')
    stored = Decimal(amount).quantize(Decimal("0.0001"))  # as the database hands it over
    entered = booking_payments.record_payment(quickbooks, payment_of(invoice, str(stored)), "key")
    assert entered.amount == Decimal(amount)
    row = one(books(sandbox)["payments"], id=entered.external_id)
    assert (row["currency"], Decimal(row["amount"])) == (currency, Decimal(amount))
    assert one(books(sandbox)["invoices"], id=invoice["id"])["status"] == "PAID"


def test_more_than_the_invoice_owes_is_refused_before_it_is_sent(
    quickbooks: QuickBooksClient, sandbox: SandboxClient
) -> None:
    invoice = open_invoice(sandbox)
    too_much = str(Decimal(invoice["amount_due"]) + Decimal("0.01"))
    with pytest.raises(Rejected, match=rf"has only {invoice['amount_due']} left to pay in QuickBooks"):
        booking_payments.record_payment(quickbooks, payment_of(invoice, too_much), "key")
    assert living(sandbox) == []


@pytest.mark.parametrize("how", ["void", "delete"])
def test_an_invoice_that_is_gone_is_refused(
    quickbooks: QuickBooksClient, sandbox: SandboxClient, how: str
) -> None:
    invoice = open_invoice(sandbox)
    sandbox.control(f"quickbooks/invoices/{invoice['number']}/{how}")
    with pytest.raises(Rejected, match=r"no longer exists|only 0 left"):
        booking_payments.record_payment(quickbooks, payment_of(invoice), "key")


@pytest.mark.parametrize("password", [True, False])
def test_closed_books_are_told(quickbooks: QuickBooksClient, sandbox: SandboxClient, password: bool) -> None:
    sandbox.control("quickbooks/lock-date", date="2026-11-20", password=password)
    with pytest.raises(Rejected, match="books are closed"):
        booking_payments.record_payment(quickbooks, payment_of(open_invoice(sandbox)), "key")


def test_an_archived_account_is_told(quickbooks: QuickBooksClient, sandbox: SandboxClient) -> None:
    clearing = account(sandbox, "Stripe clearing")
    sandbox.control(f"quickbooks/accounts/{clearing}/archive")
    with pytest.raises(Rejected, match="accounts chosen in Settings"):
        booking_payments.record_payment(
            quickbooks, payment_of(open_invoice(sandbox), account_external_id=clearing), "key"
        )


def test_a_plan_without_payments_is_told(quickbooks: QuickBooksClient, sandbox: SandboxClient) -> None:
    sandbox.fault("quickbooks", "downgraded", match="payment", times=None)
    with pytest.raises(Rejected, match="plan does not include this"):
        booking_payments.record_payment(quickbooks, payment_of(open_invoice(sandbox)), "key")


@pytest.mark.parametrize("kind", ["drop", "drop-before", "500", "garbage", "html", "429", "throttle-after"])
def test_no_clear_answer_is_an_unknown_outcome_and_the_same_key_makes_one_entry(
    quickbooks: QuickBooksClient, sandbox: SandboxClient, find: Find, kind: str
) -> None:
    entry = payment_of(open_invoice(sandbox))
    sandbox.fault("quickbooks", kind, match=WRITE, times=1)
    with pytest.raises(OutcomeUnknown, match="look before"):
        booking_payments.record_payment(quickbooks, entry, "key")
    assert (find(MARKER) is not None) == (len(living(sandbox)) == 1)
    entered = booking_payments.record_payment(quickbooks, entry, "key")
    assert find(MARKER) == entered
    assert [row["id"] for row in living(sandbox)] == [entered.external_id]


def test_a_limit_on_the_look_before_is_known_to_have_done_nothing(
    quickbooks: QuickBooksClient, sandbox: SandboxClient
) -> None:
    sandbox.fault("quickbooks", "429", match="GET /quickbooks/v3/company", times=1, value=42)
    with pytest.raises(Retryable) as limit:
        booking_payments.record_payment(quickbooks, payment_of(open_invoice(sandbox)), "key")
    assert limit.value.after == timedelta(seconds=42)
    assert living(sandbox) == []


def test_a_company_that_took_its_consent_back_asks_to_reconnect(
    quickbooks: QuickBooksClient, sandbox: SandboxClient
) -> None:
    invoice = open_invoice(sandbox)
    sandbox.control("quickbooks/disconnect")
    with pytest.raises(Disconnected):
        booking_payments.record_payment(quickbooks, payment_of(invoice), "key")


def test_a_payment_that_a_bookkeeper_moved_to_another_invoice_is_still_found(
    quickbooks: QuickBooksClient, company: QuickBooksApp, sandbox: SandboxClient, find: Find
) -> None:
    entered = booking_payments.record_payment(quickbooks, payment_of(open_invoice(sandbox)), "key")
    row = company.read(f"payment/{entered.external_id}")["Payment"]
    company.write("payment", {**row, "Line": []}, operation="update")
    assert find(MARKER) == entered


@pytest.mark.parametrize("how", ["void", "delete"])
def test_one_that_somebody_took_back_is_not_found(
    quickbooks: QuickBooksClient, sandbox: SandboxClient, find: Find, how: str
) -> None:
    entered = booking_payments.record_payment(quickbooks, payment_of(open_invoice(sandbox)), "key")
    sandbox.control(f"quickbooks/payments/{entered.external_id}/{how}")
    assert find(MARKER) is None


def test_a_copy_of_our_payment_is_told_to_the_bookkeeper(
    quickbooks: QuickBooksClient, sandbox: SandboxClient, find: Find
) -> None:
    for key in ("one", "two"):
        booking_payments.record_payment(quickbooks, payment_of(open_invoice(sandbox)), key)
    with pytest.raises(Rejected, match=rf"2 payments with the reference {reference(MARKER)}"):
        find(MARKER)


def test_taking_back_opens_the_invoice_again_however_often_it_is_asked(
    quickbooks: QuickBooksClient, sandbox: SandboxClient, find: Find
) -> None:
    invoice = open_invoice(sandbox)
    entered = booking_payments.record_payment(quickbooks, payment_of(invoice), "key")
    take_back(quickbooks, EntryKind.PAYMENT, entered.external_id, "void")
    take_back(quickbooks, EntryKind.PAYMENT, entered.external_id, "void")
    assert find(MARKER) is None
    assert one(books(sandbox)["invoices"], id=invoice["id"])["amount_due"] == invoice["amount_due"]


def test_taking_back_what_is_gone_is_no_error(quickbooks: QuickBooksClient, sandbox: SandboxClient) -> None:
    entered = booking_payments.record_payment(quickbooks, payment_of(open_invoice(sandbox)), "key")
    sandbox.control(f"quickbooks/payments/{entered.external_id}/delete")
    take_back(quickbooks, EntryKind.PAYMENT, entered.external_id, "void")
    take_back(quickbooks, EntryKind.PAYMENT, "999999999", "void")


@dataclass
class Bookkeeper:
    """Changes a payment right after our adapter has read it, so many times."""

    company: QuickBooksApp
    times: int

    def notice(self, answer: Response, **_options: Any) -> None:
        if self.times and answer.request.method == "GET" and "/payment/" in (answer.request.url or ""):
            self.times -= 1
            row = answer.json()["Payment"]
            note = {"Id": row["Id"], "SyncToken": row["SyncToken"], "sparse": True, "PrivateNote": "Seen."}
            self.company.write("payment", note, operation="update")


def test_a_payment_changed_at_the_same_moment_is_read_again_once(
    quickbooks: QuickBooksClient, company: QuickBooksApp, session: Session, sandbox: SandboxClient, find: Find
) -> None:
    entered = booking_payments.record_payment(quickbooks, payment_of(open_invoice(sandbox)), "key")
    bookkeeper = Bookkeeper(company, times=2)
    session.hooks["response"].append(bookkeeper.notice)
    with pytest.raises(Retryable, match="changed the record in QuickBooks at the same time"):
        take_back(quickbooks, EntryKind.PAYMENT, entered.external_id, "void")
    assert find(MARKER) == entered
    bookkeeper.times = 1
    take_back(quickbooks, EntryKind.PAYMENT, entered.external_id, "void")
    assert find(MARKER) is None


def test_a_deposited_payment_cannot_be_taken_back_and_the_bookkeeper_is_told_why(
    quickbooks: QuickBooksClient, sandbox: SandboxClient, find: Find
) -> None:
    entered = booking_payments.record_payment(quickbooks, payment_of(open_invoice(sandbox)), "key")
    sandbox.control(f"quickbooks/payments/{entered.external_id}/deposit")
    with pytest.raises(Rejected, match="part of a bank deposit"):
        take_back(quickbooks, EntryKind.PAYMENT, entered.external_id, "void")
    assert find(MARKER) == entered


def test_the_day_is_the_day_of_payment(quickbooks: QuickBooksClient, sandbox: SandboxClient) -> None:
    entry = payment_of(open_invoice(sandbox), booked_on=date(2026, 2, 28))
    entered = booking_payments.record_payment(quickbooks, entry, "key")
    assert one(books(sandbox)["payments"], id=entered.external_id)["date"] == "2026-02-28"
