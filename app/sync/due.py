"""What a pull asks for. Ledgers count our calls, and most sweeps find nothing. Pure."""

from datetime import timedelta
from enum import StrEnum

from app.connectors.base import Resource
from app.sync.progress import Run

QUIET_EVERY = timedelta(hours=1)


class Thoroughness(StrEnum):
    """How much a pull has reason to expect."""

    EVERYTHING = "everything"
    HINTED = "hinted"
    """A webhook said that something changed: a customer, a document or a payment."""
    SWEEP = "sweep"
    """Nobody said anything."""


def is_due(
    resource: Resource, run: Run, thoroughness: Thoroughness, *, are_invoices_changed: bool = False
) -> bool:
    """Whether to ask for this resource now.

    Invoices and customers always. Payments and credit notes whenever an invoice changed, since both change their
    invoice. Everything at least once an hour; the chart of accounts, and the organisation with it, only then.
    """
    cursor = run.cursors.get(resource)
    if thoroughness is Thoroughness.EVERYTHING or run.is_first or run.is_whole or cursor is None:
        return True
    if resource in (Resource.CUSTOMERS, Resource.INVOICES) or run.started_at - cursor >= QUIET_EVERY:
        return True
    if resource in (Resource.CREDIT_NOTES, Resource.PAYMENTS) and are_invoices_changed:
        return True
    return thoroughness is Thoroughness.HINTED and resource is not Resource.ACCOUNTS
