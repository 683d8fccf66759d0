"""What each bank account holds by the living entries."""

from collections.abc import Iterator
from decimal import Decimal

from sandbox.quickbooks.books.books import Books
from sandbox.quickbooks.books.money import ZERO, rounded
from sandbox.quickbooks.books.records import Account


def balances(books: Books) -> dict[str, str]:
    """By the account's id, in its own currency. Entries in another currency are not reckoned (none of ours are)."""
    held = {a.id: ZERO for a in books.accounts.values() if a.type == "Bank"}
    for account, amount, currency in _movements(books):
        if account.id in held and account.currency == currency:
            held[account.id] += amount
    return {identity: str(rounded(held[identity], books.accounts[identity].currency)) for identity in held}


def _movements(books: Books) -> Iterator[tuple[Account, Decimal, str]]:
    for payment in books.payments.values():
        yield payment.account, payment.total, payment.currency
    for purchase in books.purchases.values():
        yield purchase.account, -purchase.total, purchase.currency
    for deposit in books.deposits.values():
        yield deposit.account, deposit.total, deposit.currency
    for receipt in books.refund_receipts.values():
        yield receipt.account, -receipt.total, receipt.currency
    for transfer in books.transfers.values():
        yield transfer.source, -transfer.total, transfer.currency
        yield transfer.target, transfer.total, transfer.currency
