"""What only QuickBooks does with money beside payments, and payments for several invoices."""

from datetime import date
from decimal import Decimal

import pytest

from app.connectors.base import (
    AccountRef,
    EntryKind,
    IncomeEntry,
    OverpaymentEntry,
    PaymentPart,
    TransferEntry,
)
from app.connectors.quickbooks import booking_deposits, booking_payments, booking_transfers
from app.connectors.quickbooks.client import QuickBooksClient
from app.connectors.quickbooks.taking_back import take_back
from app.kit.errors import Rejected
from tests.connectors.quickbooks.bookings import account, books, invoice_in, one, open_invoice, payment_of
from tests.sandbox.client import SandboxClient
from tests.sandbox.quickbooks.client import QuickBooksApp

TODAY = date(2026, 11, 20)


def credit_for(customer: str, clearing: str, amount: str = "12.34") -> OverpaymentEntry:
    return OverpaymentEntry(customer, clearing, Decimal(amount), TODAY, "Stripe over pi_1", "Paid twice")


def bank_in(company: QuickBooksApp, currency: str, name: str) -> str:
    body = {
        "Name": name,
        "AccountType": "Bank",
        "AccountSubType": "Checking",
        "CurrencyRef": {"value": currency},
    }
    return str(company.write("account", body)["Account"]["Id"])


@pytest.mark.parametrize(("currency", "amount"), [("JPY", "1234567"), ("KWD", "1.005")])
def test_amounts_of_every_currency_arrive_to_the_last_digit(
    quickbooks: QuickBooksClient, company: QuickBooksApp, sandbox: SandboxClient, currency: str, amount: str
) -> None:
    customer = invoice_in(company, currency, amount)["contact_id"]
    clearing, bank = (bank_in(company, currency, f"{name} {currency}") for name in ("Stripe", "Main"))
    sales = AccountRef(account(sandbox, "Services"), "")
    stored = Decimal(amount).quantize(Decimal("0.0001"))  # as the database hands it over
    over = credit_for(customer, clearing, str(stored))
    back = IncomeEntry(customer, clearing, sales, stored, TODAY, "Stripe back re_1", "Refund came back")
    out = TransferEntry(clearing, bank, stored, TODAY, "Stripe po_1")
    entered = [
        booking_payments.record_overpayment(quickbooks, over, "over"),
        booking_deposits.record_income(quickbooks, back, "back"),
        booking_transfers.record_transfer(quickbooks, out, "out"),
    ]
    assert [each.amount for each in entered] == [Decimal(amount)] * 3
    balances = books(sandbox)["balances"]
    assert (Decimal(balances[clearing]), Decimal(balances[bank])) == (Decimal(amount), Decimal(amount))


def test_a_credit_that_an_invoice_has_used_is_not_taken_back_and_the_bookkeeper_is_told(
    quickbooks: QuickBooksClient, sandbox: SandboxClient
) -> None:
    invoice = open_invoice(sandbox)
    entry = credit_for(invoice["contact_id"], account(sandbox, "Stripe clearing"))
    entered = booking_payments.record_overpayment(quickbooks, entry, "key")
    sandbox.control(f"quickbooks/payments/{entered.external_id}/use", invoice=invoice["number"])
    assert booking_payments.find_payment(quickbooks, entry.marker) == entered
    with pytest.raises(Rejected, match="put on an invoice in QuickBooks"):
        take_back(quickbooks, EntryKind.OVERPAYMENT, entered.external_id, "back")
    after = one(books(sandbox)["invoices"], id=invoice["id"])
    assert Decimal(invoice["amount_due"]) - Decimal(after["amount_due"]) == Decimal("12.34")


def test_a_payment_for_invoices_of_two_customers_is_refused_before_it_is_sent(
    quickbooks: QuickBooksClient, company: QuickBooksApp, sandbox: SandboxClient
) -> None:
    ours, theirs = open_invoice(sandbox), invoice_in(company, "USD", "60.00", name="Somebody else")
    parts = tuple(PaymentPart(invoice["id"], Decimal(10)) for invoice in (ours, theirs))
    with pytest.raises(Rejected, match="once for each customer"):
        booking_payments.record_payment(quickbooks, payment_of(ours, parts=parts), "key")
    assert booking_payments.find_payment(quickbooks, "Stripe pi_123") is None


def test_one_invoice_that_owes_too_little_stops_the_whole_payment(
    quickbooks: QuickBooksClient, sandbox: SandboxClient
) -> None:
    first = open_invoice(sandbox)
    name = one(books(sandbox)["contacts"], id=first["contact_id"])["name"]
    made = sandbox.control("quickbooks/invoices", contact=name, amount="5.00")
    second = one(books(sandbox)["invoices"], id=made["id"])
    parts = (PaymentPart(first["id"], Decimal(10)), PaymentPart(second["id"], Decimal("5.01")))
    with pytest.raises(Rejected, match=r"only 5(\.00)? left to pay"):
        booking_payments.record_payment(quickbooks, payment_of(first, parts=parts), "key")
    assert one(books(sandbox)["invoices"], id=first["id"])["amount_due"] == first["amount_due"]


def test_a_copy_of_our_transfer_is_told_to_the_bookkeeper(
    quickbooks: QuickBooksClient, sandbox: SandboxClient
) -> None:
    clearing, bank = (account(sandbox, name) for name in ("Stripe clearing", "Checking"))
    entry = TransferEntry(clearing, bank, Decimal(50), TODAY, "Stripe po_1")
    for key in ("one", "two"):
        booking_transfers.record_transfer(quickbooks, entry, key)
    with pytest.raises(Rejected, match="2 transfers with the note Stripe po_1"):
        booking_transfers.find_transfer(quickbooks, entry.marker, TODAY)


@pytest.mark.parametrize("kind", EntryKind)
def test_taking_back_what_is_gone_is_no_error(
    quickbooks: QuickBooksClient, sandbox: SandboxClient, kind: EntryKind
) -> None:
    before = books(sandbox)["balances"]
    take_back(quickbooks, kind, "999999999", "back")
    assert books(sandbox)["balances"] == before
