"""The ledgers as the control page shows them: whose books they are, and what is still owed in them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sandbox.world import World


@dataclass(frozen=True)
class OpenInvoice:
    """An invoice with something left to pay."""

    number: str
    customer: str
    due: date
    owed: Decimal
    currency: str


@dataclass(frozen=True)
class Ledger:
    """One ledger: `key` is its name in addresses; `can_delete` says whether open invoices can be removed."""

    key: str
    name: str
    company: str
    can_delete: bool
    open_invoices: tuple[OpenInvoice, ...]


NAMES = {"xero": "Xero", "quickbooks": "QuickBooks"}


def ledger(world: World, key: str) -> Ledger:
    """The ledger of that name, Xero if there is none; earliest due first. Callers hold the world's lock."""
    if key == "quickbooks":
        company, found = world.quickbooks.main.name, _in_quickbooks(world)
    else:
        key, company, found = "xero", world.xero.main.name, _in_xero(world)
    ordered = sorted(found, key=lambda invoice: (invoice.due, invoice.number))
    return Ledger(key, NAMES[key], company, key == "quickbooks", tuple(ordered))


def _in_xero(world: World) -> Iterator[OpenInvoice]:
    for invoice in world.xero.main.sales_by_number.values():
        if invoice.status == "AUTHORISED":
            owed = invoice.amount_due
            yield OpenInvoice(invoice.number, invoice.contact.name, invoice.due, owed, invoice.currency)


def _in_quickbooks(world: World) -> Iterator[OpenInvoice]:
    for invoice in world.quickbooks.main.invoices.values():
        if invoice.balance > 0:
            owed = invoice.balance
            yield OpenInvoice(invoice.number, invoice.customer.name, invoice.due, owed, invoice.currency)
