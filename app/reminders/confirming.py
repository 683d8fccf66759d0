"""What the owner decides: confirm a list, pause and resume, and what becomes of a message nobody knows about."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.kit.errors import NotFound, Rejected
from app.models import (
    Message,
    MessageState,
    Reminder,
    ReminderState,
    Sending,
    Tenant,
)
from app.payments.replan import replan
from app.reminders import claiming, reasons
from app.reminders.seen_lists import changed_since

_ASKED_FOR = (reasons.FIRST_LIST.code, reasons.VOLUME_BRAKE.code, "late")


def confirm(
    session: Session, reminder_ids: Collection[UUID], *, now: datetime, seen: Mapping[UUID, str] | None = None
) -> int:
    """Let exactly these reminders go, those that the owner was shown; the number let go.

    `seen`: the marks that the list showed them with. One that has become another since is not let go.

    Only what waits for the owner's word is touched: a reminder held for another reason stays held, and one
    that is not in the list stays held until it is seen. What is planned after this goes by itself.
    """
    tenant = _locked_tenant(session)
    if tenant.sending is Sending.PAUSED:
        raise Rejected("Sending is paused. Resume it first, then confirm the list.")
    confirmed = session.execute(
        update(Reminder)
        .where(
            Reminder.id.in_(set(reminder_ids) - changed_since(session, seen or {})),
            Reminder.state == ReminderState.HELD,
            Reminder.reason_code.in_(_ASKED_FOR),
        )
        .values(
            state=ReminderState.PLANNED,
            needs_confirmation=False,
            confirmed_at=now,
            # The owner has seen that it is late: the word given here is the one asked for.
            first_on=Reminder.send_on,
            reason_code=None,
            reason=None,
        )
        .returning(Reminder.id)
    )
    count = len(confirmed.all())
    if count:  # a list that has changed meanwhile was not seen, so it opens nothing
        _set_sending(tenant, Sending.ON, now)
    replan(session, now=now)
    return count


def pause(session: Session, *, now: datetime) -> None:
    """Hold everything that has not begun to leave."""
    _set_sending(_locked_tenant(session), Sending.PAUSED, now)
    replan(session, now=now)


def resume(session: Session, *, now: datetime) -> None:
    """End a pause. Much may have come due meanwhile, so the owner sees the list before anything leaves."""
    tenant = _locked_tenant(session)
    if tenant.sending is Sending.PAUSED:
        _set_sending(tenant, Sending.HELD_UNTIL_CONFIRMED, now)
        replan(session, now=now)


def mark_sent(session: Session, reminder_id: UUID, *, now: datetime) -> None:
    """The owner knows that an unknown message arrived."""
    _unknown(session, reminder_id)
    session.execute(
        update(Message)
        .where(Message.reminder_id == reminder_id, Message.state == MessageState.UNKNOWN)
        .values(state=MessageState.SENT, reason=reasons.MARKED_SENT.sentence, finished_at=now)
    )
    session.execute(
        update(Reminder)
        .where(Reminder.id == reminder_id)
        .values(
            state=ReminderState.SENT,
            reason_code=reasons.MARKED_SENT.code,
            reason=reasons.MARKED_SENT.sentence,
            lease_until=None,
        )
    )


def send_again(session: Session, reminder_id: UUID, *, now: datetime) -> None:
    """The owner wants an unknown or failed reminder tried again: it goes through the gate like any other."""
    _locked_tenant(session)
    reminder = _open_to_owner(session, reminder_id, ReminderState.UNKNOWN, ReminderState.FAILED)
    session.execute(
        update(Message)
        .where(Message.reminder_id == reminder_id, Message.state == MessageState.UNKNOWN)
        .values(state=MessageState.FAILED, reason=reasons.SENT_AGAIN.sentence, finished_at=now)
    )
    reminder.state, reminder.confirmed_at = ReminderState.UNKNOWN, now
    session.flush()
    claiming.give_back(session, reminder_id, reasons.SENT_AGAIN, due_at=now)
    replan(session, now=now)


def _unknown(session: Session, reminder_id: UUID) -> Reminder:
    return _open_to_owner(session, reminder_id, ReminderState.UNKNOWN)


def _open_to_owner(session: Session, reminder_id: UUID, *states: ReminderState) -> Reminder:
    """The reminder, locked. Raises NotFound or Rejected."""
    found = session.scalar(select(Reminder).where(Reminder.id == reminder_id).with_for_update())
    if found is None:
        raise NotFound("There is no such reminder.")
    if found.state not in states:
        raise Rejected("This reminder has been settled meanwhile. Look at the list again.")
    return found


def _locked_tenant(session: Session) -> Tenant:
    """Planning, claiming and the owner's decisions take turns."""
    return session.scalars(
        select(Tenant).where(Tenant.id == tenant_of(session)).with_for_update(key_share=True)
    ).one()


def _set_sending(tenant: Tenant, sending: Sending, now: datetime) -> None:
    if tenant.sending is not sending:
        tenant.sending, tenant.sending_changed_at = sending, now
