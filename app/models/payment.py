"""Money taken by us: from the pay link in a reminder to the payment at the processor."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Currency, TenantRow, Timestamp, belongs_to, belongs_to_tenant, state_column


class ProcessorAccountState(StrEnum):
    """Whether the tenant's card account can take money."""

    ONBOARDING = "onboarding"
    READY = "ready"
    RESTRICTED = "restricted"


class ProcessorAccount(TenantRow):
    """The tenant's own account at the card processor; money goes there directly, never through us.

    One that is over stays, because payments went to it; the tenant has at most one beside it.
    """

    __tablename__ = "processor_account"
    __table_args__ = (
        belongs_to_tenant(),
        Index(None, "tenant_id", "processor", unique=True, postgresql_where=text("ended_at IS NULL")),
    )

    processor: Mapped[str]
    external_id: Mapped[str | None]
    """The processor's id of the account; NULL from the intent to make one until its answer is stored."""
    state: Mapped[ProcessorAccountState] = state_column(
        ProcessorAccountState, default=ProcessorAccountState.ONBOARDING
    )
    reason: Mapped[str | None]
    events_since: Mapped[datetime] = mapped_column(Timestamp)
    """The sweep has seen every event created before this moment."""
    movements_since: Mapped[datetime | None] = mapped_column(Timestamp)
    """Every movement of its balance before this moment is stored; NULL until they are read for the first time."""
    entries_since: Mapped[datetime | None] = mapped_column(Timestamp)
    """Whoever touched our entries in the ledger before this moment was noticed; NULL before the first look."""
    created_at: Mapped[datetime] = mapped_column(Timestamp)
    ended_at: Mapped[datetime | None] = mapped_column(Timestamp)
    """When we saw that it was closed, or that we may not use it any more."""


class PayLink(TenantRow):
    """A durable address under which one customer sees and pays what is open in one currency."""

    __tablename__ = "pay_link"
    __table_args__ = (
        belongs_to("customer", "customer_id"),
        belongs_to("reminder", "reminder_id"),
        UniqueConstraint("tenant_id", "token_hash"),
    )

    customer_id: Mapped[UUID]
    currency: Mapped[str] = mapped_column(Currency)
    reminder_id: Mapped[UUID | None]
    token_hash: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(Timestamp)
    revoked_at: Mapped[datetime | None] = mapped_column(Timestamp)


class CheckoutState(StrEnum):
    """A session at the processor's hosted page."""

    OPENING = "opening"
    OPEN = "open"
    COMPLETE = "complete"
    EXPIRED = "expired"


class PayWays(StrEnum):
    """By which ways a checkout can be paid. A surcharge is only for cards, so the two are kept apart."""

    ANY = "any"
    CARD = "card"
    NOT_CARD = "not_card"


class Checkout(TenantRow):
    """One hosted session for exactly the balance seen at the click. At most one is open per link."""

    __tablename__ = "checkout"
    __table_args__ = (
        belongs_to("pay_link", "pay_link_id"),
        belongs_to("processor_account", "processor_account_id"),
        UniqueConstraint("tenant_id", "external_id"),
        Index(
            None,
            "tenant_id",
            "pay_link_id",
            unique=True,
            postgresql_where=text("state IN ('opening', 'open')"),
        ),
    )

    pay_link_id: Mapped[UUID]
    processor_account_id: Mapped[UUID]
    external_id: Mapped[str | None]
    url: Mapped[str | None]
    currency: Mapped[str] = mapped_column(Currency)
    amount: Mapped[Decimal]
    """All that is to be paid, the surcharge with it."""
    surcharge: Mapped[Decimal] = mapped_column(default=Decimal(0), server_default=text("0"))
    ways: Mapped[PayWays] = state_column(PayWays, default=PayWays.ANY)
    state: Mapped[CheckoutState] = state_column(CheckoutState, default=CheckoutState.OPENING)
    created_at: Mapped[datetime] = mapped_column(Timestamp)
    expires_at: Mapped[datetime] = mapped_column(Timestamp)


class CheckoutInvoice(TenantRow):
    """How much of a checkout is for which invoice: the allocation is fixed before the payer pays."""

    __tablename__ = "checkout_invoice"
    __table_args__ = (
        belongs_to("checkout", "checkout_id", on_delete="CASCADE"),
        belongs_to("invoice", "invoice_id"),
        UniqueConstraint("tenant_id", "checkout_id", "invoice_id"),
        # What is on its way is asked by invoice: before every reminder, and by every payer.
        Index(None, "tenant_id", "invoice_id"),
    )

    checkout_id: Mapped[UUID]
    invoice_id: Mapped[UUID]
    amount: Mapped[Decimal]


class PaymentState(StrEnum):
    """What the processor says of the money."""

    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class Payment(TenantRow):
    """Money a payer gave through a pay link. One row per payment at the processor, however often we are told."""

    __tablename__ = "payment"
    __table_args__ = (
        belongs_to("checkout", "checkout_id"),
        UniqueConstraint("tenant_id", "external_id"),
        Index(None, "tenant_id", "checkout_id"),
        Index(None, "tenant_id", "fee", postgresql_where=text("state = 'succeeded' AND fee IS NULL")),
    )

    checkout_id: Mapped[UUID]
    external_id: Mapped[str]
    """The processor's id of the payment (Stripe: the PaymentIntent)."""
    currency: Mapped[str] = mapped_column(Currency)
    amount: Mapped[Decimal]
    """All that was paid, the surcharge with it."""
    surcharge: Mapped[Decimal] = mapped_column(default=Decimal(0), server_default=text("0"))
    """What of it was added for paying by card: no invoice is paid with it."""
    state: Mapped[PaymentState] = state_column(PaymentState, default=PaymentState.PROCESSING)
    paid_at: Mapped[datetime | None] = mapped_column(Timestamp)
    fee: Mapped[Decimal | None]
    fee_currency: Mapped[str | None] = mapped_column(Currency)
    """The settlement currency, which may differ from the invoice's."""
    settled: Mapped[Decimal | None]
    """What reached the balance before the fee, in the settlement currency; NULL until the processor has told."""
    exchange_rate: Mapped[Decimal | None] = mapped_column(Numeric(18, 8))
    """Units of the settlement currency for one of the payment's; NULL where they are the same."""
    created_at: Mapped[datetime] = mapped_column(Timestamp)
