"""Money moved between the company's own accounts."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sandbox.quickbooks.books import rules
from sandbox.quickbooks.books.books import Books
from sandbox.quickbooks.books.records import Account, Transfer

BALANCES = ("Bank", "Credit Card", "Other Current Asset", "Other Current Liability", "Equity")  # assumed


@dataclass(frozen=True, kw_only=True)
class TransferOrder:
    """Money that somebody wants moved, in the currency of both accounts."""

    source: Account
    target: Account
    amount: Decimal
    moved: date | None = None
    note: str = ""


def create_transfer(books: Books, order: TransferOrder) -> Transfer:
    """Book a transfer. Refused says why not."""
    moved, currency = order.moved or books.today(), order.source.currency
    for account in (order.source, order.target):
        rules.check_active(account)
        if account.type not in BALANCES:
            raise rules.wrong_account(account)
    if order.source is order.target:
        raise rules.unsound("A transfer needs two different accounts.")
    if order.target.currency != currency:
        raise rules.unsound(f"{order.target.name} is in {order.target.currency}, not in {currency}.")
    rules.check_open(books, moved)
    rules.check_lengths("", order.note)
    rules.check_amount(order.amount, currency)
    moment = books.moment()
    transfer = Transfer(
        id=books.new_id("Transfer"),
        created=moment,
        updated=moment,
        dated=moved,
        currency=currency,
        rate=books.rate(currency),
        note=order.note,
        source=order.source,
        target=order.target,
        total=order.amount,
    )
    return books.add(transfer)


def delete_transfer(books: Books, transfer: Transfer) -> None:
    rules.check_unmatched(transfer)
    rules.check_open(books, transfer.dated)
    books.remove(transfer)
