"""A company's accounts as QuickBooks classifies them."""

from dataclasses import dataclass
from datetime import datetime

from sandbox.companies import company as values
from sandbox.quickbooks.books.books import Books
from sandbox.quickbooks.books.records import Account

UNDEPOSITED = ("Other Current Asset", "UndepositedFunds")
RECEIVABLE = ("Accounts Receivable", "AccountsReceivable")
PAYABLE = ("Accounts Payable", "AccountsPayable")
BY_SYSTEM = {
    "DEBTORS": RECEIVABLE,
    "CREDITORS": PAYABLE,
    "GST": ("Other Current Liability", "SalesTaxPayable"),
}
BY_TYPE = {
    "BANK": ("Bank", "Checking"),
    "CURRENT": ("Other Current Asset", "OtherCurrentAssets"),
    "CURRLIAB": ("Other Current Liability", "OtherCurrentLiabilities"),
    "DIRECTCOSTS": ("Cost of Goods Sold", "OtherCostsOfServiceCos"),
    "EQUITY": ("Equity", "OwnersEquity"),
    "FIXED": ("Fixed Asset", "OtherFixedAssets"),
    "OTHERINCOME": ("Other Income", "OtherMiscellaneousIncome"),
    "REVENUE": ("Income", "SalesOfProductIncome"),
    "SALES": ("Income", "SalesOfProductIncome"),
}
OTHERWISE = ("Expense", "OtherMiscellaneousServiceCost")
ALWAYS_THERE = (("Undeposited Funds", UNDEPOSITED), ("Accounts Receivable (A/R)", RECEIVABLE))


@dataclass(frozen=True)
class Chart:
    """The accounts as entered, and by what documents name them by: code or name."""

    by_key: dict[str, Account]


def entered(books: Books, accounts: tuple[values.Account, ...], moment: datetime) -> Chart:
    """Enter the company's accounts, and those that every QuickBooks company has."""
    by_key: dict[str, Account] = {}
    for account in accounts:
        record = _entered(books, account, moment)
        by_key |= {account.name: record} | ({account.code: record} if account.code else {})
    known = {(account.type, account.subtype) for account in books.accounts.values()}
    for name, kind in ALWAYS_THERE:
        if kind not in known:
            _entered(books, values.Account(code="", name=name, type=""), moment, kind)
    return Chart(by_key)


def _entered(
    books: Books, account: values.Account, moment: datetime, kind: tuple[str, str] | None = None
) -> Account:
    main, sub = kind or _classified(account)
    active = account.status == "ACTIVE"
    record = Account(
        id=books.new_id("Account"),
        created=moment,
        updated=moment,
        name=account.name if active else f"{account.name} (deleted)",
        currency=account.currency or books.home_currency,
        active=active,
        type=main,
        subtype=sub,
        number=account.code,
    )
    books.accounts[record.id] = record
    return record


def _classified(account: values.Account) -> tuple[str, str]:
    if account.name == "Undeposited Funds":
        return UNDEPOSITED
    if account.system in BY_SYSTEM:
        return BY_SYSTEM[account.system]
    return BY_TYPE.get(account.type, OTHERWISE)
