"""What the tests of booking share: the stand-in's books as the judge, and entries to change."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from app.connectors.base import AccountRef, FeeEntry, FeeStyle, PaymentEntry, PaymentPart, RefundEntry
from tests.sandbox.client import SandboxClient
from tests.sandbox.quickbooks.client import QuickBooksApp

Row = dict[str, Any]


def books(sandbox: SandboxClient) -> dict[str, Any]:
    """The main company's books, amounts as text."""
    return dict(sandbox.get("/control/quickbooks/ledger").json())


def one(rows: list[Row], **facts: Any) -> Row:
    """The only row with these facts."""
    [found] = [row for row in rows if all(row[name] == value for name, value in facts.items())]
    return found


def account(sandbox: SandboxClient, name: str) -> str:
    """An account's id by its name."""
    return str(one(books(sandbox)["accounts"], name=name)["id"])


def open_invoice(sandbox: SandboxClient, currency: str = "USD", at_least: int = 50) -> Row:
    """An invoice that owes something."""
    return next(
        row
        for row in books(sandbox)["invoices"]
        if row["status"] == "AUTHORISED"
        and row["currency"] == currency
        and Decimal(row["amount_due"]) >= at_least
    )


def invoice_in(company: QuickBooksApp, currency: str, amount: str, name: str = "Kiku") -> Row:
    """A new customer's invoice in a currency of theirs."""
    customer = company.write("customer", {"DisplayName": name, "CurrencyRef": {"value": currency}})[
        "Customer"
    ]
    line = {
        "Amount": amount,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": "1"}},
    }
    body = {
        "CustomerRef": {"value": customer["Id"]},
        "CurrencyRef": {"value": currency},
        "Line": [line],
    }
    raised = company.write("invoice", body)["Invoice"]
    return one(books(company.sandbox)["invoices"], id=raised["Id"])


def payment_of(invoice: Row, amount: str = "12.34", **changes: Any) -> PaymentEntry:
    entry = PaymentEntry(
        parts=(PaymentPart(invoice["id"], Decimal(amount)),),
        account_external_id=None,
        booked_on=date(2026, 11, 20),
        marker="Stripe pi_123",
        memo="Invoice 1 paid by card through the pay link of 3 Nov 2026",
    )
    return replace(entry, **changes)


def fee_from(sandbox: SandboxClient, **changes: Any) -> FeeEntry:
    entry = FeeEntry(
        style=FeeStyle.EXPENSE,
        clearing_account_external_id=account(sandbox, "Stripe clearing"),
        expense_account=AccountRef(account(sandbox, "Merchant fees"), ""),
        amount=Decimal("1.23"),
        booked_on=date(2026, 11, 20),
        marker="Stripe fee pi_123",
        payee="Stripe",
        description="Card fee for Stripe payment pi_123",
    )
    return replace(entry, **changes)


def refund_to(customer: str, sandbox: SandboxClient, **changes: Any) -> RefundEntry:
    entry = RefundEntry(
        customer_external_id=customer,
        clearing_account_external_id=account(sandbox, "Stripe clearing"),
        account=AccountRef(account(sandbox, "Services"), ""),
        amount=Decimal("20.00"),
        booked_on=date(2026, 11, 20),
        marker="Stripe refund re_1",
        description="Refund of invoice 1",
    )
    return replace(entry, **changes)
