"""What each bank account holds by the living entries."""

from collections.abc import Iterator
from decimal import Decimal

from sandbox.quickbooks.books.books import Books
from sandbox.quickbooks.books.money import ZERO, rounded
from sandbox.quickbooks.books.records import Account, Transaction


def balances(books: Books) -> dict[str, str]:
    """By the account's id, in its own currency. A foreign entry reaches a home account at its own rate."""
    held = {a.id: ZERO for a in books.accounts.values() if a.type == "Bank"}
    for account, amount, entry in _movements(books):
        if account.id in held:
            held[account.id] += reached(account, amount, entry)
    return {identity: str(rounded(held[identity], books.accounts[identity].currency)) for identity in held}


def reached(account: Account, amount: Decimal, entry: Transaction) -> Decimal:
    """What an amount of an entry is in the currency of its account."""
    if account.currency == entry.currency:
        return amount
    return rounded(amount * entry.rate, account.currency)


def _movements(books: Books) -> Iterator[tuple[Account, Decimal, Transaction]]:
    for payment in books.payments.values():
        yield payment.account, payment.total, payment
    for purchase in books.purchases.values():
        yield purchase.account, -purchase.total, purchase
    for deposit in books.deposits.values():
        yield deposit.account, deposit.total, deposit
    for receipt in books.refund_receipts.values():
        yield receipt.account, -receipt.total, receipt
    for transfer in books.transfers.values():
        yield transfer.source, -transfer.total, transfer
        yield transfer.target, transfer.total, transfer
