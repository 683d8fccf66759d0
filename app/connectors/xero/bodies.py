"""Entries as Xero's JSON. Pure. Amounts stay Decimals; `wire.encode` writes them as exact numbers."""

from datetime import date
from decimal import Decimal

from app.connectors.base import AccountRef, FeeEntry, FeeStyle, PaymentEntry, RefundEntry
from app.kit.errors import Rejected

Body = dict[str, object]


def payment(entry: PaymentEntry) -> Body:
    """A payment of one invoice. Xero has no room for the memo: the invoice's history takes it as a note."""
    if entry.account_external_id is None:
        raise Rejected("Xero books a payment to an account. Choose a clearing account in Settings, Booking.")
    return {
        "Invoice": {"InvoiceID": entry.invoice_external_id},
        "Account": {"AccountID": entry.account_external_id},
        "Date": entry.booked_on.isoformat(),
        "Amount": entry.amount,
        "Reference": entry.marker,
    }


def fee(entry: FeeEntry) -> Body:
    """A fee as money spent. Raises Rejected for the other style, which Xero has no entry for."""
    if entry.style is not FeeStyle.EXPENSE:
        raise Rejected("Xero books a card fee as money spent. Choose that way in Settings, Booking.")
    return _spent(
        contact={"Name": entry.payee},
        bank=entry.clearing_account_external_id,
        booked_on=entry.booked_on,
        reference=entry.marker,
        line=_line(entry.description, entry.amount, entry.expense_account),
    )


def refund(entry: RefundEntry) -> Body:
    """Money given back, as money spent to the customer."""
    return _spent(
        contact={"ContactID": entry.customer_external_id},
        bank=entry.clearing_account_external_id,
        booked_on=entry.booked_on,
        reference=entry.marker,
        line=_line(entry.description, entry.amount, entry.account),
    )


def _spent(*, contact: Body, bank: str, booked_on: date, reference: str, line: Body) -> Body:
    return {
        "Type": "SPEND",
        "Contact": contact,
        "BankAccount": {"AccountID": bank},
        "Date": booked_on.isoformat(),
        "Reference": reference,
        "LineAmountTypes": "Inclusive",
        "LineItems": [line],
    }


def _line(description: str, amount: Decimal, account: AccountRef) -> Body:
    if not account.code:
        raise Rejected(
            "Xero books to accounts that have a code. Choose another account in Settings, Booking."
        )
    return {
        "Description": description,
        "Quantity": 1,
        "UnitAmount": amount,
        "AccountCode": account.code,
        "TaxType": "NONE",
    }
