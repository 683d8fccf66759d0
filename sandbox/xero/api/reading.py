"""Lists and single records."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, request

from sandbox.pdf import one_page
from sandbox.xero.api.door import PDF, Caller, Door, wants_pdf
from sandbox.xero.api.refusals import not_found
from sandbox.xero.books.records import (
    Account,
    BankTransaction,
    BankTransfer,
    Contact,
    CreditNote,
    Invoice,
    Payment,
)
from sandbox.xero.books.unapplied import Overpayment, Prepayment
from sandbox.xero.query.listing import selected, wanted
from sandbox.xero.query.order import in_order
from sandbox.xero.wire import party_shapes, tax_shapes
from sandbox.xero.wire.rendering import Record, rendered
from sandbox.xero.wire.shapes import Depth

Choices = Mapping[str, Callable[[Any], str]]
DRIFTED_CLASS = "CONSTELLATION"
INVOICE_CHOICES: Choices = {
    "IDs": lambda r: str(r.id),
    "InvoiceNumbers": lambda r: str(r.number),
    "ContactIDs": lambda r: str(r.contact.id),
    "Statuses": lambda r: str(r.status),
}
CONTACT_CHOICES: Choices = {"IDs": lambda r: str(r.id)}


def add_routes(door: Door) -> None:
    """GET on every collection that is modelled, and on single records."""
    _add_lists(door)
    _add_singles(door)
    _add_single_money(door)

    @door.route("/Organisation", "GET")
    def organisation(caller: Caller) -> dict[str, Any]:
        plan = DRIFTED_CLASS if caller.drift else party_shapes.ORGANISATION_CLASS
        return {"Organisations": [party_shapes.organisation(caller.books, plan)]}

    @door.route("/TaxRates", "GET")
    def tax_rates(caller: Caller) -> dict[str, Any]:  # noqa: ARG001 (every organisation here is British)
        return {"TaxRates": tax_shapes.tax_rates()}

    @door.route("/Invoices/<identity>/OnlineInvoice", "GET")
    def online_invoice(caller: Caller, identity: str) -> dict[str, Any]:
        invoice = found_invoice(caller, identity)
        if invoice.type != "ACCREC" or invoice.status in {"DRAFT", "SUBMITTED", "DELETED"}:
            raise not_found()
        url = f"{caller.state.settings.public_url}/xero/online/{invoice.id}"
        return {"OnlineInvoices": [{"OnlineInvoiceUrl": url}]}


def _add_lists(door: Door) -> None:
    @door.route("/Accounts", "GET")
    def accounts(caller: Caller) -> dict[str, Any]:
        return _listed(caller, Account, "Accounts", {}, paged=False)

    @door.route("/Contacts", "GET")
    def contacts(caller: Caller) -> dict[str, Any]:
        return _listed(caller, Contact, "Contacts", CONTACT_CHOICES)

    @door.route("/Invoices", "GET")
    def invoices(caller: Caller) -> dict[str, Any]:
        return _listed(caller, Invoice, "Invoices", INVOICE_CHOICES)

    @door.route("/CreditNotes", "GET")
    def credit_notes(caller: Caller) -> dict[str, Any]:
        return _listed(caller, CreditNote, "CreditNotes", {})

    @door.route("/Payments", "GET")
    def payments(caller: Caller) -> dict[str, Any]:
        return _listed(caller, Payment, "Payments", {})

    @door.route("/Overpayments", "GET")
    def overpayments(caller: Caller) -> dict[str, Any]:
        return _listed(caller, Overpayment, "Overpayments", {})

    @door.route("/Prepayments", "GET")
    def prepayments(caller: Caller) -> dict[str, Any]:
        return _listed(caller, Prepayment, "Prepayments", {})

    @door.route("/BankTransactions", "GET")
    def bank_transactions(caller: Caller) -> dict[str, Any]:
        return _listed(caller, BankTransaction, "BankTransactions", {})

    @door.route("/BankTransfers", "GET")
    def bank_transfers(caller: Caller) -> dict[str, Any]:
        return _listed(caller, BankTransfer, "BankTransfers", {}, paged=False)


def _add_singles(door: Door) -> None:
    @door.route("/Accounts/<identity>", "GET")
    def account(caller: Caller, identity: str) -> dict[str, Any]:
        return _single(caller, "Accounts", caller.books.accounts.get(identity.lower()))

    @door.route("/Contacts/<identity>", "GET")
    def contact(caller: Caller, identity: str) -> dict[str, Any]:
        return _single(caller, "Contacts", caller.books.contacts.get(identity.lower()))

    @door.route("/Invoices/<identity>", "GET")
    def invoice(caller: Caller, identity: str) -> dict[str, Any] | Response:
        found = found_invoice(caller, identity)
        if wants_pdf():
            return Response(
                one_page(["TAX INVOICE", found.number, found.contact.name]), 200, content_type=PDF
            )
        return _single(caller, "Invoices", found)

    @door.route("/CreditNotes/<identity>", "GET")
    def credit_note(caller: Caller, identity: str) -> dict[str, Any]:
        notes = caller.books.credit_notes
        found = notes.get(identity.lower()) or next((n for n in notes.values() if n.number == identity), None)
        return _single(caller, "CreditNotes", found)


def _add_single_money(door: Door) -> None:
    @door.route("/Payments/<identity>", "GET")
    def payment(caller: Caller, identity: str) -> dict[str, Any]:
        return _single(caller, "Payments", caller.books.payments.get(identity.lower()))

    @door.route("/Overpayments/<identity>", "GET")
    def overpayment(caller: Caller, identity: str) -> dict[str, Any]:
        return _single(caller, "Overpayments", caller.books.overpayments.get(identity.lower()))

    @door.route("/Prepayments/<identity>", "GET")
    def prepayment(caller: Caller, identity: str) -> dict[str, Any]:
        return _single(caller, "Prepayments", caller.books.prepayments.get(identity.lower()))

    @door.route("/BankTransactions/<identity>", "GET")
    def bank_transaction(caller: Caller, identity: str) -> dict[str, Any]:
        found = caller.books.bank_transactions.get(identity.lower())
        return _single(caller, "BankTransactions", found)

    @door.route("/BankTransfers/<identity>", "GET")
    def bank_transfer(caller: Caller, identity: str) -> dict[str, Any]:
        return _single(caller, "BankTransfers", caller.books.bank_transfers.get(identity.lower()))


def found_invoice(caller: Caller, identity: str) -> Invoice:
    """By id or number; 404 if there is none."""
    found = caller.books.invoice(identity)
    if found is None:
        raise not_found()
    return found


def _listed(
    caller: Caller, kind: type, collection: str, choices: Choices, *, paged: bool = True
) -> dict[str, Any]:
    listing = wanted(request, kind, choices, paged=paged)
    candidates = in_order(caller.books, kind, listing.order, listing.descending)
    if kind is Contact and request.args.get("includeArchived", "").lower() != "true":
        candidates = [contact for contact in candidates if contact.status != "ARCHIVED"]
    if kind is BankTransfer and request.args.get("includeDeleted", "").lower() != "true":
        candidates = [transfer for transfer in candidates if transfer.status != "DELETED"]
    records, pagination = selected(listing, candidates)
    shown = [rendered(record, listing.depth, caller.books, drift=caller.drift) for record in records]
    return {**pagination, collection: shown}


def _single(caller: Caller, collection: str, record: Record | None) -> dict[str, Any]:
    if record is None:
        raise not_found()
    return {collection: [rendered(record, Depth.SINGLE, caller.books, drift=caller.drift)]}
