"""What we enter in the ledger, and into which of its accounts."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Currency, TenantRow, Timestamp, belongs_to, belongs_to_tenant, state_column


class ClosedPeriod(StrEnum):
    """What happens to an entry whose day lies in a closed period."""

    ASK = "ask"
    FIRST_OPEN_DAY = "first_open_day"


class Overpaid(StrEnum):
    """What happens to money beyond what an invoice owes."""

    ASK = "ask"
    CREDIT = "credit"
    """It becomes the customer's credit in the ledger, and somebody is told."""


class BookingAccounts(TenantRow):
    """Where money of one currency is booked in the ledger. Without a row for a currency nothing is booked.

    Accounts are mirror ids; what is NULL is not booked but asked for.
    """

    __tablename__ = "booking_accounts"
    __table_args__ = (
        belongs_to_tenant(),
        CheckConstraint("(books_from IS NULL) = (books_from_said_at IS NULL)", name="says_when"),
        UniqueConstraint("tenant_id", "currency"),
    )

    currency: Mapped[str] = mapped_column(Currency)
    clearing_account_id: Mapped[UUID]
    """The bank account that stands for the processor's balance."""
    fee_account_id: Mapped[UUID]
    """The expense account that fees go to."""
    fee_style: Mapped[str] = mapped_column(server_default=text("'expense'"))
    """How fees stand in the books: a `FeeStyle` of the ledger port."""
    refund_account_id: Mapped[UUID | None]
    """What refunds and lost chargebacks are booked against."""
    fee_tax_code: Mapped[str | None]
    """The ledger's code of the tax within card fees; NULL: no tax. Its name and per cents are as they were chosen."""
    fee_tax_name: Mapped[str | None]
    fee_tax_percent: Mapped[Decimal | None]
    surcharge_account_id: Mapped[UUID | None]
    """The income account of what payers add for paying by card."""
    bank_account_id: Mapped[UUID | None]
    """The bank account that payouts arrive in. NULL: the bookkeeper enters them."""
    closed_period: Mapped[ClosedPeriod] = state_column(ClosedPeriod, default=ClosedPeriod.ASK)
    late_fee_account_id: Mapped[UUID | None]
    """Only for programs of the release before: `LateFeeBooking` holds what was chosen."""
    overpaid: Mapped[Overpaid] = state_column(Overpaid, default=Overpaid.ASK)
    switched_on_at: Mapped[datetime | None] = mapped_column(Timestamp)
    """NULL until the business has seen the entries of a sample payment and said yes: nothing is booked before."""
    books_from: Mapped[date | None] = mapped_column(Date)
    """What happened before this day the business has booked by itself, in the organisation's zone; NULL: nothing."""
    books_from_said_at: Mapped[datetime | None] = mapped_column(Timestamp)
    changed_at: Mapped[datetime] = mapped_column(Timestamp)


class WriteBackKind(StrEnum):
    """What an entry in the ledger is for."""

    PAYMENT = "payment"
    FEE = "fee"
    NOTE = "note"
    OVERPAYMENT = "overpayment"
    SURCHARGE = "surcharge"
    """What the payer added for paying by card."""
    SURCHARGE_RETURNED = "surcharge_returned"
    """The part of a refund that gives a surcharge back."""
    REFUND = "refund"
    REFUND_RETURNED = "refund_returned"
    """A refund that failed after it was booked: the money is back."""
    CHARGEBACK = "chargeback"
    CHARGEBACK_FEE = "chargeback_fee"
    CHARGEBACK_RETURNED = "chargeback_returned"
    """A chargeback that was won: the money is back."""
    CHARGEBACK_FEE_RETURNED = "chargeback_fee_returned"
    TRANSFER = "transfer"
    """A payout, from the clearing account to the bank."""
    LATE_FEE = "late_fee"
    """A charge to a customer for paying late: an invoice of its own."""


class WriteBackState(StrEnum):
    """How an entry stands. `unknown`: sent, no answer; settled by looking, never by creating again."""

    WAITING = "waiting"
    SENDING = "sending"
    UNKNOWN = "unknown"
    DONE = "done"
    PARKED = "parked"
    UNDOING = "undoing"
    """Somebody wants it taken back; the ledger is asked to."""
    UNDONE = "undone"


class WriteBack(TenantRow):
    """One entry we make in the ledger: what, where, how much, and under which marker it can be found again."""

    __tablename__ = "write_back"
    __table_args__ = (
        belongs_to("payment", "payment_id"),
        belongs_to("refund", "refund_id"),
        belongs_to("chargeback", "chargeback_id"),
        belongs_to("payout", "payout_id"),
        belongs_to("late_fee", "late_fee_id"),
        belongs_to("write_back", "leader_id"),
        CheckConstraint("leader_id IS NULL OR kind = 'payment'", name="leads_payments"),
        CheckConstraint("(cleared IS NULL) = (cleared_currency IS NULL)", name="clears_in_a_currency"),
        CheckConstraint("num_nonnulls(payment_id, payout_id, late_fee_id) = 1", name="has_one_cause"),
        Index(
            "uq_write_back_once",
            "tenant_id",
            "payment_id",
            "refund_id",
            "chargeback_id",
            "payout_id",
            "late_fee_id",
            "kind",
            "invoice_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        UniqueConstraint("tenant_id", "marker"),
    )

    payment_id: Mapped[UUID | None]
    """The payment it is for, also where it is about a refund or chargeback of it; NULL for a payout or late fee."""
    refund_id: Mapped[UUID | None]
    chargeback_id: Mapped[UUID | None]
    payout_id: Mapped[UUID | None]
    late_fee_id: Mapped[UUID | None]
    leader_id: Mapped[UUID | None]
    """The entry whose payment in the ledger this one is a line of, and whose marker that payment bears; NULL: it
    stands for itself, or leads others."""
    kind: Mapped[WriteBackKind] = state_column(WriteBackKind, default=WriteBackKind.PAYMENT)
    invoice_id: Mapped[UUID | None]
    """The invoice paid or noted; NULL for everything else."""
    currency: Mapped[str] = mapped_column(Currency)
    amount: Mapped[Decimal]
    cleared: Mapped[Decimal | None]
    """Where the processor changed the money: what the entry moves on the clearing account, in `cleared_currency`. NULL:
    it moves its own amount, or the processor has not told."""
    cleared_currency: Mapped[str | None] = mapped_column(Currency)
    booked_on: Mapped[date] = mapped_column(Date)
    """The day of the fact, in the organisation's zone; or the first open day, if the business chose so."""
    marker: Mapped[str]
    """Unique text in the entry's reference, by which it is looked for before it is created."""
    fee_style: Mapped[str | None]
    """Set when a payment or fee is first sent: a later change of the setting must not tear the two apart."""
    state: Mapped[WriteBackState] = state_column(WriteBackState, default=WriteBackState.WAITING)
    external_id: Mapped[str | None]
    reason: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Timestamp)
    sent_at: Mapped[datetime | None] = mapped_column(Timestamp)
    done_at: Mapped[datetime | None] = mapped_column(Timestamp)
    undo_reason: Mapped[str | None]
    """Why somebody took it back, in their words."""
    undo_asked_by: Mapped[UUID | None]
    undone_at: Mapped[datetime | None] = mapped_column(Timestamp)
