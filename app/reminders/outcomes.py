"""Puts outcomes on rows. Each function may run twice, and moves only a row that still waits for an outcome."""

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.kit.ground import Ground
from app.models import UNDECIDED, Message, MessageState, Reminder, ReminderInvoice, ReminderState
from app.reminders import claiming, reasons
from app.reminders.reasons import Reason

_OPEN_MESSAGE = (MessageState.SENDING, MessageState.UNKNOWN)
_ON_ITS_WAY = (ReminderState.SENDING, ReminderState.UNKNOWN)


def record_sent(ground: Ground, tenant_id: UUID, message_id: UUID, *, vendor_id: str) -> None:
    """The vendor took it. Its id is kept first, by itself: whatever fails afterwards, nothing is sent again.

    This is the truth whatever the row says by now, so it overrules every other outcome.
    """
    now = ground.clock.now()
    with ground.database.tenant(tenant_id) as session:
        session.execute(
            update(Message)
            .where(Message.id == message_id)
            .values(state=MessageState.SENT, vendor_id=vendor_id, reason=None, finished_at=now)
        )
    with ground.database.tenant(tenant_id) as session:
        follow_sent_message(session, message_id)


def follow_sent_message(session: Session, message_id: UUID) -> None:
    """The reminder of a message that was sent is sent."""
    _move_reminder(session, message_id, ReminderState.SENT, None, of=(*_ON_ITS_WAY, *UNDECIDED))


def record_failed(session: Session, message_id: UUID, *, reason: str, now: datetime) -> None:
    """Refused for good. A person has to mend something; the next step comes on its own day."""
    if _close_message(session, message_id, MessageState.FAILED, reason, now):
        _move_reminder(session, message_id, ReminderState.FAILED, Reason("refused", reason))


def record_unknown(session: Session, message_id: UUID, *, reason: str, now: datetime) -> None:
    """It may have left. The lease stays on the row: it tells how long ago that was."""
    if _close_message(session, message_id, MessageState.UNKNOWN, reason, now):
        _move_reminder(session, message_id, ReminderState.UNKNOWN, reasons.UNKNOWN_CHECKING, keep_lease=True)


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


def note_facts(
    session: Session, reminder_id: UUID, facts: Mapping[str, Any], *, step_id: UUID, now: datetime
) -> None:
    """Keep what the gate saw when it let the reminder go."""
    session.execute(
        update(Reminder)
        .where(Reminder.id == reminder_id)
        .values(facts=dict(facts), step_id=step_id, decided_at=now, reason_code=None, reason=None)
    )


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


def _move_reminder(
    session: Session,
    message_id: UUID,
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
    of_message = select(Message.reminder_id).where(Message.id == message_id).scalar_subquery()
    session.execute(
        update(Reminder).where(Reminder.id == of_message, Reminder.state.in_(of)).values(**values)
    )
