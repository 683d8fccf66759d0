"""Xero's rows in the product's words. Pure; a row that makes no sense raises `Senseless` with a sentence."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

import msgspec

from app.connectors.base import (
    AccountRecord,
    CreditNoteRecord,
    CustomerRecord,
    InvoiceRecord,
    OrganisationRecord,
    PaymentRecord,
)
from app.connectors.xero import wire
from app.connectors.xero.dates import day, moment
from app.connectors.xero.zones import iana_zone
from app.models import InvoiceState

_T = TypeVar("_T")

# A status that Xero adds tomorrow counts as a draft: nothing is ever said about a draft.
_STATES = {
    "AUTHORISED": InvoiceState.OPEN,
    "PAID": InvoiceState.PAID,
    "VOIDED": InvoiceState.VOIDED,
    "DELETED": InvoiceState.VOIDED,
}
_EXPENSES = frozenset({"EXPENSE", "OVERHEADS", "DIRECTCOSTS"})
_PHONES_BEST_FIRST = ("MOBILE", "DEFAULT", "DDI")
NO_NUMBER = "(no number)"
_NO_NAME = "(no name)"
_BEYOND_BELIEF = Decimal(10) ** 14  # the mirror's columns hold fourteen digits before the point


class Senseless(ValueError):
    """A row that no record can be made of; the message says which and why, without names or addresses."""


def organisation(row: wire.Organisation, *, external_id: str) -> OrganisationRecord:
    """The organisation. `external_id` is the tenant id it was asked for by."""
    locks = [
        _day(text, "The organisation", "lock date")
        for text in (row.period_lock_date, row.year_lock_date)
        if text
    ]
    return OrganisationRecord(
        external_id=external_id,
        name=_text(row.name, "Your organisation"),
        base_currency=_currency(row.base_currency, "The organisation"),
        country_code=_text(row.country_code),
        time_zone=iana_zone(row.time_zone),
        lock_date=max(locks, default=None),
        short_code=_text(row.short_code) or None,
    )


def customer(row: wire.Contact) -> CustomerRecord:
    """A contact. Suppliers are kept too: one who is invoiced tomorrow does not count as changed."""
    what = f"Contact {row.id}"
    return CustomerRecord(
        external_id=_present(row.id, "A contact", "id"),
        name=_text(row.name, _NO_NAME),
        first_name=_text(row.first_name) or None,
        emails=_emails(row),
        phone=_phone(row.phones or ()),
        is_active=row.status in (None, "ACTIVE"),
        merged_into=_text(row.merged_into).lower() or None,
        changed_at=_moment(row.changed_at, what),
    )


def invoice(row: wire.Invoice) -> InvoiceRecord | None:
    """A sales invoice; None for a supplier's bill and whatever else Xero calls an invoice."""
    if row.kind != "ACCREC":
        return None
    what = f"Invoice {row.number or row.id}"
    state = _STATES.get(row.status or "", InvoiceState.DRAFT)
    contact = row.contact or wire.ContactReference()
    issued_on = _day(row.issued_on, what, "date")
    total = _not_negative(row.total, what, "total")
    return InvoiceRecord(
        external_id=_present(row.id, "An invoice", "id"),
        number=_text(row.number, NO_NUMBER),
        reference=_text(row.reference),
        customer_external_id=_present(contact.id, what, "customer"),
        customer_name=_text(contact.name, _NO_NAME),
        state=state,
        currency=_currency(row.currency, what),
        total=total,
        amount_due=_not_negative(row.amount_due, what, "amount due"),
        amount_paid=_not_negative(row.amount_paid, what, "amount paid"),
        amount_credited=_not_negative(row.amount_credited, what, "amount credited"),
        issued_on=issued_on,
        due_on=_due_on(row, state, issued_on, what),
        settled_on=_day(row.settled_on, what, "date of payment") if row.settled_on else None,
        changed_at=_moment(row.changed_at, what),
    )


def credit_note(row: wire.CreditNote) -> CreditNoteRecord | None:
    """A credit to a customer; None for a supplier's."""
    if row.kind != "ACCRECCREDIT":
        return None
    what = f"Credit note {row.number or row.id}"
    contact = row.contact or wire.ContactReference()
    return CreditNoteRecord(
        external_id=_present(row.id, "A credit note", "id"),
        number=_text(row.number, NO_NUMBER),
        customer_external_id=_present(contact.id, what, "customer"),
        customer_name=_text(contact.name, _NO_NAME),
        state=_STATES.get(row.status or "", InvoiceState.DRAFT),
        currency=_currency(row.currency, what),
        total=_not_negative(row.total, what, "total"),
        remaining=_not_negative(row.remaining, what, "remaining credit"),
        issued_on=_day(row.issued_on, what, "date"),
        changed_at=_moment(row.changed_at, what),
    )


def payment(row: wire.Payment) -> PaymentRecord | None:
    """A payment of a sales invoice; None for every other kind."""
    invoice = row.invoice or wire.PaidInvoice()
    if row.kind != "ACCRECPAYMENT" or invoice.kind not in (None, "ACCREC"):
        return None
    what = f"Payment {row.id}"
    return PaymentRecord(
        external_id=_present(row.id, "A payment", "id"),
        invoice_external_id=invoice.id.lower() if invoice.id else None,
        currency=_currency(invoice.currency, what),
        amount=_not_negative(row.amount, what, "amount"),
        paid_on=_day(row.paid_on, what, "date"),
        reference=_text(row.reference),
        is_deleted=row.status == "DELETED",
        changed_at=_moment(row.changed_at, what),
    )


def account(row: wire.Account) -> AccountRecord:
    """An account of the chart."""
    kind = "bank" if row.kind == "BANK" else "expense" if row.kind in _EXPENSES else "other"
    what = f"Account {row.code or row.id}"
    return AccountRecord(
        external_id=_present(row.id, "An account", "id"),
        code=_text(row.code),
        name=_text(row.name, _NO_NAME),
        kind=kind,
        currency=_currency(row.currency, what) if kind == "bank" else None,
        takes_payments=kind == "bank" or bool(row.takes_payments),
        is_active=row.status == "ACTIVE",
        changed_at=_moment(row.changed_at, what),
    )


def read_row(raw: msgspec.Raw, kind: type[_T]) -> _T:
    """One raw row as a struct. Raises Senseless if its fields are of the wrong type."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.MsgspecError as wrong:
        # The message names the field and the types, never the value.
        raise Senseless(f"A row has an unreadable field: {wrong}.") from None
    except UnicodeDecodeError:
        raise Senseless("A row has a text that is not UTF-8.") from None


def _emails(row: wire.Contact) -> tuple[str, ...]:
    """The contact's own address, then those of its people who are to be written to; each once."""
    named = [row.email, *(person.email for person in row.persons or () if person.is_written_to)]
    addresses: dict[str, str] = {}
    for address in (_text(text) for text in named):
        if address:
            addresses.setdefault(address.lower(), address)
    return tuple(addresses.values())


def _phone(phones: Iterable[wire.Phone]) -> str | None:
    numbers = {phone.kind: _number(phone) for phone in phones}
    return next((numbers[kind] for kind in _PHONES_BEST_FIRST if numbers.get(kind)), None)


def _number(phone: wire.Phone) -> str:
    if not phone.number:
        return ""
    country = f"+{phone.country.lstrip('+')}" if phone.country else ""
    return " ".join(_text(part) for part in (country, phone.area, phone.number) if part)


def _due_on(row: wire.Invoice, state: InvoiceState, issued_on: date, what: str) -> date:
    # Only what is not open may lack a due date: a draft often does.
    if row.due_on is None and state is not InvoiceState.OPEN:
        return issued_on
    return _day(row.due_on, what, "due date")


def _text(text: str | None, otherwise: str = "") -> str:
    """What a person wrote, without NUL, which no PostgreSQL text can hold."""
    return (text or "").replace("\0", "").strip() or otherwise


def _present(text: str | None, what: str, part: str) -> str:
    """An id, in the one spelling the mirror derives its own ids from."""
    known = _text(text)
    if not known:
        raise Senseless(f"{what} has no {part}.")
    return known.lower()


def _currency(text: str | None, what: str) -> str:
    if not text or len(text) != 3 or not text.isalpha():
        raise Senseless(f"{what} has no currency.")
    return text.upper()


def _not_negative(amount: Decimal | None, what: str, part: str) -> Decimal:
    if amount is None:
        raise Senseless(f"{what} has no {part}.")
    if not amount.is_finite() or not 0 <= amount < _BEYOND_BELIEF:
        raise Senseless(f"{what} has an impossible {part}.")
    return amount


def _day(text: str | None, what: str, part: str) -> date:
    return _understood(day, text, what, part)


def _moment(text: str | None, what: str) -> datetime:
    return _understood(moment, text, what, "time of change")


def _understood(read: Callable[[str], _T], text: str | None, what: str, part: str) -> _T:
    if not text:
        raise Senseless(f"{what} has no {part}.")
    try:
        return read(text)
    except (ValueError, OverflowError):
        raise Senseless(f"{what} has an unreadable {part}.") from None
