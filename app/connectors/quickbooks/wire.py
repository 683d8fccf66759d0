"""QuickBooks' records as typed structs: only the fields we use, every one of them optional.

Unknown fields are ignored and enumerations are plain text, so a value that Intuit adds tomorrow loses nothing.
Numbers become exact decimals. Fields as in Intuit's API of minor version 75.
"""

from decimal import Decimal

from msgspec import Struct, field


class Reference(Struct):
    """A record named inside another one."""

    id: str | None = field(name="value", default=None)
    name: str | None = None
    kind: str | None = field(name="type", default=None)


class MetaData(Struct):
    changed_at: str | None = field(name="LastUpdatedTime", default=None)


class Address(Struct):
    """A mail address, or several with commas between."""

    text: str | None = field(name="Address", default=None)


class PostalAddress(Struct):
    country: str | None = field(name="Country", default=None)
    region: str | None = field(name="CountrySubDivisionCode", default=None)
    """A code as a rule, but the business may write anything."""


class Phone(Struct):
    number: str | None = field(name="FreeFormNumber", default=None)


class Row(Struct):
    """What every record has."""

    id: str | None = field(name="Id", default=None)
    sync_token: str | None = field(name="SyncToken", default=None)
    status: str | None = None
    """`Deleted` on what CDC tells of a record that is gone."""
    meta: MetaData | None = field(name="MetaData", default=None)
    currency: Reference | None = field(name="CurrencyRef", default=None)
    """Only told by companies with several currencies."""

    @property
    def changed_at(self) -> str | None:
        return self.meta.changed_at if self.meta else None


class Customer(Row):
    name: str | None = field(name="DisplayName", default=None)
    full_name: str | None = field(name="FullyQualifiedName", default=None)
    first_name: str | None = field(name="GivenName", default=None)
    email: Address | None = field(name="PrimaryEmailAddr", default=None)
    phone: Phone | None = field(name="PrimaryPhone", default=None)
    mobile: Phone | None = field(name="Mobile", default=None)
    is_active: bool | None = field(name="Active", default=None)
    address: PostalAddress | None = field(name="BillAddr", default=None)


class Document(Row):
    """What invoices and credit memos have in common."""

    number: str | None = field(name="DocNumber", default=None)
    issued_on: str | None = field(name="TxnDate", default=None)
    customer: Reference | None = field(name="CustomerRef", default=None)
    total: Decimal | None = field(name="TotalAmt", default=None)
    balance: Decimal | None = field(name="Balance", default=None)
    note: str | None = field(name="PrivateNote", default=None)


class Delivery(Struct):
    """How a document last went out (`Email` or `Tradeshift`), and when."""

    kind: str | None = field(name="DeliveryType", default=None)
    at: str | None = field(name="DeliveryTime", default=None)


class Invoice(Document):
    due_on: str | None = field(name="DueDate", default=None)
    delivery: Delivery | None = field(name="DeliveryInfo", default=None)
    copies: Address | None = field(name="BillEmailCc", default=None)
    hidden_copies: Address | None = field(name="BillEmailBcc", default=None)


class CreditMemo(Document):
    remaining: Decimal | None = field(name="RemainingCredit", default=None)


class Linked(Struct):
    """The record that a line is about."""

    id: str | None = field(name="TxnId", default=None)
    kind: str | None = field(name="TxnType", default=None)


class PaymentLine(Struct):
    amount: Decimal | None = field(name="Amount", default=None)
    linked: list[Linked] | None = field(name="LinkedTxn", default=None)


class Payment(Row):
    customer: Reference | None = field(name="CustomerRef", default=None)
    total: Decimal | None = field(name="TotalAmt", default=None)
    unapplied: Decimal | None = field(name="UnappliedAmt", default=None)
    rate: Decimal | None = field(name="ExchangeRate", default=None)
    """Units of the home currency for one of the payment's; told where the company has several."""
    paid_on: str | None = field(name="TxnDate", default=None)
    reference: str | None = field(name="PaymentRefNum", default=None)
    note: str | None = field(name="PrivateNote", default=None)
    lines: list[PaymentLine] | None = field(name="Line", default=None)


class Account(Row):
    number: str | None = field(name="AcctNum", default=None)
    name: str | None = field(name="Name", default=None)
    full_name: str | None = field(name="FullyQualifiedName", default=None)
    kind: str | None = field(name="AccountType", default=None)
    subtype: str | None = field(name="AccountSubType", default=None)
    is_active: bool | None = field(name="Active", default=None)


class NamedValue(Struct):
    name: str | None = field(name="Name", default=None)
    value: str | None = field(name="Value", default=None)


class CompanyInfo(Row):
    name: str | None = field(name="CompanyName", default=None)
    country: str | None = field(name="Country", default=None)
    time_zone: str | None = field(name="DefaultTimeZone", default=None)
    address: PostalAddress | None = field(name="CompanyAddr", default=None)


class CurrencyPreferences(Struct):
    home: Reference | None = field(name="HomeCurrency", default=None)


class BookPreferences(Struct):
    closed_until: str | None = field(name="BookCloseDate", default=None)


class SalesFormsPreferences(Struct):
    numbers_by_hand: bool | None = field(name="CustomTxnNumbers", default=None)


class Preferences(Row):
    currencies: CurrencyPreferences | None = field(name="CurrencyPrefs", default=None)
    books: BookPreferences | None = field(name="AccountingInfoPrefs", default=None)
    sales_forms: SalesFormsPreferences | None = field(name="SalesFormsPrefs", default=None)
