"""Raising and changing invoices: as much of it as edits from outside need."""

from datetime import timedelta
from typing import Any

from flask import request

from sandbox.xero.api.door import Caller, Door
from sandbox.xero.api.elements import Element, Plan, carried_out, date_in, elements, part_in, text_in
from sandbox.xero.api.line_items import line_amount_types_in, lines_in, total_objections
from sandbox.xero.api.reading import found_invoice
from sandbox.xero.api.references import contact_in, contact_or_new
from sandbox.xero.books import invoicing, rules
from sandbox.xero.books.books import Books
from sandbox.xero.books.records import ONE, Invoice
from sandbox.xero.wire.rendering import shape_of
from sandbox.xero.wire.shapes import Depth, Shape

TYPES = ("ACCREC", "ACCPAY")
WRONG_TYPE = "Type must be ACCREC or ACCPAY"  # assumed
WRONG_STATUS = "A new invoice must be DRAFT, SUBMITTED or AUTHORISED"  # assumed
CURRENCY_UNKNOWN = "The organisation is not subscribed to currency"
DUE_BEFORE_ISSUED = "The due date cannot be before the invoice date"  # assumed
NO_CONTACT_CHANGE = "The contact of an invoice cannot be changed here"  # not modelled
DEFAULT_TERMS = timedelta(days=30)


def add_routes(door: Door) -> None:
    """PUT and POST /Invoices, POST /Invoices/<id or number>."""

    @door.route("/Invoices", "PUT", "POST")
    def save_invoices(caller: Caller) -> dict[str, Any]:
        plans = [_plan(caller.books, element) for element in elements(request, "Invoices")]
        return {"Invoices": carried_out(request, plans, "InvoiceID")}

    @door.route("/Invoices/<identity>", "POST")
    def save_invoice(caller: Caller, identity: str) -> dict[str, Any]:
        invoice = found_invoice(caller, identity)
        plans = [_plan_change(caller.books, invoice, e) for e in elements(request, "Invoices")[:1]]
        return {"Invoices": carried_out(request, plans, "InvoiceID")}


def _plan(books: Books, element: Element) -> Plan:
    identity = text_in(element, "InvoiceID")
    if request.method == "POST" and identity:
        invoice = books.invoices.get(identity.lower())
        return _plan_change(books, invoice, element) if invoice else Plan(element, [rules.NOT_FOUND])
    number = text_in(element, "InvoiceNumber")
    existing = books.sales_by_number.get(number) if number else None
    if existing and request.method == "POST":
        return _plan_change(books, existing, element)
    return _plan_new(books, element)


def _plan_new(books: Books, element: Element) -> Plan:
    problems: list[str] = []
    kind, status = text_in(element, "Type"), text_in(element, "Status") or "DRAFT"
    number = text_in(element, "InvoiceNumber") or ""
    if kind not in TYPES:
        problems.append(WRONG_TYPE)
    if status not in invoicing.OPEN_STATUSES:
        problems.append(WRONG_STATUS)
    if kind == "ACCREC" and number in books.sales_by_number:
        problems.append(rules.NUMBER_TAKEN)
    contact_in(books, part_in(element, "Contact"), problems)
    issued = date_in(element, "Date", problems) or books.today()
    due = date_in(element, "DueDate", problems) or issued + DEFAULT_TERMS
    currency = text_in(element, "CurrencyCode") or books.base_currency
    if currency != books.base_currency and currency not in books.rates:
        problems.append(f"{CURRENCY_UNKNOWN} {currency}")
    if due < issued:
        problems.append(DUE_BEFORE_ISSUED)
    line_amount_types = line_amount_types_in(element, problems)
    lines = lines_in(books, element, problems)
    problems += total_objections(lines) + rules.locked(books, issued)
    if problems:
        return Plan(element, problems)

    def book() -> Shape:
        invoice = Invoice(
            id=books.new_id(),
            type=str(kind),
            number=number or invoicing.next_number(books),
            contact=contact_or_new(books, part_in(element, "Contact")),
            issued=issued,
            due=due,
            currency=currency,
            rate=books.rates.get(currency, ONE),
            lines=lines,
            line_amount_types=line_amount_types,
            status=status,
            reference=text_in(element, "Reference") or "",
            sent=element.get("SentToContact") is True,
            url=text_in(element, "Url") or "",
            updated=books.moment(),
        )
        invoicing.add(books, invoice)
        return shape_of(invoice, Depth.SINGLE, books)

    return Plan(element, book=book)


def _plan_change(books: Books, invoice: Invoice, element: Element) -> Plan:
    problems: list[str] = []
    changes = _changes(books, invoice, element, problems)
    problems += invoicing.objections_to_change(books, invoice, changes)
    if problems:
        return Plan(element, problems)

    def book() -> Shape:
        invoicing.change(books, invoice, changes)
        return shape_of(invoice, Depth.SINGLE, books)

    return Plan(element, book=book)


def _changes(books: Books, invoice: Invoice, element: Element, problems: list[str]) -> dict[str, Any]:
    """The fields that the element names, by the record's names for them."""
    changes: dict[str, Any] = {}
    for name, field in (("Date", "issued"), ("DueDate", "due"), ("ExpectedPaymentDate", "expected")):
        if (day := date_in(element, name, problems)) is not None:
            changes[field] = day
    for name, field in (
        ("Status", "status"),
        ("Reference", "reference"),
        ("Url", "url"),
        ("InvoiceNumber", "number"),
    ):
        if (text := text_in(element, name)) is not None:
            changes[field] = text
    if isinstance(element.get("SentToContact"), bool):
        changes["sent"] = element["SentToContact"]
    if "LineItems" in element:
        changes["lines"] = lines_in(books, element, problems)
        problems += total_objections(changes["lines"])
    contact = part_in(element, "Contact")
    if contact and contact_in(books, contact, []) is not invoice.contact:
        problems.append(NO_CONTACT_CHANGE)
    if changes.get("due", invoice.due) < changes.get("issued", invoice.issued):
        problems.append(DUE_BEFORE_ISSUED)
    return changes
