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
from sandbox.xero.api.line_items import line_amount_types_in, lines_in, total_objections
from sandbox.xero.api.references import account_in, contact_in, contact_or_new
from sandbox.xero.api.refusals import invalid_because, not_found
from sandbox.xero.books import rules
from sandbox.xero.books.books import Books
from sandbox.xero.books.records import ONE, BankTransaction
from sandbox.xero.wire.rendering import shape_of
from sandbox.xero.wire.shapes import Depth, Shape

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
    kind = text_in(element, "Type")
    if kind not in TYPES:
        problems.append(WRONG_TYPE)
    contact_in(books, part_in(element, "Contact"), problems)
    account = account_in(books, part_in(element, "BankAccount"), problems)
    if account is not None:
        problems += rules.archived(account) if account.type == "BANK" else [NOT_A_BANK]
    day = date_in(element, "Date", problems) or books.today()
    line_amount_types = line_amount_types_in(element, problems)
    lines = lines_in(books, element, problems)
    problems += total_objections(lines) + rules.locked(books, day)
    rate = amount_in(element, "CurrencyRate", problems)
    if problems or account is None:
        return Plan(element, problems)

    currency = account.currency or books.base_currency
    known_rate = ONE if currency == books.base_currency else rate or books.rates.get(currency, ONE)

    def book() -> Shape:
        record = BankTransaction(
            id=books.new_id(),
            type=str(kind),
            contact=contact_or_new(books, part_in(element, "Contact")),
            account=account,
            issued=day,
            currency=currency,
            rate=known_rate,
            lines=lines,
            line_amount_types=line_amount_types,
            reference=text_in(element, "Reference") or "",
            is_reconciled=element.get("IsReconciled") is True,
            updated=books.moment(),
        )
        books.bank_transactions[record.id] = record
        books.touch(record, created=True)
        books.note(record.id, "Created", f"{record.type.capitalize()} money of {record.total} created")
        return shape_of(record, Depth.SINGLE, books)

    return Plan(element, book=book)
