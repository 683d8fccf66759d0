"""Puts outcomes on rows. Each function may run twice, and moves only a row that still waits for an outcome."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from app.kit.ground import Ground
from app.models import Message, MessageState, Reminder, ReminderState
from app.reminders import claiming, moves, reasons
from app.reminders.moves import Move
from app.reminders.reasons import Reason

_SENT = """
    UPDATE message m SET state = 'sent', vendor_id = t.vendor_id, reason = NULL, finished_at = :now
    FROM unnest(CAST(:ids AS uuid[]), CAST(:vendor_ids AS text[])) AS t(id, vendor_id) WHERE m.id = t.id
"""


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
    """The reminders of messages that were sent are sent.

    Not of those that have come back meanwhile: a receipt may be quicker than the worker that handed the message over,
    and has given its reminder to the next channel by then. The lock waits for a receipt that is just being kept.
    """
    on_their_way = session.scalars(
        select(Message.id)
        .where(
            Message.id.in_(message_ids),
            Message.delivery.is_(None) | Message.delivery.not_in(moves.NOT_REACHED),
        )
        .order_by(Message.id)
        .with_for_update()
    )
    _move_reminders(session, on_their_way.all(), moves.TAKEN, None)


def record_failed(session: Session, message_id: UUID, *, reason: str, now: datetime) -> None:
    """Refused for good. A person has to mend something; the next step comes on its own day."""
    if close_failed(session, message_id, reason=reason, now=now):
        _move_reminders(session, [message_id], moves.REFUSED, Reason("refused", reason))


def close_failed(session: Session, message_id: UUID, *, reason: str, now: datetime) -> bool:
    """The message has failed; whether it still waited for its outcome. Its reminder is left to the caller."""
    return _close_message(session, message_id, MessageState.FAILED, reason, now)


def record_unknown(session: Session, message_id: UUID, *, reason: str, now: datetime) -> None:
    """It may have left. The lease stays on the row: it tells how long ago that was."""
    if _close_message(session, message_id, MessageState.UNKNOWN, reason, now):
        _move_reminders(session, [message_id], moves.IN_DOUBT, reasons.UNKNOWN_CHECKING, keep_lease=True)


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


def _close_message(
    session: Session, message_id: UUID, state: MessageState, reason: str, now: datetime
) -> bool:
    """Whether the message still waited for its outcome."""
    closed = session.execute(
        update(Message)
        .where(Message.id == message_id, Message.state.in_(moves.OPEN_MESSAGE))
        .values(state=state, reason=reason, finished_at=None if state is MessageState.UNKNOWN else now)
        .returning(Message.id)
    )
    return closed.scalar_one_or_none() is not None


def _move_reminders(
    session: Session,
    message_ids: Sequence[UUID],
    move: Move,
    why: Reason | None,
    *,
    keep_lease: bool = False,
) -> None:
    values: dict[str, Any] = {
        "state": move.to,
        "reason_code": why.code if why else None,
        "reason": why.sentence if why else None,
    }
    if not keep_lease:
        values["lease_until"] = None
    of_messages = select(Message.reminder_id).where(Message.id.in_(message_ids))
    session.execute(
        update(Reminder).where(Reminder.id.in_(of_messages), Reminder.state.in_(move.of)).values(**values)
    )
