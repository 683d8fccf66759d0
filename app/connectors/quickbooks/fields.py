"""Reads moments and days in QuickBooks' rows, or says why they make no sense. Pure."""

from datetime import date, datetime

from app.connectors.fields import understood, within_reason
from app.connectors.quickbooks.dates import day, moment


def day_in(text: str | None, what: str, part: str) -> date:
    """A document's day, within reason."""
    return within_reason(understood(day, text, what, part))


def moment_in(text: str | None, what: str) -> datetime:
    """When the ledger last changed the row."""
    return understood(moment, text, what, "time of change")
