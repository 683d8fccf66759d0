"""How payments hold on to documents, and let go of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from sandbox.quickbooks.books import rules
from sandbox.quickbooks.books.books import Books
from sandbox.quickbooks.books.records import CreditMemo, Customer, Invoice, Payment, PaymentLine, Settleable


@dataclass(frozen=True)
class Share:
    """How much of a payment goes to one invoice, or comes from one credit memo."""

    document: Settleable
    amount: Decimal


def check_shares(
    books: Books, customer: Customer, total: Decimal, shares: Iterable[Share], payment: Payment | None = None
) -> None:
    """Whether a payment (an existing one, if `payment` changes) can be split like this."""
    left = total
    wanted: dict[Settleable, Decimal] = {}
    for share in shares:
        _check_document(books, customer, share)
        wanted[share.document] = wanted.get(share.document, Decimal(0)) + share.amount
        left += share.amount if isinstance(share.document, CreditMemo) else -share.amount
    for document, amount in wanted.items():
        own = sum((x.amount for x in document.settled_by if x.payment is payment), Decimal(0))
        if amount > document.balance + own:
            raise rules.unsound(
                f"The amount {amount} is more than the balance of {document.entity} {document.id}, "
                f"which is {document.balance + own}."
            )
    if left < 0:
        raise rules.unsound("The lines of the payment come to more than its total and the credit used.")


def attach(books: Books, payment: Payment, shares: Iterable[Share]) -> None:
    """Give a payment its lines. Every document that it settles is dated, too."""
    for share in shares:
        line = PaymentLine(payment, share.document, share.amount)
        payment.lines.append(line)
        share.document.settled_by.append(line)
        books.touch(share.document)


def detach(books: Books, payment: Payment) -> None:
    """Take all of a payment's lines: what it settled is open again."""
    lines, payment.lines = payment.lines, []
    for line in lines:
        line.document.settled_by.remove(line)
        books.touch(line.document)


def release(books: Books, document: Settleable) -> None:
    """Let go of a document that is about to go: its payments stay, as money not applied.

    Where a payment only carried a credit memo to this invoice, or the other way round, nothing is left
    of it and it is deleted.
    """
    for payment in {line.payment: None for line in document.settled_by}:
        kept = [Share(x.document, x.amount) for x in payment.lines if x.document is not document]
        if not any(isinstance(share.document, Invoice) for share in kept):
            kept = []
        elif isinstance(document, CreditMemo):
            kept = _within(payment.total, kept)
        detach(books, payment)
        if payment.total == 0 and not kept:
            payment.customer.payments.remove(payment)
            books.remove(payment)
        else:
            attach(books, payment, kept)
            books.touch(payment)


def _within(total: Decimal, shares: Iterable[Share]) -> list[Share]:
    """The shares as far as money is left for them: a credit that is gone cannot settle any more."""
    kept = []
    left = total + sum(x.amount for x in shares if isinstance(x.document, CreditMemo))
    for share in shares:
        if isinstance(share.document, CreditMemo):
            kept.append(share)
        elif amount := min(share.amount, left):
            kept.append(Share(share.document, amount))
            left -= amount
    return kept


def _check_document(books: Books, customer: Customer, share: Share) -> None:
    document = share.document
    rules.check_amount(share.amount, document.currency)
    if share.amount == 0:
        raise rules.unsound("The amount of a payment line must be greater than 0.")
    if document.customer is not customer:
        raise rules.unsound(f"{document.entity} {document.id} belongs to another customer.")
    if document.currency != customer.currency:
        raise rules.unsound(f"{document.entity} {document.id} is in {document.currency}.")
    if books.all_of(document.entity).get(document.id) is not document:
        raise rules.not_found(document.entity, document.id)
