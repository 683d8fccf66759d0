"""What the gate looks at for one reminder, and how that is kept with its decision. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.connectors.base import InvoiceRecord
from app.reminders.planner_diary import Diary
from app.reminders.reasons import Reason
from app.reminders.situation import Contact, Stop
from app.reminders.standing import Organisation

FACTS_LAST = timedelta(seconds=60)
"""Older facts are asked for again."""


@dataclass(frozen=True, slots=True)
class Line:
    """An invoice the reminder covers, as it was planned and as the ledger has it now."""

    invoice_id: UUID
    step_id: UUID
    offset_days: int
    record: InvoiceRecord | None
    """None: the ledger does not know it any more."""
    ours: Decimal = Decimal(0)
    """Paid through us and not in the ledger's balance yet."""
    min_balance: Decimal | None = None
    """Of the step: with less or more left to pay it is another step's turn."""
    max_balance: Decimal | None = None
    promise_leaves: Decimal | None = None
    """Of a step for after a broken promise: with no more than that left to pay the money has come after all."""
    stop: Stop | None = None


@dataclass(frozen=True, slots=True)
class Recipient:
    """The customer as the mirror has it."""

    external_id: str
    is_active: bool
    opted_out: bool
    has_valid_address: bool
    stop: Stop | None = None
    obstacle: Reason | None = None
    """What stands in the way on the channel it would take, where that is not the mail address."""


@dataclass(frozen=True)
class Facts:
    """Everything the gate looks at for one reminder."""

    now: datetime
    read_at: datetime
    """When the ledger was asked about these invoices."""
    mirror_read_at: datetime | None
    """When everything else was last read: money that is applied to nothing, credits. None if it never was."""
    organisation: Organisation
    diary: Diary
    """When the recipient may be written to, by the cadence of the step that words the message."""
    channel: str
    currency: str
    recipient: Recipient
    lines: tuple[Line, ...]
    is_expected: bool
    """The owner confirmed exactly this reminder, so the volume brake does not apply."""
    brake_left: int
    """How many unexpected messages may still leave today."""
    gave_way: bool = False
    """It was tried on an earlier channel of its list, and the next one has its turn."""
    had: tuple[Contact, ...] = ()
    """What the customer had in the last seven days, in any currency and on any channel."""


def seen(facts: Facts) -> dict[str, Any]:
    """The facts as they are kept with the decision: figures by invoice, no addresses and no names."""
    return {
        "read_at": facts.read_at.isoformat(),
        "decided_at": facts.now.isoformat(),
        "currency": facts.currency,
        "messages_in_seven_days": len(facts.had),
        "invoices": [_seen_line(line) for line in facts.lines],
    }


def _seen_line(line: Line) -> dict[str, Any]:
    if line.record is None:
        return {"id": str(line.invoice_id), "state": "gone"}
    held = {"held": line.stop.kind.value} if line.stop else {}
    return {
        "id": str(line.invoice_id),
        "number": line.record.number,
        "state": line.record.state.value,
        "balance": str(line.record.amount_due),
        "paid_through_us": str(line.ours),
        "due_on": line.record.due_on.isoformat(),
        **held,
    }
