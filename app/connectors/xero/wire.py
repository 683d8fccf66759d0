"""Xero's JSON as typed structs: only the fields we use, every one of them optional.

Unknown fields are ignored and enumerations are plain text, so a value that Xero adds tomorrow loses nothing. Numbers
become exact decimals. Rows stay raw and are read one by one: nonsense costs no page. Names: Xero OpenAPI 16.1.0.
"""

from decimal import Decimal

import msgspec
from msgspec import Raw, Struct, field


class Pagination(Struct):
    """Present on paged answers only."""

    page_count: int = field(name="pageCount", default=1)
    item_count: int | None = field(name="itemCount", default=None)


class Answer(Struct):
    """The envelope around every list."""

    at: str | None = field(name="DateTimeUTC", default=None)
    pagination: Pagination | None = None
    organisations: list[Raw] = field(name="Organisations", default_factory=list)
    accounts: list[Raw] = field(name="Accounts", default_factory=list)
    contacts: list[Raw] = field(name="Contacts", default_factory=list)
    invoices: list[Raw] = field(name="Invoices", default_factory=list)
    credit_notes: list[Raw] = field(name="CreditNotes", default_factory=list)
    payments: list[Raw] = field(name="Payments", default_factory=list)
    overpayments: list[Raw] = field(name="Overpayments", default_factory=list)
    prepayments: list[Raw] = field(name="Prepayments", default_factory=list)
    bank_transactions: list[Raw] = field(name="BankTransactions", default_factory=list)
    bank_transfers: list[Raw] = field(name="BankTransfers", default_factory=list)
    history: list[Raw] = field(name="HistoryRecords", default_factory=list)
    tax_rates: list[Raw] = field(name="TaxRates", default_factory=list)


class Address(Struct):
    kind: str | None = field(name="AddressType", default=None)
    region: str | None = field(name="Region", default=None)
    country: str | None = field(name="Country", default=None)


class Organisation(Struct):
    id: str | None = field(name="OrganisationID", default=None)
    name: str | None = field(name="Name", default=None)
    base_currency: str | None = field(name="BaseCurrency", default=None)
    country_code: str | None = field(name="CountryCode", default=None)
    time_zone: str | None = field(name="Timezone", default=None)
    period_lock_date: str | None = field(name="PeriodLockDate", default=None)
    year_lock_date: str | None = field(name="EndOfYearLockDate", default=None)
    short_code: str | None = field(name="ShortCode", default=None)
    addresses: list[Address] | None = field(name="Addresses", default=None)


class ContactPerson(Struct):
    first_name: str | None = field(name="FirstName", default=None)
    last_name: str | None = field(name="LastName", default=None)
    email: str | None = field(name="EmailAddress", default=None)
    is_written_to: bool | None = field(name="IncludeInEmails", default=None)


class Phone(Struct):
    kind: str | None = field(name="PhoneType", default=None)
    number: str | None = field(name="PhoneNumber", default=None)
    area: str | None = field(name="PhoneAreaCode", default=None)
    country: str | None = field(name="PhoneCountryCode", default=None)


class Contact(Struct):
    id: str | None = field(name="ContactID", default=None)
    name: str | None = field(name="Name", default=None)
    first_name: str | None = field(name="FirstName", default=None)
    email: str | None = field(name="EmailAddress", default=None)
    status: str | None = field(name="ContactStatus", default=None)
    persons: list[ContactPerson] | None = field(name="ContactPersons", default=None)
    phones: list[Phone] | None = field(name="Phones", default=None)
    addresses: list[Address] | None = field(name="Addresses", default=None)
    merged_into: str | None = field(name="MergedToContactID", default=None)
    changed_at: str | None = field(name="UpdatedDateUTC", default=None)


class ContactReference(Struct):
    """A contact inside a document."""

    id: str | None = field(name="ContactID", default=None)
    name: str | None = field(name="Name", default=None)


class Invoice(Struct):
    id: str | None = field(name="InvoiceID", default=None)
    kind: str | None = field(name="Type", default=None)
    number: str | None = field(name="InvoiceNumber", default=None)
    reference: str | None = field(name="Reference", default=None)
    contact: ContactReference | None = field(name="Contact", default=None)
    status: str | None = field(name="Status", default=None)
    currency: str | None = field(name="CurrencyCode", default=None)
    total: Decimal | None = field(name="Total", default=None)
    amount_due: Decimal | None = field(name="AmountDue", default=None)
    amount_paid: Decimal | None = field(name="AmountPaid", default=None)
    amount_credited: Decimal | None = field(name="AmountCredited", default=None)
    issued_on: str | None = field(name="Date", default=None)
    due_on: str | None = field(name="DueDate", default=None)
    settled_on: str | None = field(name="FullyPaidOnDate", default=None)
    changed_at: str | None = field(name="UpdatedDateUTC", default=None)


class CreditNote(Struct):
    id: str | None = field(name="CreditNoteID", default=None)
    kind: str | None = field(name="Type", default=None)
    number: str | None = field(name="CreditNoteNumber", default=None)
    contact: ContactReference | None = field(name="Contact", default=None)
    status: str | None = field(name="Status", default=None)
    currency: str | None = field(name="CurrencyCode", default=None)
    total: Decimal | None = field(name="Total", default=None)
    remaining: Decimal | None = field(name="RemainingCredit", default=None)
    issued_on: str | None = field(name="Date", default=None)
    changed_at: str | None = field(name="UpdatedDateUTC", default=None)


class PaidInvoice(Struct):
    """An invoice inside a payment."""

    id: str | None = field(name="InvoiceID", default=None)
    kind: str | None = field(name="Type", default=None)
    currency: str | None = field(name="CurrencyCode", default=None)
    contact: ContactReference | None = field(name="Contact", default=None)


class Fault(Struct):
    """One sentence of the ledger about a refused entry."""

    message: str | None = field(name="Message", default=None)


class Entry(Struct):
    """What payments, bank transactions, bank transfers and charges have in common."""

    status: str | None = field(name="Status", default=None)
    dated: str | None = field(name="Date", default=None)
    reference: str | None = field(name="Reference", default=None)
    faults: list[Fault] | None = field(name="ValidationErrors", default=None)

    @property
    def is_matched(self) -> bool:
        """Whether a line of a bank statement is reconciled with it."""
        return False


class OneSided(Entry):
    """An entry with one bank account."""

    is_reconciled: bool | None = field(name="IsReconciled", default=None)

    @property
    def is_matched(self) -> bool:
        return bool(self.is_reconciled)


class Payment(OneSided):
    id: str | None = field(name="PaymentID", default=None)
    kind: str | None = field(name="PaymentType", default=None)
    invoice: PaidInvoice | None = field(name="Invoice", default=None)
    amount: Decimal | None = field(name="Amount", default=None)
    bank_amount: Decimal | None = field(name="BankAmount", default=None)
    changed_at: str | None = field(name="UpdatedDateUTC", default=None)


class Allocation(Struct):
    """The part of an overpayment or a prepayment that an invoice has taken."""

    amount: Decimal | None = field(name="Amount", default=None)
    invoice: PaidInvoice | None = field(name="Invoice", default=None)
    is_deleted: bool | None = field(name="IsDeleted", default=None)


class Unapplied(Struct):
    """What overpayments and prepayments have in common."""

    id: str | None = None
    kind: str | None = field(name="Type", default=None)
    contact: ContactReference | None = field(name="Contact", default=None)
    status: str | None = field(name="Status", default=None)
    currency: str | None = field(name="CurrencyCode", default=None)
    total: Decimal | None = field(name="Total", default=None)
    remaining: Decimal | None = field(name="RemainingCredit", default=None)
    allocations: list[Allocation] | None = field(name="Allocations", default=None)
    paid_on: str | None = field(name="Date", default=None)
    reference: str | None = field(name="Reference", default=None)
    changed_at: str | None = field(name="UpdatedDateUTC", default=None)


class Overpayment(Unapplied):
    id: str | None = field(name="OverpaymentID", default=None)


class Prepayment(Unapplied):
    id: str | None = field(name="PrepaymentID", default=None)


class LineItem(Struct):
    description: str | None = field(name="Description", default=None)


class BankTransaction(OneSided):
    id: str | None = field(name="BankTransactionID", default=None)
    total: Decimal | None = field(name="Total", default=None)
    lines: list[LineItem] | None = field(name="LineItems", default=None)


class BankTransfer(Entry):
    id: str | None = field(name="BankTransferID", default=None)
    amount: Decimal | None = field(name="Amount", default=None)
    from_is_reconciled: bool | None = field(name="FromIsReconciled", default=None)
    to_is_reconciled: bool | None = field(name="ToIsReconciled", default=None)

    @property
    def is_matched(self) -> bool:
        return bool(self.from_is_reconciled or self.to_is_reconciled)


class Account(Struct):
    id: str | None = field(name="AccountID", default=None)
    code: str | None = field(name="Code", default=None)
    name: str | None = field(name="Name", default=None)
    kind: str | None = field(name="Type", default=None)
    status: str | None = field(name="Status", default=None)
    currency: str | None = field(name="CurrencyCode", default=None)
    system: str | None = field(name="SystemAccount", default=None)
    """What Xero itself uses it for, such as `DEBTORS`."""
    changed_at: str | None = field(name="UpdatedDateUTC", default=None)


class RefusedElement(Struct):
    """One entry of a refused write with what is wrong with it."""

    faults: list[Fault] | None = field(name="ValidationErrors", default=None)


class Refusal(Struct):
    """A 400 of the accounting API, or the other envelope that authorisation errors come in (`Detail`)."""

    message: str | None = field(name="Message", default=None)
    detail: str | None = field(name="Detail", default=None)
    elements: list[RefusedElement] | None = field(name="Elements", default=None)


encode = msgspec.json.Encoder(decimal_format="number").encode
"""JSON with decimals as exact numbers."""
