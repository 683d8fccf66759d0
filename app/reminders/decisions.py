"""Puts decisions on rows. Each function may run twice, and moves only a row that is still being decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.models import Reminder, ReminderInvoice, ReminderState
from app.reminders.reasons import Reason

_ON_ITS_WAY = (ReminderState.SENDING, ReminderState.UNKNOWN)


@dataclass(frozen=True)
class Decision:
    """What the gate saw and let go: kept with the reminder. Only the invoices with a balance are named."""

    reminder_id: UUID
    facts: Mapping[str, Any]
    step_id: UUID
    channel_place: int
    balances: Mapping[UUID, Decimal]


def hold(
    session: Session,
    reminder_id: UUID,
    why: Reason,
    *,
    until: datetime | None,
    now: datetime,
    needs_confirmation: bool = False,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Hold a claimed reminder: until a time, or until a planning finds that nothing holds it any more."""
    values: dict[str, Any] = {
        "state": ReminderState.HELD,
        "reason_code": why.code,
        "reason": why.sentence,
        "decided_at": now,
        "lease_until": None,
    }
    if until is not None:
        values["due_at"] = until
    if needs_confirmation:
        values["needs_confirmation"] = True
    if facts is not None:
        values["facts"] = dict(facts)
    session.execute(
        update(Reminder)
        .where(Reminder.id == reminder_id, Reminder.state == ReminderState.SENDING)
        .values(**values)
    )


def skip(
    session: Session, reminder_id: UUID, why: Reason, *, now: datetime, facts: Mapping[str, Any] | None
) -> None:
    """Not needed any more. Its invoices are free to be reminded again should they need it."""
    session.execute(
        update(Reminder)
        .where(Reminder.id == reminder_id, Reminder.state.in_(_ON_ITS_WAY))
        .values(
            state=ReminderState.SKIPPED,
            reason_code=why.code,
            reason=why.sentence,
            decided_at=now,
            lease_until=None,
            facts=dict(facts) if facts else None,
        )
    )
    note_lines(session, reminder_id, balances={})


def note_decisions(session: Session, decisions: Sequence[Decision], *, now: datetime) -> None:
    """Keep what the gate saw when it let these reminders go. Invoices that are not named are free again."""
    tenant_id = tenant_of(session)
    session.execute(
        update(Reminder),
        [
            {
                "tenant_id": tenant_id,
                "id": one.reminder_id,
                "facts": dict(one.facts),
                "step_id": one.step_id,
                "channel_place": one.channel_place,
                "decided_at": now,
                "reason_code": None,
                "reason": None,
            }
            for one in decisions
        ],
    )
    balances = {one.reminder_id: one.balances for one in decisions}
    lines = session.scalars(select(ReminderInvoice).where(ReminderInvoice.reminder_id.in_(balances)))
    for line in lines:
        line.amount_due = balances[line.reminder_id].get(line.invoice_id)
        line.is_spent = line.amount_due is not None


def note_lines(session: Session, reminder_id: UUID, *, balances: Mapping[UUID, Decimal]) -> None:
    """The invoices a message names keep their balance; those it leaves out are free again."""
    lines = session.scalars(select(ReminderInvoice).where(ReminderInvoice.reminder_id == reminder_id))
    for line in lines:
        line.is_spent = line.invoice_id in balances
        line.amount_due = balances.get(line.invoice_id)
