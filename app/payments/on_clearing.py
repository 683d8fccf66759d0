"""What an entry moves on the clearing account: its own amount, unless the processor changed the money."""

from decimal import Decimal

from sqlalchemy import ColumnElement, func

from app.models import WriteBack

CLEARING_CURRENCY = func.coalesce(WriteBack.cleared_currency, WriteBack.currency)
"""The same in a query."""


def clears_in(currency: str) -> ColumnElement[bool]:
    """The entries that move the clearing account of a currency."""
    return CLEARING_CURRENCY.in_([currency])


def clearing_currency(row: WriteBack) -> str:
    """The currency of the account that it moves."""
    return row.cleared_currency or row.currency


def on_clearing(row: WriteBack) -> Decimal:
    """How much, in that currency."""
    return row.amount if row.cleared is None else row.cleared
