"""Money spent and received without an invoice; card fees are booked this way.

Modelled are SPEND and RECEIVE. The currency is the bank account's. References need not be unique.
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
from sandbox.xero.wire.embedded import Shape
from sandbox.xero.wire.rendering import shape_of
from sandbox.xero.wire.shapes import Depth

TYPES = ("SPEND", "RECEIVE")
WRONG_TYPE = "Type must be SPEND or RECEIVE"  # assumed
NOT_A_BANK = "The bank account must be an account of type BANK"  # assumed
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
        problems = rules.edit_locked(caller.books, record.issued)
        if problems:
            raise invalid_because(problems[0])
        record.status = "DELETED"
        caller.books.touch(record)
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
        books.touch(record, created=True)
        books.note(record.id, "Created", f"{record.type.capitalize()} money of {record.total} created")
        return shape_of(record, Depth.SINGLE, books)

    return Plan(element, book=book)


def _record(books: Books, element: Element, problems: list[str]) -> BankTransaction | None:
    """What the element asks for; None if it does not even say from whom or through which account."""
    contact = contact_in(books, part_in(element, "Contact"), problems)
    account = account_in(books, part_in(element, "BankAccount"), problems)
    lines = lines_in(books, element, problems)
    line_amount_types = line_amount_types_in(element, problems)
    day = date_in(element, "Date", problems) or books.today()
    rate = amount_in(element, "CurrencyRate", problems)
    if contact is None or account is None:
        return None
    currency = account.currency or books.base_currency
    return BankTransaction(
        id=books.new_id(),
        type=text_in(element, "Type") or "",
        contact=contact,
        account=account,
        issued=day,
        currency=currency,
        rate=rate if rate and currency != books.base_currency else books.rate(currency),
        lines=lines,
        line_amount_types=line_amount_types,
        reference=text_in(element, "Reference") or "",
        is_reconciled=element.get("IsReconciled") is True,
        updated=books.moment(),
    )


def _objections(books: Books, record: BankTransaction) -> list[str]:
    checks = (
        (record.type not in TYPES, WRONG_TYPE),
        (record.contact.status != "ACTIVE", rules.CONTACT_ARCHIVED),
        (record.account.type != "BANK", NOT_A_BANK),
        (record.total < 0, rules.NEGATIVE_TOTAL),
    )
    found = [words for wrong, words in checks if wrong]
    return found + rules.archived(record.account) + rules.locked(books, record.issued)
