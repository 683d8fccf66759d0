"""Transfers between the organisation's own bank accounts (Xero-OpenAPI; deleting them since 16.1.0)."""

from typing import Any

from flask import request

from sandbox.companies.amounts import rounded
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
from sandbox.xero.api.references import account_in
from sandbox.xero.api.refusals import invalid_because, not_found
from sandbox.xero.books import rules
from sandbox.xero.books.books import Books
from sandbox.xero.books.records import BankTransfer
from sandbox.xero.wire.embedded import Shape
from sandbox.xero.wire.rendering import shape_of
from sandbox.xero.wire.shapes import Depth

ONLY_DELETION = "Bank transfers can only be deleted, not changed"  # assumed


def add_routes(door: Door) -> None:
    """PUT /BankTransfers, POST /BankTransfers and /BankTransfers/<id> with Status DELETED."""

    @door.route("/BankTransfers", "PUT")
    def create_bank_transfers(caller: Caller) -> dict[str, Any]:
        plans = [_plan(caller.books, element) for element in elements(request, "BankTransfers")]
        return {"BankTransfers": carried_out(request, plans, "BankTransferID")}

    @door.route("/BankTransfers", "POST")
    def delete_bank_transfers(caller: Caller) -> dict[str, Any]:
        plans = [
            _deletion(caller.books, element, text_in(element, "BankTransferID") or "")
            for element in elements(request, "BankTransfers")
        ]
        return {"BankTransfers": carried_out(request, plans, "BankTransferID")}

    @door.route("/BankTransfers/<identity>", "POST")
    def delete_bank_transfer(caller: Caller, identity: str) -> dict[str, Any]:
        if identity.lower() not in caller.books.bank_transfers:
            raise not_found()
        plan = _deletion(caller.books, elements(request, "BankTransfers")[0], identity)
        if plan.problems:
            raise invalid_because(plan.problems[0])
        return {"BankTransfers": carried_out(request, [plan], "BankTransferID")}


def _plan(books: Books, element: Element) -> Plan:
    problems: list[str] = []
    record = _record(books, element, problems)
    if record is not None:
        problems += _objections(books, record)
    if problems or record is None:
        return Plan(element, problems)

    def book() -> Shape:
        books.bank_transfers[record.id] = record
        books.touch(record, created=True)
        return shape_of(record, Depth.SINGLE, books)

    return Plan(element, book=book)


def _record(books: Books, element: Element, problems: list[str]) -> BankTransfer | None:
    source = account_in(books, part_in(element, "FromBankAccount"), problems)
    target = account_in(books, part_in(element, "ToBankAccount"), problems)
    amount = amount_in(element, "Amount", problems)
    day = date_in(element, "Date", problems) or books.today()
    if amount is None and not problems:
        problems.append(rules.NOT_POSITIVE)
    if source is None or target is None or amount is None:
        return None
    moment = books.moment()
    return BankTransfer(
        id=books.new_id(),
        source=source,
        target=target,
        amount=rounded(amount),
        moved=day,
        created=moment,
        updated=moment,
        reference=text_in(element, "Reference") or "",
        is_reconciled=element.get("FromIsReconciled") is True,
    )


def _objections(books: Books, record: BankTransfer) -> list[str]:
    accounts = (record.source, record.target)
    checks = (
        (record.amount <= 0, rules.NOT_POSITIVE),
        (any(account.type != "BANK" for account in accounts), rules.NOT_A_BANK),
        (record.source is record.target, rules.SAME_ACCOUNT),
        (record.source.currency != record.target.currency, rules.TRANSFER_CURRENCIES),
    )
    found = [words for wrong, words in checks if wrong]
    archived = [words for account in accounts for words in rules.archived(account)]
    return found + archived + rules.locked(books, record.moved)


def _deletion(books: Books, element: Element, identity: str) -> Plan:
    record = books.bank_transfers.get(identity.lower())
    if record is None:
        return Plan(element, [rules.NOT_FOUND])
    problems = rules.edit_locked(books, record.moved)
    if element.get("Status") != "DELETED":
        problems.append(ONLY_DELETION)
    if record.is_reconciled:
        problems.append(rules.RECONCILED)
    if problems:
        return Plan(element, problems)

    def delete() -> Shape:
        record.status = "DELETED"
        books.touch(record)
        return shape_of(record, Depth.SINGLE, books)

    return Plan(element, book=delete)
