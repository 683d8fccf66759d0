"""Money spent, and money brought to the bank."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sandbox.quickbooks.books import rules
from sandbox.quickbooks.books.books import Books
from sandbox.quickbooks.books.money import ZERO
from sandbox.quickbooks.books.records import (
    Account,
    Customer,
    Deposit,
    DepositLine,
    Purchase,
    PurchaseLine,
    Vendor,
)

PAID_FROM = {"Cash": ("Bank", "Other Current Asset"), "Check": ("Bank",), "CreditCard": ("Credit Card",)}


@dataclass(frozen=True, kw_only=True)
class PurchaseOrder:
    """Money that somebody wants booked as spent out of an account, in the account's currency."""

    payment_type: str
    account: Account
    lines: Sequence[PurchaseLine]
    tax_calculation: str = ""
    payee: Vendor | Customer | None = None
    spent: date | None = None
    number: str = ""
    note: str = ""
    currency: str | None = None
    rate: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class DepositOrder:
    """Money that somebody wants booked as brought to a bank account."""

    account: Account
    lines: Sequence[DepositLine]
    dated: date | None = None
    note: str = ""
    currency: str | None = None
    rate: Decimal | None = None


def create_purchase(books: Books, order: PurchaseOrder) -> Purchase:
    """Book an expense. Refused says why not."""
    spent = order.spent or books.today()
    rules.check_open(books, spent)
    _check_purchase(books, order)
    moment = books.moment()
    purchase = Purchase(
        id=books.new_id("Purchase"),
        created=moment,
        updated=moment,
        dated=spent,
        currency=order.account.currency,
        rate=order.rate or books.rate(order.account.currency),
        number=order.number,
        note=order.note,
        payment_type=order.payment_type,
        account=order.account,
        payee=order.payee,
        lines=tuple(order.lines),
        tax_calculation=order.tax_calculation,
    )
    return books.add(purchase)


def update_purchase(books: Books, purchase: Purchase, order: PurchaseOrder) -> Purchase:
    """Change an expense into what the order says. Refused says why not."""
    spent = order.spent or purchase.dated
    for day in (purchase.dated, spent):
        rules.check_open(books, day)
    _check_purchase(books, order)
    purchase.dated, purchase.number, purchase.note = spent, order.number, order.note
    purchase.payment_type, purchase.account = order.payment_type, order.account
    purchase.currency, purchase.rate = order.account.currency, order.rate or purchase.rate
    purchase.payee, purchase.lines = order.payee, tuple(order.lines)
    purchase.tax_calculation = order.tax_calculation
    books.touch(purchase)
    return purchase


def delete_purchase(books: Books, purchase: Purchase) -> None:
    rules.check_unmatched(purchase)
    rules.check_open(books, purchase.dated)
    books.remove(purchase)


def create_deposit(books: Books, order: DepositOrder) -> Deposit:
    """Bring payments out of Undeposited Funds, and other amounts, to the bank. Refused says why not."""
    dated, currency = order.dated or books.today(), order.account.currency
    rules.check_active(order.account)
    rules.check_money_account(books, order.account, currency)
    rules.check_open(books, dated)
    rules.check_lengths("", order.note)
    _check_currency(books, order.currency, order.account, None)
    seen: set[str] = set()
    for line in order.lines:
        _check_deposited(books, line, currency, seen)
    moment = books.moment()
    deposit = Deposit(
        id=books.new_id("Deposit"),
        created=moment,
        updated=moment,
        dated=dated,
        currency=currency,
        rate=order.rate or books.rate(currency),
        note=order.note,
        account=order.account,
        lines=tuple(order.lines),
    )
    rules.check_amount(deposit.total, currency)
    books.add(deposit)
    _mark(books, deposit, deposit)
    return deposit


def delete_deposit(books: Books, deposit: Deposit) -> None:
    """Take a deposit back: its payments wait in Undeposited Funds again."""
    rules.check_unmatched(deposit)
    rules.check_open(books, deposit.dated)
    _mark(books, deposit, None)
    books.remove(deposit)


def _mark(books: Books, deposit: Deposit, holder: Deposit | None) -> None:
    for line in deposit.lines:
        if line.payment is not None:
            line.payment.deposit = holder
            books.touch(line.payment)


def _check_purchase(books: Books, order: PurchaseOrder) -> None:
    account = order.account
    if order.payment_type not in PAID_FROM:
        raise rules.bad_property("PaymentType", "it must be Cash, Check or CreditCard")
    rules.check_active(account)
    if account.type not in PAID_FROM[order.payment_type]:
        raise rules.wrong_account(account)
    rules.check_lengths(order.number, order.note)
    _check_currency(books, order.currency, account, order.payee)
    for line in order.lines:
        _check_line(line, account.currency)
    rules.check_amount(sum((line.amount + line.tax for line in order.lines), ZERO), account.currency)


def _check_line(line: PurchaseLine, currency: str) -> None:
    rules.check_amount(line.amount, currency, negative=True)
    rules.check_active(line.account)
    if line.account.type in rules.NO_EXPENSES:
        raise rules.wrong_account(line.account)


def _check_deposited(books: Books, line: DepositLine, currency: str, seen: set[str]) -> None:
    if line.payment is None:
        if line.account is None:
            raise rules.missing("DepositLineDetail.AccountRef")
        rules.check_amount(line.amount, currency, negative=True)
        rules.check_active(line.account)
        return
    payment = line.payment
    rules.check_undeposited(payment)
    if payment.account is not books.undeposited_funds or payment.voided or payment.id in seen:
        raise rules.unsound(f"Payment {payment.id} does not wait in {books.undeposited_funds.name}.")
    if payment.total != line.amount or payment.currency != currency:
        raise rules.unsound(f"Payment {payment.id} is over {payment.total} {payment.currency}.")
    seen.add(payment.id)


def _check_currency(
    books: Books, currency: str | None, account: Account, payee: Vendor | Customer | None
) -> None:
    rules.check_currency(books, account.currency)
    if currency not in {None, account.currency}:
        raise rules.unsound(f"{account.name} is in {account.currency}, not in {currency}.")
    if payee is not None:
        rules.check_active(payee)
        if payee.currency != account.currency:
            raise rules.unsound(f"{payee.name} is paid in {payee.currency}, not in {account.currency}.")
