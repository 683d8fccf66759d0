"""Companies as JSON files; `README.md` beside this file documents the format."""

from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

import msgspec

from sandbox.companies.checks import problems
from sandbox.companies.company import Company, CreditNote, Invoice
from sandbox.companies.errors import UnusableCompanyError

V = TypeVar("V", bound=msgspec.Struct)


def dumped(company: Company) -> bytes:
    """The company as indented JSON, amounts as strings."""
    return msgspec.json.format(msgspec.json.encode(company), indent=1) + b"\n"


def parsed(text: bytes, today: date) -> Company:
    """Read a company and, if it says `as_of`, move its dates so that this day is `today`.

    Raises UnusableCompanyError with every problem found.
    """
    try:
        company = msgspec.json.decode(text, type=Company)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UnusableCompanyError([f"The file is not a company: {error}."]) from None
    found = problems(company)
    if found:
        raise UnusableCompanyError(found)
    return moved(company, today)


def save(company: Company, path: Path) -> None:
    path.write_bytes(dumped(company))


def moved(company: Company, today: date) -> Company:
    """The same company some days later or earlier: `as_of` becomes `today` and every date follows."""
    if company.as_of is None or company.as_of == today:
        return company
    by = today - company.as_of
    return msgspec.structs.replace(
        company,
        as_of=today,
        period_lock_date=company.period_lock_date and company.period_lock_date + by,
        end_of_year_lock_date=company.end_of_year_lock_date and company.end_of_year_lock_date + by,
        contacts=tuple(_shifted(contact, by, "updated") for contact in company.contacts),
        invoices=tuple(_moved_invoice(invoice, by) for invoice in company.invoices),
        credit_notes=tuple(_moved_note(note, by) for note in company.credit_notes),
    )


def _moved_invoice(invoice: Invoice, by: timedelta) -> Invoice:
    payments = tuple(_shifted(payment, by, "paid") for payment in invoice.payments)
    invoice = _shifted(invoice, by, "issued", "due", "updated")
    return msgspec.structs.replace(invoice, payments=payments)


def _moved_note(note: CreditNote, by: timedelta) -> CreditNote:
    allocations = tuple(_shifted(allocation, by, "allocated") for allocation in note.allocations)
    note = _shifted(note, by, "issued", "updated")
    return msgspec.structs.replace(note, allocations=allocations)


def _shifted(value: V, by: timedelta, *fields: str) -> V:
    present = {name: getattr(value, name) for name in fields}
    return msgspec.structs.replace(value, **{name: old and old + by for name, old in present.items()})
