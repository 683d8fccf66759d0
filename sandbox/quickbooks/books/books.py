"""One company's books, with the look-ups that the API needs."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sandbox.quickbooks.books.money import ONE
from sandbox.quickbooks.books.records import (
    Account,
    CreditMemo,
    Customer,
    Deposit,
    Invoice,
    Item,
    Payment,
    Purchase,
    Record,
    RefundReceipt,
    Tombstone,
    Transaction,
    Transfer,
    Vendor,
)

Changed = Callable[[str, str, str], None]
R = TypeVar("R", bound=Record)
LISTS = ("Customer", "Vendor", "Account", "Item")
TRANSACTIONS = ("Invoice", "CreditMemo", "Payment", "Purchase", "Deposit", "Transfer", "RefundReceipt")


def _nobody(_entity: str, _operation: str, _id: str) -> None:
    """Who hears of changes until somebody listens."""


@dataclass(eq=False)
class Books:
    """The records of one company, by id.

    `changed` hears of each change: entity, operation (created, updated, deleted, merged, voided, emailed)
    and id. `versions` counts changes per entity, so that sorted lists can be kept until something changes.
    `rates` are home units per unit of a currency. With a `closing_password` closed books say so (6210).
    """

    realm_id: str
    name: str
    home_currency: str
    country: str
    time_zone: str
    created: datetime
    now: Callable[[], datetime]
    legal_name: str = ""
    region: str = ""
    email: str = ""
    multicurrency: bool = False
    plan: str = "QuickBooks Online Plus"
    book_close_date: date | None = None
    closing_password: bool = False
    custom_numbers: bool = True
    warns_of_repeated_numbers: bool = False
    rates: dict[str, Decimal] = field(default_factory=dict)
    changed: Changed = _nobody
    customers: dict[str, Customer] = field(default_factory=dict)
    vendors: dict[str, Vendor] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    invoices: dict[str, Invoice] = field(default_factory=dict)
    credit_memos: dict[str, CreditMemo] = field(default_factory=dict)
    payments: dict[str, Payment] = field(default_factory=dict)
    purchases: dict[str, Purchase] = field(default_factory=dict)
    deposits: dict[str, Deposit] = field(default_factory=dict)
    transfers: dict[str, Transfer] = field(default_factory=dict)
    refund_receipts: dict[str, RefundReceipt] = field(default_factory=dict)
    deleted: list[Tombstone] = field(default_factory=list)
    versions: Counter[str] = field(default_factory=Counter)
    kept_orders: dict[tuple[Any, ...], tuple[int, list[Any]]] = field(default_factory=dict)
    replays: dict[str, Any] = field(default_factory=dict)
    last_ids: Counter[str] = field(default_factory=Counter)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def today(self) -> date:
        """Today in the company's own time zone."""
        return self.now().astimezone(self.zone).date()

    def moment(self) -> datetime:
        """Now, as precisely as QuickBooks keeps it: whole seconds."""
        return self.now().replace(microsecond=0)

    def rate(self, currency: str) -> Decimal:
        """Home units per unit of a currency, as known today."""
        return ONE if currency == self.home_currency else self.rates.get(currency, ONE)

    def new_id(self, entity: str) -> str:
        """The next id. Customers and vendors share one sequence, accounts and items have one each, all
        transactions another: an invoice and a customer may well have the same id."""
        family = {"Account": "account", "Item": "item"}.get(
            entity, "list" if entity in LISTS else "transaction"
        )
        self.last_ids[family] += 1
        return str(self.last_ids[family])

    def all_of(self, entity: str) -> dict[str, Any]:
        """Every record of one entity by id."""
        collections: dict[str, dict[str, Any]] = {
            "Customer": self.customers,
            "Vendor": self.vendors,
            "Account": self.accounts,
            "Item": self.items,
            "Invoice": self.invoices,
            "CreditMemo": self.credit_memos,
            "Payment": self.payments,
            "Purchase": self.purchases,
            "Deposit": self.deposits,
            "Transfer": self.transfers,
            "RefundReceipt": self.refund_receipts,
        }
        return collections[entity]

    def transactions(self, entity: str) -> Mapping[str, Transaction]:
        return self.all_of(entity)

    def party_named(self, name: str) -> Customer | Vendor | None:
        """The customer or vendor of that display name, active or not."""
        wanted = name.casefold()
        parties: list[Customer | Vendor] = [*self.customers.values(), *self.vendors.values()]
        return next((party for party in parties if party.name.casefold() == wanted), None)

    @property
    def undeposited_funds(self) -> Account:
        """Where money waits that was not brought to a bank yet; every company has it."""
        return next(account for account in self.accounts.values() if account.subtype == "UndepositedFunds")

    def add(self, record: R) -> R:
        """Put a new record into the books."""
        self.all_of(record.entity)[record.id] = record
        self._stale(record)
        self.changed(record.entity, "created", record.id)
        return record

    def touch(self, record: Record, operation: str = "updated") -> None:
        """Note that a record changed: its version and date move on, and listeners hear of it."""
        record.sync_token += 1
        record.updated = max(self.moment(), record.updated)
        self._stale(record)
        self.changed(record.entity, operation, record.id)

    def remove(self, record: Transaction) -> None:
        """Delete a transaction: only its tombstone stays."""
        del self.all_of(record.entity)[record.id]
        self.deleted.append(Tombstone(record.entity, record.id, self.moment()))
        self._stale(record)
        self.changed(record.entity, "deleted", record.id)

    def undated(self, record: Record) -> None:
        """Note that a record reads differently although QuickBooks does not date the change."""
        self._stale(record)

    def _stale(self, record: Record) -> None:
        record.rendered = None
        self.versions[record.entity] += 1
        customer: Customer | None = getattr(record, "customer", None)
        while customer is not None:  # balances are shown on customers, and on the parents of jobs
            customer.rendered = None
            self.versions["Customer"] += 1
            customer = customer.parent
