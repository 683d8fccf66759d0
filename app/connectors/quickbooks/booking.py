"""What we look for in QuickBooks and enter there, as the port asks for it. Look before you enter, always.

A fee is an expense from the clearing account or a line of a deposit to it, as the business chose.
"""

from datetime import date

from app.connectors.base import BookedEntry, FeeEntry, FeeStyle, PaymentEntry, RefundEntry
from app.connectors.quickbooks import booking_deposits, booking_expenses, booking_payments
from app.connectors.quickbooks.client import QuickBooksClient


def find_payment(client: QuickBooksClient, _invoice: str, marker: str) -> BookedEntry | None:
    """The living payment under `marker`, whatever invoice it is for now."""
    return booking_payments.find_payment(client, marker)


def record_payment(client: QuickBooksClient, entry: PaymentEntry, idempotency_key: str) -> BookedEntry:
    """Enter one payment of one invoice."""
    return booking_payments.record_payment(client, entry, idempotency_key)


def void_payment(client: QuickBooksClient, payment: str, idempotency_key: str) -> None:
    """Take a payment back. One that is gone already is no error."""
    booking_payments.void_payment(client, payment, idempotency_key)


def find_fee(client: QuickBooksClient, marker: str, booked_on: date, style: FeeStyle) -> BookedEntry | None:
    """The living entry under `marker`, with the fee as its amount."""
    if style is FeeStyle.DEPOSIT:
        return booking_deposits.find_fee(client, marker, booked_on)
    return booking_expenses.find_spent(client, marker)


def record_fee(client: QuickBooksClient, entry: FeeEntry, idempotency_key: str) -> BookedEntry:
    """Enter one fee."""
    if entry.style is FeeStyle.DEPOSIT:
        return booking_deposits.record_fee(client, entry, idempotency_key)
    return booking_expenses.record_fee(client, entry, idempotency_key)


def find_refund(client: QuickBooksClient, marker: str, _booked_on: date) -> BookedEntry | None:
    """The living refund under `marker`, whatever day it has now."""
    return booking_expenses.find_spent(client, marker)


def record_refund(client: QuickBooksClient, entry: RefundEntry, idempotency_key: str) -> BookedEntry:
    """Enter one refund."""
    return booking_expenses.record_refund(client, entry, idempotency_key)
