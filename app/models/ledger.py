"""The mirror: what the ledger said, set-based and keyed by the ledger's own ids.

A mirror row's id is derived from the ledger's id (see `app.sync.identity`), so that a page of rows can be
written without looking anything up.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Date, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Currency, TenantRow, Timestamp, belongs_to, belongs_to_tenant, state_column


class InvoiceState(StrEnum):
    """An invoice's life in words that fit both ledgers."""

    DRAFT = "draft"
    OPEN = "open"
    PAID = "paid"
    VOIDED = "voided"
    DELETED = "deleted"
    """It no longer exists in the ledger; some ledgers keep deleted documents as voided ones instead."""


class Customer(TenantRow):
    """Who owes. Addresses are sealed; the first one is the one we write to."""

    __tablename__ = "customer"
    __table_args__ = (belongs_to_tenant(), UniqueConstraint("tenant_id", "external_id"))

    external_id: Mapped[str]
    name: Mapped[str]
    first_name: Mapped[str | None]
    emails_sealed: Mapped[bytes | None]
    """JSON list of mail addresses, sealed; NULL when the ledger has none."""
    people_sealed: Mapped[bytes | None]
    """JSON list of the further people that the ledger names, sealed; each is a `CustomerContact`, too."""
    phone_sealed: Mapped[bytes | None]
    country_code: Mapped[str | None]
    """Of the address, ISO 3166-1 alpha-2, as far as the ledger tells."""
    region: Mapped[str | None]
    """State or province of the address, ISO 3166-2 without the country."""
    time_zones: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    """IANA names the customer may be in, from address and telephone number; NULL: the organisation's own."""
    is_active: Mapped[bool] = mapped_column(default=True)
    merged_into_external_id: Mapped[str | None]
    changed_at: Mapped[datetime | None] = mapped_column(Timestamp)
    """The ledger's own time of last change; NULL for a customer known only from an invoice."""


class Invoice(TenantRow):
    """A sales invoice. Amounts are the ledger's own, in the invoice's currency."""

    __tablename__ = "invoice"
    __table_args__ = (
        belongs_to("customer", "customer_id"),
        UniqueConstraint("tenant_id", "external_id"),
        # The planner and the workspace read open invoices by due date.
        Index(None, "tenant_id", "due_on", postgresql_where=text("state = 'open'")),
        Index(None, "tenant_id", "customer_id"),
        # Asked before every planning: what has the ledger mailed itself?
        Index(
            "ix_invoice_mailed",
            "tenant_id",
            "last_emailed_at",
            postgresql_where=text("state = 'open' AND last_emailed_at IS NOT NULL"),
        ),
    )

    external_id: Mapped[str]
    customer_id: Mapped[UUID]
    number: Mapped[str]
    reference: Mapped[str]
    state: Mapped[InvoiceState] = state_column(InvoiceState, default=InvoiceState.OPEN)
    currency: Mapped[str] = mapped_column(Currency)
    total: Mapped[Decimal]
    amount_due: Mapped[Decimal]
    amount_paid: Mapped[Decimal]
    amount_credited: Mapped[Decimal]
    issued_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date)
    settled_on: Mapped[date | None] = mapped_column(Date)
    last_emailed_at: Mapped[datetime | None] = mapped_column(Timestamp)
    """When the ledger itself last mailed it, as far as the ledger tells."""
    changed_at: Mapped[datetime] = mapped_column(Timestamp)
    read_at: Mapped[datetime] = mapped_column(Timestamp)


class CreditNote(TenantRow):
    """A credit to a customer, with what is left of it."""

    __tablename__ = "credit_note"
    __table_args__ = (belongs_to("customer", "customer_id"), UniqueConstraint("tenant_id", "external_id"))

    external_id: Mapped[str]
    customer_id: Mapped[UUID]
    number: Mapped[str]
    state: Mapped[InvoiceState] = state_column(InvoiceState, default=InvoiceState.OPEN)
    currency: Mapped[str] = mapped_column(Currency)
    total: Mapped[Decimal]
    remaining: Mapped[Decimal]
    issued_on: Mapped[date] = mapped_column(Date)
    changed_at: Mapped[datetime] = mapped_column(Timestamp)


class LedgerPayment(TenantRow):
    """A payment seen in the ledger, whoever entered it."""

    __tablename__ = "ledger_payment"
    __table_args__ = (
        belongs_to_tenant(),
        UniqueConstraint("tenant_id", "external_id"),
        Index(None, "tenant_id", "customer_id"),
        # Asked before every planning: is there money that no invoice has taken?
        Index("ix_ledger_payment_unapplied", "tenant_id", postgresql_where=text("unapplied > 0")),
    )

    external_id: Mapped[str]
    customer_id: Mapped[UUID | None]
    """Derived id of the customer; no foreign key, since a payment may be read before its customer."""
    currency: Mapped[str] = mapped_column(Currency)
    amount: Mapped[Decimal]
    unapplied: Mapped[Decimal] = mapped_column(server_default=text("0"))
    """What no invoice has taken of it yet."""
    paid_on: Mapped[date] = mapped_column(Date)
    reference: Mapped[str]
    is_deleted: Mapped[bool]
    changed_at: Mapped[datetime] = mapped_column(Timestamp)


class PaymentApplication(TenantRow):
    """The part of a ledger payment that settles one invoice."""

    __tablename__ = "payment_application"
    __table_args__ = (
        belongs_to("ledger_payment", "payment_id", on_delete="CASCADE"),
        UniqueConstraint("tenant_id", "payment_id", "invoice_id"),
        Index(None, "tenant_id", "invoice_id"),
    )

    payment_id: Mapped[UUID]
    invoice_id: Mapped[UUID]
    """Derived id of the invoice; no foreign key, since a payment may be read before its invoice."""
    amount: Mapped[Decimal]


class Account(TenantRow):
    """An account of the ledger's chart, as far as booking money needs it."""

    __tablename__ = "account"
    __table_args__ = (belongs_to_tenant(), UniqueConstraint("tenant_id", "external_id"))

    external_id: Mapped[str]
    code: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    """`bank`, `expense` or `other`."""
    currency: Mapped[str | None] = mapped_column(Currency)
    """Of a bank account; NULL for others."""
    takes_payments: Mapped[bool]
    """May stand for the processor's balance."""
    takes_fees: Mapped[bool] = mapped_column(server_default=text("false"))
    takes_refunds: Mapped[bool] = mapped_column(server_default=text("false"))
    takes_income: Mapped[bool] = mapped_column(server_default=text("false"))
    is_active: Mapped[bool]
    changed_at: Mapped[datetime] = mapped_column(Timestamp)
