"""Puts outcomes on rows. Each function may run twice, and moves only a row that still waits for an outcome."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.kit.ground import Ground
from app.models import UNDECIDED, Message, MessageState, Reminder, ReminderInvoice, ReminderState
from app.reminders import claiming, reasons
from app.reminders.reasons import Reason

_OPEN_MESSAGE = (MessageState.SENDING, MessageState.UNKNOWN)
_SENT = """
    UPDATE message m SET state = 'sent', vendor_id = t.vendor_id, reason = NULL, finished_at = :now
    FROM unnest(CAST(:ids AS uuid[]), CAST(:vendor_ids AS text[])) AS t(id, vendor_id) WHERE m.id = t.id
"""
_ON_ITS_WAY = (ReminderState.SENDING, ReminderState.UNKNOWN)


@dataclass(frozen=True)
class Decision:
    """What the gate saw and let go: kept with the reminder. Only the invoices with a balance are named."""

    reminder_id: UUID
    facts: Mapping[str, Any]
    step_id: UUID
    channel_place: int
    balances: Mapping[UUID, Decimal]


def record_sent(ground: Ground, tenant_id: UUID, taken: Mapping[UUID, str]) -> None:
    """The vendor took these messages, under these ids. The ids are kept first, by themselves: whatever fails
    afterwards, nothing is sent again.

    This is the truth whatever the rows say by now, so it overrules every other outcome.
    """
    now = ground.clock.now()
    with ground.database.tenant(tenant_id) as session:
        session.execute(text(_SENT), {"ids": list(taken), "vendor_ids": list(taken.values()), "now": now})
    with ground.database.tenant(tenant_id) as session:
        follow_sent_messages(session, list(taken))


def follow_sent_messages(session: Session, message_ids: Sequence[UUID]) -> None:
    """The reminders of messages that were sent are sent."""
    _move_reminders(session, message_ids, ReminderState.SENT, None, of=(*_ON_ITS_WAY, *UNDECIDED))


def record_failed(session: Session, message_id: UUID, *, reason: str, now: datetime) -> None:
    """Refused for good. A person has to mend something; the next step comes on its own day."""
    if close_failed(session, message_id, reason=reason, now=now):
        _move_reminders(session, [message_id], ReminderState.FAILED, Reason("refused", reason))


def close_failed(session: Session, message_id: UUID, *, reason: str, now: datetime) -> bool:
    """The message has failed; whether it still waited for its outcome. Its reminder is left to the caller."""
    return _close_message(session, message_id, MessageState.FAILED, reason, now)


def record_unknown(session: Session, message_id: UUID, *, reason: str, now: datetime) -> None:
    """It may have left. The lease stays on the row: it tells how long ago that was."""
    if _close_message(session, message_id, MessageState.UNKNOWN, reason, now):
        _move_reminders(
            session, [message_id], ReminderState.UNKNOWN, reasons.UNKNOWN_CHECKING, keep_lease=True
        )


def explain_unknown(session: Session, reminder_id: UUID) -> None:
    """Nobody can be asked: a person decides."""
    why = reasons.UNKNOWN_FOR_GOOD
    session.execute(
        update(Reminder)
        .where(Reminder.id == reminder_id, Reminder.state == ReminderState.UNKNOWN)
        .values(reason_code=why.code, reason=why.sentence)
    )


def record_not_taken(
    session: Session, message_id: UUID, *, reason: str, now: datetime, again_at: datetime
) -> None:
    """It surely did not leave: planned again for a little later. `reason` is a sentence."""
    if not _close_message(session, message_id, MessageState.FAILED, reason, now):
        return
    reminder_id = session.scalar(select(Message.reminder_id).where(Message.id == message_id))
    if reminder_id is not None:
        claiming.give_back(session, reminder_id, reasons.try_again(reason), due_at=again_at)


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


def _close_message(
    session: Session, message_id: UUID, state: MessageState, reason: str, now: datetime
) -> bool:
    """Whether the message still waited for its outcome."""
    closed = session.execute(
        update(Message)
        .where(Message.id == message_id, Message.state.in_(_OPEN_MESSAGE))
        .values(state=state, reason=reason, finished_at=None if state is MessageState.UNKNOWN else now)
        .returning(Message.id)
    )
    return closed.scalar_one_or_none() is not None


def _move_reminders(
    session: Session,
    message_ids: Sequence[UUID],
    state: ReminderState,
    why: Reason | None,
    *,
    of: Collection[ReminderState] = _ON_ITS_WAY,
    keep_lease: bool = False,
) -> None:
    values: dict[str, Any] = {
        "state": state,
        "reason_code": why.code if why else None,
        "reason": why.sentence if why else None,
    }
    if not keep_lease:
        values["lease_until"] = None
    of_messages = select(Message.reminder_id).where(Message.id.in_(message_ids))
    session.execute(
        update(Reminder).where(Reminder.id.in_(of_messages), Reminder.state.in_(of)).values(**values)
    )
