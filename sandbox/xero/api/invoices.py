"""Raising and changing invoices: as much of it as edits from outside need."""

from datetime import timedelta
from typing import Any

from flask import request

from sandbox.xero.api.door import Caller, Door
from sandbox.xero.api.elements import Element, Plan, carried_out, date_in, elements, part_in, text_in
from sandbox.xero.api.line_items import line_amount_types_in, lines_in
from sandbox.xero.api.reading import found_invoice
from sandbox.xero.api.references import contact_in
from sandbox.xero.books import invoicing, rules
from sandbox.xero.books.books import Books
from sandbox.xero.books.records import Invoice
from sandbox.xero.wire.embedded import Shape
from sandbox.xero.wire.rendering import shape_of
from sandbox.xero.wire.shapes import Depth

TYPES = ("ACCREC", "ACCPAY")
WRONG_TYPE = "Type must be ACCREC or ACCPAY"  # assumed
NO_CONTACT_CHANGE = "The contact of an invoice cannot be changed here"  # not modelled
DEFAULT_TERMS = timedelta(days=30)


def add_routes(door: Door) -> None:
    """PUT and POST /Invoices, POST /Invoices/<id or number>."""

    @door.route("/Invoices", "PUT", "POST")
    def save_invoices(caller: Caller) -> dict[str, Any]:
        numbers: set[str] = set()
        plans = [_plan(caller.books, element, numbers) for element in elements(request, "Invoices")]
        return {"Invoices": carried_out(request, plans, "InvoiceID")}

    @door.route("/Invoices/<identity>", "POST")
    def save_invoice(caller: Caller, identity: str) -> dict[str, Any]:
        invoice = found_invoice(caller, identity)
        plans = [_plan_change(caller.books, invoice, e) for e in elements(request, "Invoices")[:1]]
        return {"Invoices": carried_out(request, plans, "InvoiceID")}


def _plan(books: Books, element: Element, numbers: set[str]) -> Plan:
    """`numbers` are those that earlier elements of the call have taken."""
    identity = text_in(element, "InvoiceID")
    if request.method == "POST" and identity:
        invoice = books.invoices.get(identity.lower())
        return _plan_change(books, invoice, element) if invoice else Plan(element, [rules.NOT_FOUND])
    number = text_in(element, "InvoiceNumber")
    existing = books.sales_by_number.get(number) if number else None
    if existing and request.method == "POST":
        return _plan_change(books, existing, element)
    return _plan_new(books, element, numbers)


def _plan_new(books: Books, element: Element, numbers: set[str]) -> Plan:
    problems: list[str] = []
    invoice = _new(books, element, problems)
    if invoice is not None:
        problems += [] if invoice.type in TYPES else [WRONG_TYPE]
        problems += invoicing.objections_to_new(books, invoice)
        problems += [rules.NUMBER_TAKEN] if invoice.type == "ACCREC" and invoice.number in numbers else []
    if problems or invoice is None:
        return Plan(element, problems)
    numbers |= {invoice.number} - {""}

    def book() -> Shape:
        invoicing.add(books, invoice)
        return shape_of(invoice, Depth.SINGLE, books)

    return Plan(element, book=book)


def _new(books: Books, element: Element, problems: list[str]) -> Invoice | None:
    """The invoice that the element asks for; None if it does not even say for whom."""
    contact = contact_in(books, part_in(element, "Contact"), problems)
    lines = lines_in(books, element, problems)
    line_amount_types = line_amount_types_in(element, problems)
    issued = date_in(element, "Date", problems) or books.today()
    due = date_in(element, "DueDate", problems) or issued + DEFAULT_TERMS
    currency = text_in(element, "CurrencyCode") or books.base_currency
    if contact is None:
        return None
    return Invoice(
        id=books.new_id(),
        type=text_in(element, "Type") or "",
        number=text_in(element, "InvoiceNumber") or "",
        contact=contact,
        issued=issued,
        due=due,
        currency=currency,
        rate=books.rate(currency),
        lines=lines,
        line_amount_types=line_amount_types,
        status=text_in(element, "Status") or "DRAFT",
        reference=text_in(element, "Reference") or "",
        sent=element.get("SentToContact") is True,
        url=text_in(element, "Url") or "",
        updated=books.moment(),
    )


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
    contact = part_in(element, "Contact")
    if contact and contact_in(books, contact, []) is not invoice.contact:
        problems.append(NO_CONTACT_CHANGE)
    if changes.get("due", invoice.due) < changes.get("issued", invoice.issued):
        problems.append(rules.DUE_BEFORE_ISSUED)
    return changes
