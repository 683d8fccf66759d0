"""Booking payments and taking them back."""

from collections import defaultdict
from decimal import Decimal
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
from sandbox.xero.api.references import account_in, invoice_in
from sandbox.xero.api.refusals import invalid_because, not_found
from sandbox.xero.books import rules
from sandbox.xero.books.books import Books
from sandbox.xero.books.paying import PaymentOrder, account_objections, objections, pay, remove
from sandbox.xero.wire.embedded import Shape
from sandbox.xero.wire.rendering import shape_of
from sandbox.xero.wire.shapes import Depth

ONLY_DELETION = "Payments can only be deleted, not changed"  # assumed


def add_routes(door: Door) -> None:
    """PUT and POST /Payments, POST /Payments/<id> with Status DELETED."""

    @door.route("/Payments", "PUT", "POST")
    def create_payments(caller: Caller) -> dict[str, Any]:
        planner = _Planner(caller.books)
        plans = [planner.plan(element) for element in elements(request, "Payments")]
        return {"Payments": carried_out(request, plans, "PaymentID")}

    @door.route("/Payments/<identity>", "POST", "PUT")
    def delete_payment(caller: Caller, identity: str) -> dict[str, Any]:
        payment = caller.books.payments.get(identity.lower())
        if payment is None:
            raise not_found()
        if elements(request, "Payments")[0].get("Status") != "DELETED":
            raise invalid_because(ONLY_DELETION)
        problems = rules.edit_locked(caller.books, payment.paid)
        if problems:
            raise invalid_because(problems[0])
        try:
            remove(caller.books, payment)
        except rules.BooksRefuseError as refused:
            raise invalid_because(refused.messages[0]) from None
        return {"Payments": [shape_of(payment, Depth.SINGLE, caller.books)]}


class _Planner:
    """Plans the payments of one call; earlier ones count against what later ones can still take."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._spoken_for: dict[str, Decimal] = defaultdict(Decimal)

    def plan(self, element: Element) -> Plan:
        problems: list[str] = []
        order = self._order(element, problems)
        if order is None:
            return Plan(element, problems)
        problems += objections(self._books, order, self._spoken_for[order.invoice.id])
        if problems:
            return Plan(element, problems)
        self._spoken_for[order.invoice.id] += order.amount
        return Plan(element, book=lambda: self._book(order))

    def _order(self, element: Element, problems: list[str]) -> PaymentOrder | None:
        books = self._books
        invoice = invoice_in(books, part_in(element, "Invoice") or _flat_invoice(element), problems)
        account = account_in(books, part_in(element, "Account") or _flat_account(element), problems)
        amount = amount_in(element, "Amount", problems)
        if amount is None and not problems:
            problems.append(rules.NOT_POSITIVE)
        paid = date_in(element, "Date", problems) or books.today()
        rate = amount_in(element, "CurrencyRate", problems)
        bank_amount = amount_in(element, "BankAmount", problems)
        if invoice is None or account is None or amount is None:
            problems += account_objections(account) if account else []
            return None
        return PaymentOrder(
            invoice=invoice,
            account=account,
            amount=amount,
            paid=paid,
            reference=text_in(element, "Reference") or "",
            rate=rate,
            bank_amount=bank_amount,
            is_reconciled=element.get("IsReconciled") is True,
        )

    def _book(self, order: PaymentOrder) -> Shape:
        payment = pay(self._books, order)
        return shape_of(payment, Depth.SINGLE, self._books)


def _flat_invoice(element: Element) -> Element:
    """Some clients name the invoice by number beside the payment's own fields."""
    return {"InvoiceNumber": element.get("InvoiceNumber")}


def _flat_account(element: Element) -> Element:
    return {"Code": element.get("Code")}
