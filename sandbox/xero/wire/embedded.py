"""How records look inside other records: shorter than on their own."""

from decimal import Decimal
from typing import Any

from sandbox.companies.amounts import ZERO, line_amount, tax
from sandbox.companies.company import Line
from sandbox.xero.books.records import Account, Allocation, Document, Invoice, Payment
from sandbox.xero.wire.dates import date_string, written_date

Shape = dict[str, Any]
FOUR_PLACES = Decimal("0.0001")
SIX_PLACES = Decimal("0.000001")


def allocation(record: Allocation) -> Shape:
    return {
        "AllocationID": record.id,
        "Amount": record.amount,
        "Date": written_date(record.allocated),
        "Invoice": {"InvoiceID": record.invoice.id, "InvoiceNumber": record.invoice.number},
        "IsDeleted": False,
    }


def account_reference(record: Account) -> Shape:
    return {"AccountID": record.id, "Code": record.code, "Name": record.name}


def contact_reference(document: Document) -> Shape:
    """The contact on a listed document: its name and nothing to write to."""
    return {
        "ContactID": document.contact.id,
        "Name": document.contact.name,
        "Addresses": [],
        "Phones": [],
        "ContactGroups": [],
        "ContactPersons": [],
        "HasValidationErrors": False,
    }


def lines(document: Document) -> list[Shape]:
    return [_line(document, place, line) for place, line in enumerate(document.lines)]


def _line(document: Document, place: int, line: Line) -> Shape:
    return {
        "LineItemID": f"{document.id[:-4]}{place:04x}",
        "Description": line.description,
        "Quantity": line.quantity.quantize(FOUR_PLACES),
        "UnitAmount": line.unit_amount.quantize(ZERO),
        "LineAmount": line_amount(line),
        "AccountCode": line.account,
        "TaxType": line.tax_type,
        "TaxAmount": tax(line, document.line_amount_types),
        "Tracking": [],
    }


def payment_on_invoice(record: Payment) -> Shape:
    return {
        "PaymentID": record.id,
        "Date": written_date(record.paid),
        "Amount": record.amount,
        "Reference": record.reference,
        "CurrencyRate": record.rate.quantize(SIX_PLACES),
        "HasAccount": False,
        "HasValidationErrors": False,
    }


def credit_on_invoice(record: Allocation) -> Shape:
    return {
        "CreditNoteID": record.credit_note.id,
        "CreditNoteNumber": record.credit_note.number,
        "ID": record.credit_note.id,
        "AppliedAmount": record.amount,
        "Total": record.credit_note.total,
        "Date": written_date(record.allocated),
        "DateString": date_string(record.allocated),
        "LineItems": [],
        "HasErrors": False,
    }


def invoice_reference(record: Invoice) -> Shape:
    return {
        "Type": record.type,
        "InvoiceID": record.id,
        "InvoiceNumber": record.number,
        "CurrencyCode": record.currency,
        "Contact": {"ContactID": record.contact.id, "Name": record.contact.name},
        "Payments": [],
        "CreditNotes": [],
        "Prepayments": [],
        "Overpayments": [],
        "LineItems": [],
        "IsDiscounted": False,
        "HasErrors": False,
    }
