"""QuickBooks' rows in the product's words. Pure; a row that makes no sense raises `Senseless` with a sentence.

`home` is the company's own currency: a company with one currency only names none in its rows.
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from decimal import Decimal

from app.connectors.base import (
    AccountRecord,
    Application,
    CreditNoteRecord,
    CustomerRecord,
    InvoiceRecord,
    OrganisationRecord,
    PaymentRecord,
    PersonRecord,
)
from app.connectors.fields import Senseless, amount_in, clean, currency_in, present_in
from app.connectors.places import country_code, region_code
from app.connectors.quickbooks import wire
from app.connectors.quickbooks.dates import moment
from app.connectors.quickbooks.fields import day_in, moment_in
from app.connectors.quickbooks.places import currency_of, iana_zone
from app.models import InvoiceState

_BANK = "Bank"
# What a fee can be booked against. An account of any other type is neither a bank's nor an expense's.
_EXPENSES = frozenset({"Expense", "Other Expense", "Cost of Goods Sold"})
# What a refund can be booked against besides, but for what QuickBooks keeps for itself (assumed).
_INCOMES = frozenset({"Income", "Other Income"})
_REFUNDABLE = _EXPENSES | _INCOMES | {"Other Current Asset", "Other Current Liability"}
_KEPT = frozenset(
    {"UndepositedFunds", "Inventory", "SalesTaxPayable", "GlobalTaxPayable", "GlobalTaxSuspense"}
)
_VOIDED = (
    "voided"  # how QuickBooks begins the private note of what it has voided (assumed: in every language)
)
_BETWEEN_ADDRESSES = re.compile(r"[,;\s]+")
NO_NUMBER = "(no number)"
_NO_NAME = "(no name)"


def organisation(
    company: wire.CompanyInfo, preferences: wire.Preferences, *, external_id: str
) -> OrganisationRecord:
    """The company. `external_id` is the realm it was asked for by."""
    country = country_code(clean(company.country))
    home = preferences.currencies.home if preferences.currencies else None
    closed_until = preferences.books.closed_until if preferences.books else None
    return OrganisationRecord(
        external_id=external_id,
        name=clean(company.name, "Your company"),
        base_currency=currency_in((home and home.id) or currency_of(country), "The company"),
        country_code=country,
        time_zone=iana_zone(clean(company.time_zone), country),
        lock_date=day_in(closed_until, "The company", "closing date") if closed_until else None,
        short_code=None,
        region=region_code(country, clean(company.address.region)) if company.address else None,
    )


def customer(row: wire.Customer, home: str) -> CustomerRecord:  # noqa: ARG001 (as every row is read)
    """A customer; a job or sub-customer is one of its own.

    Its name is the one that its documents show. The longer name with its parents' in front would be no better:
    it changes with theirs, and QuickBooks does not date that. Addresses are the customer's own: an invoice keeps
    the one it was raised with, however long ago. Whose documents went to another customer in a merge is made
    inactive, and the row does not say who that is.
    """
    what = f"Customer {row.id}"
    address = row.address or wire.PostalAddress()
    country = country_code(clean(address.country))
    addresses = _addresses(row.email)
    numbers = (clean(phone.number) for phone in (row.phone, row.mobile) if phone)
    return CustomerRecord(
        external_id=present_in(row.id, "A customer", "id"),
        name=clean(row.name, _NO_NAME),
        first_name=clean(row.first_name) or None,
        emails=addresses[:1],
        phone=next((number for number in numbers if number), None),
        is_active=row.is_active is not False,
        merged_into=None,
        changed_at=moment_in(row.changed_at, what),
        country_code=country or None,
        region=region_code(country, clean(address.region)),
        # QuickBooks writes to all of them; the first is the customer's own.
        people=tuple(PersonRecord("", one, is_written_to=True) for one in addresses[1:]),
    )


def invoice(row: wire.Invoice, home: str) -> InvoiceRecord:
    """An invoice. QuickBooks gives it no state, and does not tell what was paid from what was credited."""
    what = f"Invoice {row.number or row.id}"
    customer = row.customer or wire.Reference()
    issued_on = day_in(row.issued_on, what, "date")
    total = amount_in(row.total, what, "total")
    balance = amount_in(row.balance, what, "balance")
    if balance > total:
        raise Senseless(f"{what} has a balance above its total.")
    return InvoiceRecord(
        external_id=present_in(row.id, "An invoice", "id"),
        number=clean(row.number, NO_NUMBER),
        reference="",
        customer_external_id=present_in(customer.id, what, "customer"),
        customer_name=clean(customer.name, _NO_NAME),
        state=_state(total, balance, row.note),
        currency=_currency(row, home, what),
        total=total,
        amount_due=balance,
        amount_paid=total - balance,
        amount_credited=Decimal(0),
        issued_on=issued_on,
        # Without terms an invoice may have none: it is due at once.
        due_on=day_in(row.due_on, what, "due date") if row.due_on else issued_on,
        settled_on=None,
        changed_at=moment_in(row.changed_at, what),
        last_emailed_at=_emailed_at(row.delivery),
        copies=_addresses(row.copies),
        hidden_copies=_addresses(row.hidden_copies),
    )


def credit_note(row: wire.CreditMemo, home: str) -> CreditNoteRecord:
    """A credit memo."""
    what = f"Credit memo {row.number or row.id}"
    customer = row.customer or wire.Reference()
    total = amount_in(row.total, what, "total")
    left = row.balance if row.balance is not None else row.remaining
    remaining = amount_in(left, what, "remaining credit")
    return CreditNoteRecord(
        external_id=present_in(row.id, "A credit memo", "id"),
        number=clean(row.number, NO_NUMBER),
        customer_external_id=present_in(customer.id, what, "customer"),
        customer_name=clean(customer.name, _NO_NAME),
        state=_state(total, remaining, row.note),
        currency=_currency(row, home, what),
        total=total,
        remaining=remaining,
        issued_on=day_in(row.issued_on, what, "date"),
        changed_at=moment_in(row.changed_at, what),
    )


def payment(row: wire.Payment, home: str) -> PaymentRecord:
    """A payment of a customer, with what it settles.

    Its lines may be covered by credit memos as well, which is no money: then they add up to more than the amount,
    and a payment of zero only puts a credit on an invoice.
    """
    what = f"Payment {row.id}"
    amount = amount_in(row.total, what, "amount")
    unapplied = amount_in(row.unapplied or Decimal(0), what, "unapplied amount")
    customer = row.customer.id if row.customer else None
    return PaymentRecord(
        external_id=present_in(row.id, "A payment", "id"),
        customer_external_id=present_in(customer, what, "customer") if customer else None,
        currency=_currency(row, home, what),
        amount=amount,
        unapplied=min(unapplied, amount),
        applied=_applied(row.lines or (), what),
        paid_on=day_in(row.paid_on, what, "date"),
        reference=clean(row.reference),
        is_deleted=_is_voided(amount, row.note),
        changed_at=moment_in(row.changed_at, what),
    )


def account(row: wire.Account, home: str) -> AccountRecord:
    """An account of the chart."""
    kind = "bank" if row.kind == _BANK else "expense" if row.kind in _EXPENSES else "other"
    what = f"Account {row.id}"
    return AccountRecord(
        external_id=present_in(row.id, "An account", "id"),
        code=clean(row.number),
        name=clean(row.full_name, clean(row.name, _NO_NAME)),
        kind=kind,
        currency=_currency(row, home, what) if kind == "bank" else None,
        # Payments may go to other current assets too, but money can only be spent from a bank account.
        takes_payments=kind == "bank",
        takes_fees=kind == "expense",
        takes_refunds=row.kind in _REFUNDABLE and row.subtype not in _KEPT,
        takes_income=row.kind in _INCOMES,
        is_active=row.is_active is not False,
        changed_at=moment_in(row.changed_at, what),
    )


def _state(total: Decimal, left: Decimal, note: str | None) -> InvoiceState:
    if left > 0:
        return InvoiceState.OPEN
    return InvoiceState.VOIDED if _is_voided(total, note) else InvoiceState.PAID


def _is_voided(total: Decimal, note: str | None) -> bool:
    """QuickBooks keeps what is voided with amounts of zero and says so in the private note, and nowhere else."""
    return total == 0 and clean(note).lower().startswith(_VOIDED)


def _emailed_at(delivery: wire.Delivery | None) -> datetime | None:
    """Assumed: it tells the last mail, reminders that QuickBooks sends among them; else no more than the first."""
    if delivery is None or delivery.kind != "Email" or not delivery.at:
        return None
    # An invoice is no nonsense because a mail of it is told in another way.
    with suppress(ValueError, OverflowError):
        return moment(delivery.at)
    return None


def _currency(row: wire.Row, home: str, what: str) -> str:
    return currency_in((row.currency and row.currency.id) or home, what)


def _applied(lines: Iterable[wire.PaymentLine], what: str) -> tuple[Application, ...]:
    """What is settled of each invoice; a line with a credit memo says where the rest of it came from."""
    by_invoice: dict[str, Decimal] = {}
    for line in lines:
        invoice = next((linked.id for linked in line.linked or () if linked.kind == "Invoice"), None)
        if invoice:
            part = amount_in(line.amount, what, "line amount")
            by_invoice[invoice] = by_invoice.get(invoice, Decimal(0)) + part
    return tuple(Application(invoice, amount) for invoice, amount in by_invoice.items())


def _addresses(field: wire.Address | None) -> tuple[str, ...]:
    """The addresses of one field that takes several, each once."""
    addresses: dict[str, str] = {}
    for address in _BETWEEN_ADDRESSES.split(clean(field.text if field else None)):
        if address:
            addresses.setdefault(address.lower(), address)
    return tuple(addresses.values())
