"""What a batch of claimed reminders is about, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from app.payments.offer import FailedDebit
from app.reminders.addresses import Mailbox, Phonebook
from app.reminders.claiming import Claim
from app.reminders.gate import Recipient
from app.reminders.planner_diary import Diary
from app.reminders.situation import Contact, Stop
from app.reminders.standing import Organisation
from app.reminders.step_texts import StepWords


@dataclass(frozen=True, slots=True)
class CoveredLine:
    """An invoice of a reminder at its step."""

    invoice_id: UUID
    step_id: UUID
    offset_days: int
    reached_on: date | None
    """The day the step counted to. None only in rows of before it was kept."""
    min_balance: Decimal | None
    """Of the step: with less or more left to pay it is another step's turn."""
    max_balance: Decimal | None
    promise_leaves: Decimal | None
    """Of a step for after a broken promise: with no more than that left to pay the money has come after all."""
    stop: Stop | None


@dataclass(frozen=True)
class Case:
    """One claimed reminder."""

    claim: Claim
    customer_id: UUID
    currency: str
    is_expected: bool
    attempt: int
    recipient: Recipient
    customer_name: str = field(repr=False)
    first_name: str | None = field(repr=False)
    country: str | None
    """Of the customer's address: it decides on the language."""
    address: str | None = field(repr=False)
    mailbox: Mailbox
    """Everybody a mail may go to; empty for a message by phone."""
    phonebook: Phonebook
    """Every telephone that a text may go to; empty for a mail."""
    role: str
    """Whom the step writes to that the way was chosen for."""
    channel: str
    channel_place: int
    """Where on the reminder's list the channel is."""
    diary: Diary
    """When the recipient may be written to."""
    lines: tuple[CoveredLine, ...]


@dataclass(frozen=True)
class Business:
    """Who speaks."""

    name: str
    country_code: str
    reply_to: str | None = field(repr=False)
    takes_payments: bool


@dataclass(frozen=True)
class Batch:
    """Claimed reminders of one tenant with what they share."""

    read_at: datetime
    organisation: Organisation
    business: Business
    brake_left: int
    contacts: Mapping[UUID, tuple[Contact, ...]]
    """What customers had, or are having by others' hands, in the last seven days."""
    words: Mapping[UUID, StepWords]
    cases: tuple[Case, ...]
    failed_debits: Mapping[UUID, FailedDebit] = field(default_factory=dict)
    """By invoice: bank debits that did not go through, of which no reminder has spoken yet."""
    late_fees: frozenset[UUID] = frozenset()
    """The customers' open invoices for paying late: the ledger is asked about them, too."""
