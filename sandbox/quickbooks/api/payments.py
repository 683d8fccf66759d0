"""Payments as the API reads them."""

from collections.abc import Sequence

from sandbox.quickbooks.api.bodies import Body
from sandbox.quickbooks.api.references import account_in, customer_in
from sandbox.quickbooks.books import rules
from sandbox.quickbooks.books.books import Books
from sandbox.quickbooks.books.paying import PaymentOrder, create_payment, update_payment
from sandbox.quickbooks.books.records import Payment
from sandbox.quickbooks.books.settling import Share

SETTLED = ("Invoice", "CreditMemo")


def create(books: Books, body: Body) -> Payment:
    order = PaymentOrder(
        customer=customer_in(books, body),
        total=body.needed_amount("TotalAmt"),
        shares=_shares(books, body),
        paid=body.day("TxnDate"),
        account=account_in(books, body, "DepositToAccountRef"),
        reference=body.text("PaymentRefNum"),
        note=body.text("PrivateNote"),
        method=body.reference("PaymentMethodRef"),
        currency=body.reference("CurrencyRef") or None,
        rate=body.amount("ExchangeRate"),
    )
    return create_payment(books, order)


def update(books: Books, payment: Payment, body: Body) -> Payment:
    """Lines are all or nothing: those that are sent replace those that are there."""
    kept = [Share(line.document, line.amount) for line in payment.lines]
    said = body.said
    order = PaymentOrder(
        customer=customer_in(books, body) if said("CustomerRef") else payment.customer,
        total=body.needed_amount("TotalAmt") if said("TotalAmt") else payment.total,
        shares=_shares(books, body) if said("Line") else kept,
        paid=body.day("TxnDate"),
        account=account_in(books, body, "DepositToAccountRef") or payment.account,
        reference=body.text("PaymentRefNum") if said("PaymentRefNum") else payment.number,
        note=body.text("PrivateNote") if said("PrivateNote") else payment.note,
        method=body.reference("PaymentMethodRef") if said("PaymentMethodRef") else payment.method,
        currency=body.reference("CurrencyRef") or None,
        rate=body.amount("ExchangeRate"),
    )
    return update_payment(books, payment, order)


def _shares(books: Books, body: Body) -> Sequence[Share]:
    return [_share(books, line) for line in body.parts("Line")]


def _share(books: Books, line: Body) -> Share:
    links = line.parts("LinkedTxn")
    if len(links) != 1:
        raise rules.bad_property("Line.LinkedTxn", "a payment line has exactly one")
    kind, identity = links[0].needed("TxnType"), links[0].needed("TxnId")
    if kind not in SETTLED:
        raise rules.bad_property("Line.LinkedTxn.TxnType", f"{kind} cannot be paid")
    document = books.all_of(kind).get(identity)
    if document is None:
        raise rules.not_found(kind, identity)
    return Share(document, line.needed_amount("Amount"))
