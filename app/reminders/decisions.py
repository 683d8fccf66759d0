"""Puts decisions on rows. Each function may run twice, and moves only a row that is still being decided."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, text, true, update
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.models import Reminder, ReminderInvoice
from app.reminders import moves
from app.reminders.reasons import Reason

# One statement for a whole portion each: a row's own statement costs more than the row.
_NOTE = """
    UPDATE reminder r
    SET facts = CAST(t.facts AS jsonb), step_id = t.step_id, channel_place = t.channel_place,
        decided_at = :now, reason_code = NULL, reason = NULL
    FROM unnest(CAST(:ids AS uuid[]), CAST(:facts AS text[]), CAST(:steps AS uuid[]), CAST(:places AS integer[]))
        AS t(id, facts, step_id, channel_place)
    WHERE r.tenant_id = :tenant AND r.id = t.id
"""
_NOTE_LINES = """
    UPDATE reminder_invoice line SET amount_due = t.balance, is_spent = t.balance IS NOT NULL
    FROM reminder_invoice covered
    LEFT JOIN unnest(CAST(:reminders AS uuid[]), CAST(:invoices AS uuid[]), CAST(:balances AS numeric[]))
        AS t(reminder_id, invoice_id, balance)
        ON t.reminder_id = covered.reminder_id AND t.invoice_id = covered.invoice_id
    WHERE covered.tenant_id = :tenant AND covered.reminder_id = ANY(:ids)
      AND line.tenant_id = covered.tenant_id AND line.id = covered.id
"""


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
    fence: datetime | None = None,
    needs_confirmation: bool = False,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Hold a claimed reminder: until a time, or until a planning finds that nothing holds it any more.

    With a `fence` only as long as the claim it is of has not been taken over.
    """
    values: dict[str, Any] = {
        "state": moves.HOLD.to,
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
        .where(Reminder.id == reminder_id, Reminder.state.in_(moves.HOLD.of), _within(fence))
        .values(**values)
    )


def skip(
    session: Session,
    reminder_id: UUID,
    why: Reason,
    *,
    now: datetime,
    facts: Mapping[str, Any] | None,
    fence: datetime,
) -> None:
    """Not needed any more, says whose claim it still is. Its invoices are free to be reminded again."""
    skipped = session.execute(
        update(Reminder)
        .where(Reminder.id == reminder_id, Reminder.state.in_(moves.SKIP.of), _within(fence))
        .values(
            state=moves.SKIP.to,
            reason_code=why.code,
            reason=why.sentence,
            decided_at=now,
            lease_until=None,
            facts=dict(facts) if facts else None,
        )
        .returning(Reminder.id)
    )
    if skipped.scalar_one_or_none() is not None:
        note_lines(session, reminder_id, balances={})


def _within(fence: datetime | None) -> ColumnElement[bool]:
    """Whether the claim is the one of this fence."""
    return true() if fence is None else Reminder.lease_until == fence


def note_decisions(session: Session, decisions: Sequence[Decision], *, now: datetime) -> None:
    """Keep what the gate saw when it let these reminders go. Invoices that are not named are free again."""
    values = {
        "tenant": tenant_of(session),
        "now": now,
        "ids": [one.reminder_id for one in decisions],
        "facts": [json.dumps(one.facts) for one in decisions],
        "steps": [one.step_id for one in decisions],
        "places": [one.channel_place for one in decisions],
    }
    session.execute(text(_NOTE), values)
    named = [(one.reminder_id, *line) for one in decisions for line in one.balances.items()]
    lines = {
        "tenant": values["tenant"],
        "ids": values["ids"],
        "reminders": [reminder_id for reminder_id, _, _ in named],
        "invoices": [invoice_id for _, invoice_id, _ in named],
        "balances": [balance for _, _, balance in named],
    }
    session.execute(text(_NOTE_LINES), lines)


def note_lines(session: Session, reminder_id: UUID, *, balances: Mapping[UUID, Decimal]) -> None:
    """The invoices a message names keep their balance; those it leaves out are free again."""
    lines = session.scalars(select(ReminderInvoice).where(ReminderInvoice.reminder_id == reminder_id))
    for line in lines:
        line.is_spent = line.invoice_id in balances
        line.amount_due = balances.get(line.invoice_id)
