"""Purchases, deposits and transfers as the API reads them."""

from collections.abc import Sequence
from decimal import Decimal

from sandbox.quickbooks.api.bodies import Body
from sandbox.quickbooks.api.references import needed_account, party_in
from sandbox.quickbooks.books import rules
from sandbox.quickbooks.books.books import Books
from sandbox.quickbooks.books.records import (
    Deposit,
    DepositLine,
    Payment,
    Purchase,
    PurchaseLine,
    Transfer,
)
from sandbox.quickbooks.books.spending import (
    DepositOrder,
    PurchaseOrder,
    create_deposit,
    create_purchase,
    update_purchase,
)
from sandbox.quickbooks.books.taxes import purchase_tax
from sandbox.quickbooks.books.transferring import TransferOrder, create_transfer

TAXED = ("TaxInclusive", "TaxExcluded")
ONE_CENT = Decimal("0.01")


def spend(books: Books, body: Body) -> Purchase:
    order = PurchaseOrder(
        payment_type=body.needed("PaymentType"),
        account=needed_account(books, body, "AccountRef"),
        lines=_purchase_lines(books, body),
        tax_calculation=body.text("GlobalTaxCalculation"),
        payee=party_in(books, body, "EntityRef"),
        spent=body.day("TxnDate"),
        number=body.text("DocNumber"),
        note=body.text("PrivateNote"),
        currency=body.reference("CurrencyRef") or None,
        rate=body.amount("ExchangeRate"),
    )
    return create_purchase(books, order)


def update(books: Books, purchase: Purchase, body: Body) -> Purchase:
    said = body.said
    order = PurchaseOrder(
        payment_type=body.text("PaymentType") or purchase.payment_type,
        account=needed_account(books, body, "AccountRef") if said("AccountRef") else purchase.account,
        lines=_purchase_lines(books, body) if said("Line") else purchase.lines,
        tax_calculation=body.text("GlobalTaxCalculation") or purchase.tax_calculation,
        payee=party_in(books, body, "EntityRef") if said("EntityRef") else purchase.payee,
        spent=body.day("TxnDate") or purchase.dated,
        number=body.text("DocNumber") if said("DocNumber") else purchase.number,
        note=body.text("PrivateNote") if said("PrivateNote") else purchase.note,
        currency=body.reference("CurrencyRef") or None,
        rate=body.amount("ExchangeRate") or purchase.rate,
    )
    return update_purchase(books, purchase, order)


def bring_to_bank(books: Books, body: Body) -> Deposit:
    order = DepositOrder(
        account=needed_account(books, body, "DepositToAccountRef"),
        lines=_deposit_lines(books, body),
        dated=body.day("TxnDate"),
        note=body.text("PrivateNote"),
        currency=body.reference("CurrencyRef") or None,
        rate=body.amount("ExchangeRate"),
    )
    return create_deposit(books, order)


def move(books: Books, body: Body) -> Transfer:
    order = TransferOrder(
        source=needed_account(books, body, "FromAccountRef"),
        target=needed_account(books, body, "ToAccountRef"),
        amount=body.needed_amount("Amount"),
        moved=body.day("TxnDate"),
        note=body.text("PrivateNote"),
    )
    return create_transfer(books, order)


def _purchase_lines(books: Books, body: Body) -> Sequence[PurchaseLine]:
    lines = body.parts("Line")
    if not lines:
        raise rules.missing("Line")
    is_taxed = body.text("GlobalTaxCalculation") in TAXED
    return tuple(_purchase_line(books, line, is_taxed=is_taxed) for line in lines)


def _purchase_line(books: Books, line: Body, *, is_taxed: bool) -> PurchaseLine:
    """Amounts are net also where tax is inclusive; `TaxInclusiveAmt` then tells the gross one (assumed)."""
    if line.needed("DetailType") != "AccountBasedExpenseLineDetail":
        raise rules.bad_property("Line.DetailType", "only AccountBasedExpenseLineDetail is modelled")
    detail = line.part("AccountBasedExpenseLineDetail")
    account = needed_account(books, detail, "AccountRef")
    net, description = line.needed_amount("Amount"), line.text("Description")
    code = detail.reference("TaxCodeRef")
    if not is_taxed or not code:
        return PurchaseLine(net, account, description)
    tax, gross = purchase_tax(books, code, net), detail.amount("TaxInclusiveAmt")
    if tax is None:
        raise rules.bad_reference("TaxCode", code)
    if gross is not None and abs(gross - net - tax) <= ONE_CENT:
        tax = gross - net
    return PurchaseLine(net, account, description, code, tax)


def _deposit_lines(books: Books, body: Body) -> Sequence[DepositLine]:
    lines = body.parts("Line")
    if not lines:
        raise rules.missing("Line")
    return [_deposit_line(books, line) for line in lines]


def _deposit_line(books: Books, line: Body) -> DepositLine:
    """A payment brought to the bank, by its LinkedTxn, or an amount of its own, by its detail."""
    amount, links = line.needed_amount("Amount"), line.parts("LinkedTxn")
    if links:
        return DepositLine(amount, payment=_payment(books, links))
    detail = line.part("DepositLineDetail")
    return DepositLine(
        amount,
        account=needed_account(books, detail, "AccountRef"),
        party=party_in(books, detail, "Entity"),
        description=line.text("Description"),
    )


def _payment(books: Books, links: Sequence[Body]) -> Payment:
    kind, identity = links[0].needed("TxnType"), links[0].needed("TxnId")
    if kind != "Payment" or len(links) != 1:
        raise rules.bad_property("Line.LinkedTxn", "a deposit line gathers exactly one payment")
    if identity not in books.payments:
        raise rules.not_found(kind, identity)
    return books.payments[identity]
