"""Xero's rows in the product's words. Pure; a row that makes no sense raises `Senseless` with a sentence."""

from collections.abc import Iterable
from datetime import date
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
from app.connectors.fields import amount_in, clean, currency_in, present_in
from app.connectors.people import named_once
from app.connectors.places import country_code, region_code
from app.connectors.xero import wire
from app.connectors.xero.fields import day_in, moment_in
from app.connectors.xero.zones import iana_zone
from app.models import InvoiceState

# A status that Xero adds tomorrow counts as a draft: nothing is ever said about a draft.
_STATES = {
    "AUTHORISED": InvoiceState.OPEN,
    "PAID": InvoiceState.PAID,
    "VOIDED": InvoiceState.VOIDED,
    "DELETED": InvoiceState.VOIDED,
}
_EXPENSES = frozenset({"EXPENSE", "OVERHEADS", "DIRECTCOSTS"})
_INCOMES = frozenset({"REVENUE", "SALES", "OTHERINCOME"})
_REFUNDABLE = _EXPENSES | _INCOMES | {"CURRENT", "CURRLIAB", "LIABILITY"}
# Xero prints the postal address (`POBOX`) on invoices; the street's is where goods go.
_ADDRESSES_BEST_FIRST = ("POBOX", "STREET")
_PHONES_BEST_FIRST = ("MOBILE", "DEFAULT", "DDI")
NO_NUMBER = "(no number)"
_NO_NAME = "(no name)"


def organisation(row: wire.Organisation, *, external_id: str) -> OrganisationRecord:
    """The organisation. `external_id` is the tenant id it was asked for by."""
    locks = [
        day_in(text, "The organisation", "lock date")
        for text in (row.period_lock_date, row.year_lock_date)
        if text
    ]
    return OrganisationRecord(
        external_id=external_id,
        name=clean(row.name, "Your organisation"),
        base_currency=currency_in(row.base_currency, "The organisation"),
        country_code=clean(row.country_code),
        time_zone=iana_zone(row.time_zone),
        lock_date=max(locks, default=None),
        short_code=clean(row.short_code) or None,
        region=_region(row.addresses or (), clean(row.country_code)),
    )


def customer(row: wire.Contact) -> CustomerRecord:
    """A contact. Suppliers are kept too: one who is invoiced tomorrow does not count as changed."""
    what = f"Contact {row.id}"
    country, email = _country(row.addresses or ()), clean(row.email)
    return CustomerRecord(
        external_id=present_in(row.id, "A contact", "id"),
        name=clean(row.name, _NO_NAME),
        first_name=clean(row.first_name) or None,
        emails=(email,) if email else (),
        phone=_phone(row.phones or ()),
        is_active=row.status in (None, "ACTIVE"),
        merged_into=clean(row.merged_into).lower() or None,
        changed_at=moment_in(row.changed_at, what),
        country_code=country or None,
        region=_region(row.addresses or (), country),
        people=named_once((_person(one) for one in row.persons or ()), beside=[email]),
    )


def invoice(row: wire.Invoice) -> InvoiceRecord | None:
    """A sales invoice; None for a supplier's bill and whatever else Xero calls an invoice.

    Xero says that an invoice was sent, and not when; its history would, at one call for each invoice.
    """
    if row.kind != "ACCREC":
        return None
    what = f"Invoice {row.number or row.id}"
    state = _STATES.get(row.status or "", InvoiceState.DRAFT)
    contact = row.contact or wire.ContactReference()
    issued_on = day_in(row.issued_on, what, "date")
    total = amount_in(row.total, what, "total")
    return InvoiceRecord(
        external_id=present_in(row.id, "An invoice", "id"),
        number=clean(row.number, NO_NUMBER),
        reference=clean(row.reference),
        customer_external_id=present_in(contact.id, what, "customer"),
        customer_name=clean(contact.name, _NO_NAME),
        state=state,
        currency=currency_in(row.currency, what),
        total=total,
        amount_due=amount_in(row.amount_due, what, "amount due"),
        amount_paid=amount_in(row.amount_paid, what, "amount paid"),
        amount_credited=amount_in(row.amount_credited, what, "amount credited"),
        issued_on=issued_on,
        due_on=_due_on(row, state, issued_on, what),
        settled_on=day_in(row.settled_on, what, "date of payment") if row.settled_on else None,
        changed_at=moment_in(row.changed_at, what),
    )


def credit_note(row: wire.CreditNote) -> CreditNoteRecord | None:
    """A credit to a customer; None for a supplier's."""
    if row.kind != "ACCRECCREDIT":
        return None
    what = f"Credit note {row.number or row.id}"
    contact = row.contact or wire.ContactReference()
    return CreditNoteRecord(
        external_id=present_in(row.id, "A credit note", "id"),
        number=clean(row.number, NO_NUMBER),
        customer_external_id=present_in(contact.id, what, "customer"),
        customer_name=clean(contact.name, _NO_NAME),
        state=_STATES.get(row.status or "", InvoiceState.DRAFT),
        currency=currency_in(row.currency, what),
        total=amount_in(row.total, what, "total"),
        remaining=amount_in(row.remaining, what, "remaining credit"),
        issued_on=day_in(row.issued_on, what, "date"),
        changed_at=moment_in(row.changed_at, what),
    )


def payment(row: wire.Payment) -> PaymentRecord | None:
    """A payment of a sales invoice; None for every other kind."""
    invoice = row.invoice or wire.PaidInvoice()
    if row.kind != "ACCRECPAYMENT" or invoice.kind not in (None, "ACCREC"):
        return None
    what = f"Payment {row.id}"
    amount = amount_in(row.amount, what, "amount")
    contact = invoice.contact or wire.ContactReference()
    return PaymentRecord(
        external_id=present_in(row.id, "A payment", "id"),
        customer_external_id=clean(contact.id).lower() or None,
        currency=currency_in(invoice.currency, what),
        amount=amount,
        # A payment in Xero is for one invoice; what is over is an overpayment: `unapplied.py`.
        unapplied=Decimal(0),
        applied=(Application(invoice.id.lower(), amount),) if invoice.id else (),
        paid_on=day_in(row.dated, what, "date"),
        reference=clean(row.reference),
        is_deleted=row.status == "DELETED",
        changed_at=moment_in(row.changed_at, what),
    )


def account(row: wire.Account) -> AccountRecord:
    """An account of the chart. Fees are entered as money spent: from a bank account, to an expense with a code.

    Refunds may go to income, current assets and liabilities as well, but to none that Xero keeps for itself.
    """
    kind = "bank" if row.kind == "BANK" else "expense" if row.kind in _EXPENSES else "other"
    code, what = clean(row.code), f"Account {row.code or row.id}"
    return AccountRecord(
        external_id=present_in(row.id, "An account", "id"),
        code=code,
        name=clean(row.name, _NO_NAME),
        kind=kind,
        currency=currency_in(row.currency, what) if kind == "bank" else None,
        takes_payments=kind == "bank",
        takes_fees=kind == "expense" and code != "",
        takes_refunds=row.kind in _REFUNDABLE and code != "" and not row.system,
        takes_income=row.kind in _INCOMES and code != "" and not row.system,
        is_active=row.status == "ACTIVE",
        changed_at=moment_in(row.changed_at, what),
    )


def _person(row: wire.ContactPerson) -> PersonRecord:
    """One of the five further people that a contact may have."""
    name = " ".join(part for part in (clean(row.first_name), clean(row.last_name)) if part)
    return PersonRecord(name, clean(row.email), is_written_to=row.is_written_to is True)


def _country(addresses: Iterable[wire.Address]) -> str:
    codes = {address.kind: country_code(clean(address.country)) for address in addresses}
    return next((codes[kind] for kind in _ADDRESSES_BEST_FIRST if codes.get(kind)), "")


def _region(addresses: Iterable[wire.Address], country: str) -> str | None:
    """Of the first address that names one in this country."""
    regions = {
        address.kind: region_code(country, clean(address.region))
        for address in addresses
        if country_code(clean(address.country)) in ("", country)
    }
    return next((regions[kind] for kind in _ADDRESSES_BEST_FIRST if regions.get(kind)), None)


def _phone(phones: Iterable[wire.Phone]) -> str | None:
    numbers = {phone.kind: _number(phone) for phone in phones}
    return next((numbers[kind] for kind in _PHONES_BEST_FIRST if numbers.get(kind)), None)


def _number(phone: wire.Phone) -> str:
    if not phone.number:
        return ""
    country = f"+{phone.country.lstrip('+')}" if phone.country else ""
    return " ".join(clean(part) for part in (country, phone.area, phone.number) if part)


def _due_on(row: wire.Invoice, state: InvoiceState, issued_on: date, what: str) -> date:
    # Only what is not open may lack a due date: a draft often does.
    if row.due_on is None and state is not InvoiceState.OPEN:
        return issued_on
    return day_in(row.due_on, what, "due date")
