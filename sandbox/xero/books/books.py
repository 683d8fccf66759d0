"""One organisation's books, with the look-ups that the API needs."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sandbox.xero.books.records import (
    ONE,
    Account,
    BankTransaction,
    BankTransfer,
    Contact,
    CreditNote,
    HistoryRecord,
    Invoice,
    Payment,
)
from sandbox.xero.books.unapplied import Overpayment, Prepayment

Changed = Callable[[str, str, str, dict[str, str] | None], None]
Document = (
    Invoice
    | CreditNote
    | BankTransaction
    | BankTransfer
    | Contact
    | Payment
    | Account
    | Overpayment
    | Prepayment
)
CATEGORIES: dict[type, str] = {Invoice: "INVOICE", Contact: "CONTACT", CreditNote: "CREDITNOTE"}


def _nobody(_category: str, _event: str, _id: str, _facts: dict[str, str] | None) -> None:
    """Who hears of changes until somebody listens."""


@dataclass(eq=False)
class Books:
    """The records of one organisation, by id.

    `changed` hears of each change that Xero sends a webhook for: category, CREATE or UPDATE, id, and
    what the event carries besides. `versions` counts changes per kind of record, so that sorted lists
    can be kept until something changes.
    """

    tenant_id: str
    name: str
    legal_name: str
    base_currency: str
    country: str
    timezone: str
    created: datetime
    now: Callable[[], datetime]
    region: str = ""
    period_lock_date: date | None = None
    end_of_year_lock_date: date | None = None
    rates: dict[str, Decimal] = field(default_factory=dict)
    changed: Changed = _nobody
    accounts: dict[str, Account] = field(default_factory=dict)
    contacts: dict[str, Contact] = field(default_factory=dict)
    invoices: dict[str, Invoice] = field(default_factory=dict)
    payments: dict[str, Payment] = field(default_factory=dict)
    credit_notes: dict[str, CreditNote] = field(default_factory=dict)
    bank_transactions: dict[str, BankTransaction] = field(default_factory=dict)
    bank_transfers: dict[str, BankTransfer] = field(default_factory=dict)
    overpayments: dict[str, Overpayment] = field(default_factory=dict)
    prepayments: dict[str, Prepayment] = field(default_factory=dict)
    history: dict[str, list[HistoryRecord]] = field(default_factory=lambda: defaultdict(list))
    sales_by_number: dict[str, Invoice] = field(default_factory=dict)
    versions: Counter[type] = field(default_factory=Counter)
    kept_orders: dict[tuple[type, str, bool], tuple[int, list[Any]]] = field(default_factory=dict)

    @property
    def lock_date(self) -> date | None:
        """The later of the two lock dates: nothing on or before it may change."""
        dates = [day for day in (self.period_lock_date, self.end_of_year_lock_date) if day]
        return max(dates, default=None)

    def today(self) -> date:
        """Today as the organisation's documents are dated; the demo organisations keep UTC's day."""
        return self.now().date()

    def uses(self, currency: str) -> bool:
        """Whether the organisation has this currency."""
        return currency == self.base_currency or currency in self.rates

    def rate(self, currency: str) -> Decimal:
        """Units of a currency per unit of the base currency, as known today."""
        return ONE if currency == self.base_currency else self.rates.get(currency, ONE)

    def moment(self) -> datetime:
        """Now, as precisely as Xero keeps it: milliseconds."""
        now = self.now()
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def new_id(self) -> str:
        return str(uuid.uuid4())

    def all_of(self, kind: type) -> Collection[Any]:
        """Every record of one kind."""
        collections: dict[type, dict[str, Any]] = {
            Account: self.accounts,
            Contact: self.contacts,
            Invoice: self.invoices,
            Payment: self.payments,
            CreditNote: self.credit_notes,
            BankTransaction: self.bank_transactions,
            BankTransfer: self.bank_transfers,
            Overpayment: self.overpayments,
            Prepayment: self.prepayments,
        }
        return collections[kind].values()

    def account(self, code: str) -> Account | None:
        return next((account for account in self.accounts.values() if account.code == code), None)

    def contact_named(self, name: str) -> Contact | None:
        """The contact of that name; an active one before an archived one."""
        named = [c for c in self.contacts.values() if c.name.casefold() == name.casefold()]
        return min(named, key=lambda contact: contact.status != "ACTIVE", default=None)

    def enter_contact(self, contact: Contact) -> Contact:
        """The contact as the books have it: known by id or name already, or added now."""
        known = self.contacts.get(contact.id) or self.contact_named(contact.name)
        if known is not None:
            return known
        self.contacts[contact.id] = contact
        self.touch(contact, created=True)
        return contact

    def invoice(self, id_or_number: str) -> Invoice | None:
        """By id, or the sales invoice of that number; a bill's number is found too where it is the only one."""
        found = self.invoices.get(id_or_number.lower()) or self.sales_by_number.get(id_or_number)
        if found:
            return found
        bills = [i for i in self.invoices.values() if i.number == id_or_number]
        return bills[0] if len(bills) == 1 else None

    def touch(self, record: Document, *, created: bool = False, dated: bool = True) -> None:
        """Note that a record changed: its JSON is stale, its date moves on, and listeners hear of it.

        `dated=False` is for the changes that Xero does not date (and does not announce).
        """
        record.rendered.clear()
        if isinstance(record, Invoice):
            record.contact.rendered.clear()
        self.versions[type(record)] += 1
        if not dated:
            return
        record.updated = max(self.moment(), record.updated)
        category = CATEGORIES.get(type(record))
        if category:
            facts = {"Type": record.type, "Status": record.status} if isinstance(record, CreditNote) else None
            self.changed(category, "CREATE" if created else "UPDATE", record.id, facts)

    def note(self, document_id: str, changes: str, details: str) -> HistoryRecord:
        """Add to a document's history. A note alone does not change the document's date."""
        record = HistoryRecord(changes, details, self.moment())
        self.history[document_id].append(record)
        return record
