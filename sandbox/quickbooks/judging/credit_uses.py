"""Which credit memo settled which invoice: QuickBooks only says what a payment drew on and what it settled."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sandbox.quickbooks.books.money import ZERO
from sandbox.quickbooks.books.records import CreditMemo, Invoice, Payment


@dataclass(frozen=True)
class Use:
    """A part of a credit memo that a payment carried to an invoice."""

    memo: CreditMemo
    invoice: Invoice
    amount: Decimal
    dated: date


def credit_used(payment: Payment) -> Iterator[Use]:
    """The credit of a payment, memo by memo, on its invoices in their order; money settles the rest."""
    room: dict[Invoice, Decimal] = {}
    for line in payment.lines:
        if isinstance(line.document, Invoice):
            room[line.document] = room.get(line.document, ZERO) + line.amount
    for line in payment.lines:
        if not isinstance(line.document, CreditMemo):
            continue
        left = line.amount
        for invoice in room:
            if amount := min(left, room[invoice]):
                yield Use(line.document, invoice, amount, payment.dated)
                left, room[invoice] = left - amount, room[invoice] - amount
