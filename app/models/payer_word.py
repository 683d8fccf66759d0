"""What is said about an invoice by those who owe it or are owed: promises, disputes, claims to have paid."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Date, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Currency, TenantRow, Timestamp, belongs_to, state_column
from app.models.hold import HoldSource


class PromiseState(StrEnum):
    """How a promise turned out."""

    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"


class Promise(TenantRow):
    """A day by which an invoice, or a part of it, is to be paid."""

    __tablename__ = "promise"
    __table_args__ = (
        belongs_to("invoice", "invoice_id"),
        Index(None, "tenant_id", "invoice_id", unique=True, postgresql_where=text("state = 'open'")),
    )

    invoice_id: Mapped[UUID]
    promised_on: Mapped[date] = mapped_column(Date)
    amount: Mapped[Decimal]
    """What is to be paid, in the invoice's currency."""
    balance: Mapped[Decimal]
    """What was open when it was promised."""
    total: Mapped[Decimal | None]
    """What the invoice came to when it was promised; NULL for promises from before this was kept."""
    source: Mapped[HoldSource] = state_column(HoldSource, default=HoldSource.OWNER)
    state: Mapped[PromiseState] = state_column(PromiseState, default=PromiseState.OPEN)
    made_at: Mapped[datetime] = mapped_column(Timestamp)
    settled_at: Mapped[datetime | None] = mapped_column(Timestamp)


class DisputeReason(StrEnum):
    """The short list a payer chooses from."""

    NOT_RECEIVED = "not_received"
    WRONG_AMOUNT = "wrong_amount"
    FAULTY = "faulty"
    NOT_ORDERED = "not_ordered"
    ALREADY_CREDITED = "already_credited"
    OTHER = "other"


class DisputeState(StrEnum):
    """Open, or how it was settled."""

    OPEN = "open"
    WON = "won"
    CREDIT_COMING = "credit_coming"
    RESUMED = "resumed"
    CLOSED = "closed"
    """Paid, credited or voided in the ledger before anybody decided."""


class Dispute(TenantRow):
    """Something is wrong with an invoice; it is left out of reminders until somebody settles it."""

    __tablename__ = "dispute"
    __table_args__ = (
        belongs_to("invoice", "invoice_id"),
        Index(None, "tenant_id", "invoice_id", unique=True, postgresql_where=text("state = 'open'")),
    )

    invoice_id: Mapped[UUID]
    reason: Mapped[DisputeReason] = state_column(DisputeReason, default=DisputeReason.OTHER)
    words_sealed: Mapped[bytes | None]
    source: Mapped[HoldSource] = state_column(HoldSource, default=HoldSource.PAYER)
    state: Mapped[DisputeState] = state_column(DisputeState, default=DisputeState.OPEN)
    opened_at: Mapped[datetime] = mapped_column(Timestamp)
    settled_at: Mapped[datetime | None] = mapped_column(Timestamp)


class ClaimState(StrEnum):
    """What became of the payer's word. `overdue`: no money came in time, and reminders go on."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    OVERDUE = "overdue"
    REJECTED = "rejected"


class PaymentMethod(StrEnum):
    """How the payer says they paid."""

    TRANSFER = "transfer"
    CARD = "card"
    CHEQUE = "cheque"
    CASH = "cash"
    OTHER = "other"


class PaymentClaim(TenantRow):
    """A payer's word that invoices are paid. Nothing is booked from it."""

    __tablename__ = "payment_claim"
    __table_args__ = (belongs_to("customer", "customer_id"), Index(None, "tenant_id", "customer_id"))

    customer_id: Mapped[UUID]
    currency: Mapped[str] = mapped_column(Currency)
    paid_on: Mapped[date] = mapped_column(Date)
    method: Mapped[PaymentMethod] = state_column(PaymentMethod, default=PaymentMethod.TRANSFER)
    reference_sealed: Mapped[bytes | None]
    state: Mapped[ClaimState] = state_column(ClaimState, default=ClaimState.OPEN)
    waits_until: Mapped[date] = mapped_column(Date)
    """The last day on which the invoices are left alone for it."""
    made_at: Mapped[datetime] = mapped_column(Timestamp)
    settled_at: Mapped[datetime | None] = mapped_column(Timestamp)


class ClaimedInvoice(TenantRow):
    """An invoice that a claim names, with the balance it had."""

    __tablename__ = "claimed_invoice"
    __table_args__ = (
        belongs_to("payment_claim", "claim_id", on_delete="CASCADE"),
        belongs_to("invoice", "invoice_id"),
        UniqueConstraint("tenant_id", "claim_id", "invoice_id"),
        Index(None, "tenant_id", "invoice_id"),
    )

    claim_id: Mapped[UUID]
    invoice_id: Mapped[UUID]
    balance: Mapped[Decimal]


class ProofKind(StrEnum):
    """What a proof's content turned out to be, whatever its name said."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"


class ClaimProof(TenantRow):
    """The file that came with a claim, sealed. It is handed out as a download and never shown in a page."""

    __tablename__ = "claim_proof"
    __table_args__ = (
        belongs_to("payment_claim", "claim_id", on_delete="CASCADE"),
        UniqueConstraint("tenant_id", "claim_id"),
    )

    claim_id: Mapped[UUID]
    kind: Mapped[ProofKind] = state_column(ProofKind, default=ProofKind.PDF)
    size: Mapped[int]
    content_sealed: Mapped[bytes]
