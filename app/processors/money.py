"""What becomes of money at the processor after it was paid: given back, fought over, paid out to the bank."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


class EntryKind(StrEnum):
    """Why an account's balance moved."""

    CHARGE = "charge"
    CHARGE_FAILED = "charge_failed"
    REFUND = "refund"
    REFUND_FAILED = "refund_failed"
    DISPUTE = "dispute"
    DISPUTE_REVERSED = "dispute_reversed"
    FEE = "fee"
    PAYOUT = "payout"
    PAYOUT_FAILED = "payout_failed"
    OTHER = "other"
    """A word of the processor's that we do not know; the money moved all the same."""


@dataclass(frozen=True, slots=True)
class BalanceEntry:
    """One movement of the account's balance, in the balance's own currency. `net` is `gross` less `fee`."""

    external_id: str
    kind: EntryKind
    vendor_kind: str
    gross: Decimal
    """Positive into the balance, negative out of it."""
    fee: Decimal
    """What the processor keeps; negative when it is given back."""
    net: Decimal
    currency: str
    """May differ from the payment's when the account settles in another currency."""
    exchange_rate: Decimal | None
    """Units of the balance's currency for one of the payment's; None when they are the same."""
    created_at: datetime
    available_on: date
    is_available: bool
    """Whether it can be paid out by now."""
    source: str | None
    """The processor's id of what caused it: a charge, refund, dispute or payout."""
    payment_external_id: str | None
    """The payment behind the source, where there is one and the call reads sources; see each call."""


class RefundState(StrEnum):
    """How a refund stands. Even one that succeeded can fail weeks later, when the payer's bank returns it."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class RefundReason(StrEnum):
    """Why the business gives money back."""

    DUPLICATE = "duplicate"
    FRAUDULENT = "fraudulent"
    REQUESTED_BY_CUSTOMER = "requested_by_customer"


@dataclass(frozen=True, slots=True)
class RefundFacts:
    """Money given back, by us or in the processor's own dashboard, in the payment's currency."""

    external_id: str
    state: RefundState
    amount: Decimal
    currency: str
    payment_external_id: str | None
    charge_external_id: str | None
    created_at: datetime
    reason: str | None
    failure: str | None
    """The processor's code for why it failed."""
    entry: BalanceEntry | None
    """What it took from the balance; None until it has."""
    failure_entry: BalanceEntry | None
    """What its failure gave back to the balance."""
    reference: str | None
    """Our refund's id, attached when making it; None for one that somebody made elsewhere."""


class DisputeState(StrEnum):
    """How a dispute stands."""

    INQUIRY = "inquiry"
    """The payer's bank only asks; no money has moved, but it may still be taken."""
    NEEDS_RESPONSE = "needs_response"
    UNDER_REVIEW = "under_review"
    WON = "won"
    LOST = "lost"
    CLOSED = "closed"
    """An inquiry that ended, or a dispute prevented, without a withdrawal that stands."""
    OTHER = "other"
    """A word of the processor's that we do not know: neither open nor over can be concluded."""


_FINAL = frozenset((DisputeState.WON, DisputeState.LOST, DisputeState.CLOSED))


@dataclass(frozen=True, slots=True)
class DisputeFacts:
    """A payer's bank taking a payment back, in the payment's currency."""

    external_id: str
    state: DisputeState
    amount: Decimal
    currency: str
    payment_external_id: str | None
    charge_external_id: str | None
    reason: str
    created_at: datetime
    evidence_due_at: datetime | None
    """None when the bank takes no evidence."""
    is_past_due: bool
    is_refundable: bool
    """Whether a refund could still end it: only while no money was withdrawn."""
    entries: tuple[BalanceEntry, ...]
    """What it did to the balance, oldest first: the withdrawal with its fee, the reinstatement."""

    @property
    def is_final(self) -> bool:
        return self.state in _FINAL


class PayoutState(StrEnum):
    """How a payout stands. Even one that is paid can fail some days later."""

    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class PayoutFacts:
    """Money on its way from the processor's balance to the business's bank; negative when the bank pays in."""

    external_id: str
    state: PayoutState
    amount: Decimal
    currency: str
    created_at: datetime
    arrives_on: date
    is_automatic: bool
    """Only the lines of automatic payouts can be told."""
    is_reconcilable: bool
    """Whether its lines are complete by now."""
    failure: str | None
    """The processor's code for why it failed."""
    entry_external_id: str | None
    failure_entry_external_id: str | None
    bank_reference: str | None
    """The trace id by which the receiving bank can find it."""
