"""History and notes of documents: read them, and add notes of up to 250 characters."""

from collections.abc import Mapping
from typing import Any

from flask import request

from sandbox.xero.api.door import Caller, Door
from sandbox.xero.api.elements import elements, text_in
from sandbox.xero.api.refusals import invalid_because, not_found
from sandbox.xero.books import rules
from sandbox.xero.wire import shapes

LONGEST_NOTE = 250
TOO_LONG = f"Details must be {LONGEST_NOTE} characters or fewer"  # assumed
NO_DETAILS = "Details is required"  # assumed


def add_routes(door: Door) -> None:
    """GET and PUT (POST means the same) /<documents>/<id>/History."""

    @door.route("/<documents>/<identity>/History", "GET")
    def read_history(caller: Caller, documents: str, identity: str) -> dict[str, Any]:
        document_id = _document(caller, documents, identity)
        return {
            "HistoryRecords": [shapes.history_record(r) for r in reversed(caller.books.history[document_id])]
        }

    @door.route("/<documents>/<identity>/History", "PUT", "POST")
    def add_notes(caller: Caller, documents: str, identity: str) -> dict[str, Any]:
        if documents == "Payments":
            # Xero's own example of a note on a payment is this refusal.
            raise invalid_because(rules.NOT_FOUND)
        document_id = _document(caller, documents, identity)
        notes = [text_in(element, "Details") or "" for element in elements(request, "HistoryRecords")]
        if not all(notes):
            raise invalid_because(NO_DETAILS)
        if any(len(note) > LONGEST_NOTE for note in notes):
            raise invalid_because(TOO_LONG)
        written = [caller.books.note(document_id, "Note", note) for note in notes]
        return {"HistoryRecords": [shapes.history_record(r) | {"ValidationErrors": []} for r in written]}


def _document(caller: Caller, documents: str, identity: str) -> str:
    """The id of a document that has a history; 404 if there is none."""
    books = caller.books
    by_endpoint: dict[str, Mapping[str, Any]] = {
        "Invoices": books.invoices,
        "CreditNotes": books.credit_notes,
        "Contacts": books.contacts,
        "BankTransactions": books.bank_transactions,
        "Payments": books.payments,
    }
    known = by_endpoint.get(documents, {})
    if identity.lower() in known:
        return identity.lower()
    numbered = books.invoice(identity) if documents == "Invoices" else None
    if numbered is None:
        raise not_found()
    return numbered.id
