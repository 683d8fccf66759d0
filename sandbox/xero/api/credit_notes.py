"""Allocating credit notes to invoices."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

from flask import request

from sandbox.xero.api.door import Caller, Door
from sandbox.xero.api.elements import Element, Plan, amount_in, carried_out, date_in, elements, part_in
from sandbox.xero.api.references import invoice_in
from sandbox.xero.api.refusals import not_found
from sandbox.xero.books import crediting, rules
from sandbox.xero.books.books import Books
from sandbox.xero.books.records import CreditNote
from sandbox.xero.wire import embedded
from sandbox.xero.wire.embedded import Shape


def add_routes(door: Door) -> None:
    """PUT /CreditNotes/<id>/Allocations."""

    @door.route("/CreditNotes/<identity>/Allocations", "PUT", "POST")
    def allocate(caller: Caller, identity: str) -> dict[str, Any]:
        note = caller.books.credit_notes.get(identity.lower())
        if note is None:
            raise not_found()
        spoken_for: dict[str, Decimal] = defaultdict(Decimal)
        plans = [_plan(caller.books, note, e, spoken_for) for e in elements(request, "Allocations")]
        return {"Allocations": carried_out(request, plans, "AllocationID")}


def _plan(books: Books, note: CreditNote, element: Element, spoken_for: dict[str, Decimal]) -> Plan:
    """Earlier allocations of the call count against the note and the invoices of later ones."""
    problems: list[str] = []
    invoice = invoice_in(books, part_in(element, "Invoice"), problems)
    amount = amount_in(element, "Amount", problems)
    day = date_in(element, "Date", problems) or books.today()
    if amount is None and not problems:
        problems.append(rules.NOT_POSITIVE)
    if invoice is None or amount is None:
        return Plan(element, problems)
    taken, on_invoice = sum(spoken_for.values(), Decimal(0)), spoken_for[invoice.id]
    problems += crediting.objections(books, note, invoice, amount, day)
    if not problems and amount > note.remaining - taken:
        problems.append(crediting.TOO_MUCH_FOR_NOTE)
    if not problems and amount > invoice.amount_due - on_invoice:
        problems.append(crediting.TOO_MUCH_FOR_INVOICE)
    if problems:
        return Plan(element, problems)
    spoken_for[invoice.id] += amount

    def book() -> Shape:
        return embedded.allocation(crediting.allocate(books, note, invoice, amount, day))

    return Plan(element, book=book)
