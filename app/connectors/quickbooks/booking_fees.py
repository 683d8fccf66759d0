"""A fee is an expense from the clearing account or a line of a deposit to it, as the business chose."""

from datetime import date

from app.connectors.base import BookedEntry, FeeEntry, FeeStyle
from app.connectors.quickbooks import booking_deposits, booking_expenses
from app.connectors.quickbooks.client import QuickBooksClient


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
