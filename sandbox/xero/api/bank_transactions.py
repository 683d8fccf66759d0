"""Money spent and received without an invoice; card fees and overpayments are booked this way.

Modelled are SPEND, RECEIVE and RECEIVE-OVERPAYMENT. The currency is the bank account's. References need not be unique,
and only the first two types keep any (Xero-OpenAPI, BankTransaction).
"""

from typing import Any

from flask import request

from sandbox.xero.api.door import Caller, Door
from sandbox.xero.api.elements import (
    Element,
    Plan,
    amount_in,
    carried_out,
    date_in,
    elements,
    part_in,
    text_in,
)
from sandbox.xero.api.line_items import line_amount_types_in, lines_in
from sandbox.xero.api.references import account_in, contact_in
from sandbox.xero.api.refusals import invalid_because, not_found
from sandbox.xero.books import rules
from sandbox.xero.books.books import Books
from sandbox.xero.books.records import BankTransaction
from sandbox.xero.books.unapplied import Overpayment
from sandbox.xero.wire.embedded import Shape
from sandbox.xero.wire.rendering import shape_of
from sandbox.xero.wire.shapes import Depth

OVERPAYMENT = "RECEIVE-OVERPAYMENT"
WITH_REFERENCE = ("SPEND", "RECEIVE")
TYPES = (*WITH_REFERENCE, OVERPAYMENT)
WRONG_TYPE = f"Type must be one of {', '.join(TYPES)}"  # assumed
ONLY_DELETION = "Only Status DELETED is modelled for an existing bank transaction"


def add_routes(door: Door) -> None:
    """PUT and POST /BankTransactions, POST /BankTransactions/<id> with Status DELETED."""

    @door.route("/BankTransactions", "PUT", "POST")
    def create_bank_transactions(caller: Caller) -> dict[str, Any]:
        plans = [_plan(caller.books, element) for element in elements(request, "BankTransactions")]
        return {"BankTransactions": carried_out(request, plans, "BankTransactionID")}

    @door.route("/BankTransactions/<identity>", "POST")
    def delete_bank_transaction(caller: Caller, identity: str) -> dict[str, Any]:
        record = caller.books.bank_transactions.get(identity.lower())
        if record is None:
            raise not_found()
        if elements(request, "BankTransactions")[0].get("Status") != "DELETED":
            raise invalid_because(ONLY_DELETION)
        problems = rules.edit_locked(caller.books, record.issued) + _held(caller.books, record)
        if problems:
            raise invalid_because(problems[0])
        _delete(caller.books, record)
        return {"BankTransactions": [shape_of(record, Depth.SINGLE, caller.books)]}


def _plan(books: Books, element: Element) -> Plan:
    problems: list[str] = []
    record = _record(books, element, problems)
    if record is not None:
        problems += _objections(books, record)
    if problems or record is None:
        return Plan(element, problems)

    def book() -> Shape:
        record.contact = books.enter_contact(record.contact)
        books.bank_transactions[record.id] = record
        if record.type == OVERPAYMENT:
            _give_credit(books, record)
        books.touch(record, created=True)
        books.note(record.id, "Created", f"{record.type.capitalize()} money of {record.total} created")
        return shape_of(record, Depth.SINGLE, books)

    return Plan(element, book=book)


def _record(books: Books, element: Element, problems: list[str]) -> BankTransaction | None:
    """What the element asks for; None if it does not even say from whom or through which account."""
    contact = contact_in(books, part_in(element, "Contact"), problems)
    account = account_in(books, part_in(element, "BankAccount"), problems)
    kind = text_in(element, "Type") or ""
    lines = lines_in(books, _owed_from_debtors(books, element) if kind == OVERPAYMENT else element, problems)
    line_amount_types = line_amount_types_in(element, problems)
    day = date_in(element, "Date", problems) or books.today()
    rate = amount_in(element, "CurrencyRate", problems)
    if contact is None or account is None:
        return None
    currency = account.currency or books.base_currency
    return BankTransaction(
        id=books.new_id(),
        type=kind,
        contact=contact,
        account=account,
        issued=day,
        currency=currency,
        rate=rate if rate and currency != books.base_currency else books.rate(currency),
        lines=lines,
        line_amount_types=line_amount_types,
        reference=(text_in(element, "Reference") or "") if kind in WITH_REFERENCE else "",
        is_reconciled=element.get("IsReconciled") is True,
        updated=books.moment(),
    )


def _objections(books: Books, record: BankTransaction) -> list[str]:
    checks = (
        (record.type not in TYPES, WRONG_TYPE),
        (record.contact.status != "ACTIVE", rules.CONTACT_ARCHIVED),
        (record.account.type != "BANK", rules.NOT_A_BANK),
        (record.total < 0, rules.NEGATIVE_TOTAL),
    )
    found = [words for wrong, words in checks if wrong]
    return found + rules.archived(record.account) + rules.locked(books, record.issued)


def _owed_from_debtors(books: Books, element: Element) -> Element:
    """The lines of an overpayment name no account: Xero takes accounts receivable."""
    debtors = next((a.code for a in books.accounts.values() if a.system == "DEBTORS"), "")
    items = element.get("LineItems")
    if not isinstance(items, list):
        return element
    named = {"AccountCode": debtors, "TaxType": "NONE"}
    return {**element, "LineItems": [{**i, **named} if isinstance(i, dict) else i for i in items]}


def _give_credit(books: Books, record: BankTransaction) -> None:
    credit = Overpayment(
        id=books.new_id(),
        contact=record.contact,
        total=record.total,
        currency=record.currency,
        received=record.issued,
        updated=books.moment(),
    )
    books.overpayments[credit.id] = credit
    record.overpayment_id = credit.id
    books.touch(credit, created=True)


def _held(books: Books, record: BankTransaction) -> list[str]:
    """Why a bank transaction cannot be deleted."""
    credit = books.overpayments.get(record.overpayment_id or "")
    checks = (
        (record.is_reconciled, rules.RECONCILED),
        (credit is not None and credit.remaining != credit.total, rules.USED),
    )
    return [words for wrong, words in checks if wrong]


def _delete(books: Books, record: BankTransaction) -> None:
    """Deleting an overpayment's bank transaction voids the overpayment (assumed)."""
    record.status = "DELETED"
    books.touch(record)
    if credit := books.overpayments.get(record.overpayment_id or ""):
        credit.status = "VOIDED"
        books.touch(credit)
