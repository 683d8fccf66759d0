"""A worker that was stopped for longer than its lease, and comes back: it neither sends nor decides any more."""

import time
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text

from app.channels.base import Capabilities, Found, Outgoing, Sought
from app.kit.ground import Ground
from app.models import Message, MessageState, Reminder, ReminderInvoice, ReminderState
from app.reminders import decisions, outcomes, reasons
from app.reminders.fencing import ANSWER_LASTS_SECONDS
from app.reminders.sending import deliver_all
from tests.reminders.decided import claimed, fill


class Stopped:
    """A channel that hands over one at a time, and whose worker is stopped after the first."""

    def __init__(self, meanwhile: Callable[[str], None]) -> None:
        self.taken: list[str] = []
        self._meanwhile = meanwhile

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities("sms", False, False, None, answers_lookup=True, at_once=1)

    def send(self, message: Outgoing) -> str:
        self.taken.append(message.marker)
        if len(self.taken) == 1:
            self._meanwhile(message.marker)
            time.sleep(ANSWER_LASTS_SECONDS + 0.05)
        return f"id of {message.marker}"

    def lookup(self, sought: Sought) -> Found | None:
        raise NotImplementedError(sought.marker)

    def close(self) -> None:
        """Nothing is open."""


def run(
    ground: Ground, tenant: UUID, meanwhile: Callable[[str], None]
) -> tuple[list[str], dict[str, Message]]:
    """What was handed over of two, and both messages as they ended, by their marker."""
    fill(ground, tenant, "sms", 2)
    channel = Stopped(meanwhile)
    deliver_all(ground, tenant, channel, claimed(ground, tenant, "sms"), renew=lambda: None)
    with ground.database.tenant(tenant) as session:
        return channel.taken, {one.marker: one for one in session.scalars(select(Message))}


def states(ground: Ground, tenant: UUID) -> list[ReminderState]:
    with ground.database.tenant(tenant) as session:
        return sorted(session.scalars(select(Reminder.state)))


def test_nothing_leaves_that_somebody_else_has_begun_to_look_into(ground: Ground, tenant: UUID) -> None:
    def take_over(marker: str) -> None:
        with ground.database.tenant(tenant) as session:
            for one in session.scalars(select(Message.id).where(Message.marker != marker)).all():
                outcomes.record_unknown(session, one, reason="Interrupted.", now=ground.clock.now())

    taken, messages = run(ground, tenant, take_over)
    assert len(taken) == 1
    assert [one.state for marker, one in messages.items() if marker not in taken] == [MessageState.FAILED]
    assert states(ground, tenant) == [ReminderState.PLANNED, ReminderState.SENT]


def test_nothing_leaves_with_a_lease_that_is_nearly_over(ground: Ground, tenant: UUID) -> None:
    def long_pause(_: str) -> None:
        with ground.database.tenant(tenant) as session:
            session.execute(text("UPDATE reminder SET lease_until = now() + interval '20 seconds'"))

    taken, _ = run(ground, tenant, long_pause)
    assert len(taken) == 1
    assert states(ground, tenant) == [ReminderState.PLANNED, ReminderState.SENT]


def test_with_its_lease_a_slow_worker_goes_on(ground: Ground, tenant: UUID) -> None:
    taken, _ = run(ground, tenant, lambda _: None)
    assert len(taken) == 2
    assert states(ground, tenant) == [ReminderState.SENT, ReminderState.SENT]


@pytest.mark.parametrize("verdict", ["hold", "skip"])
def test_a_decision_of_a_claim_that_was_taken_over_changes_nothing(
    ground: Ground, tenant: UUID, verdict: str
) -> None:
    fill(ground, tenant, "sms", 1)
    [delivery] = claimed(ground, tenant, "sms")
    claim, now = delivery.case.claim, ground.clock.now()
    with ground.database.tenant(tenant) as session:
        session.execute(text("UPDATE reminder SET lease_until = now() + interval '1 minute'"))
        if verdict == "hold":
            decisions.hold(session, claim.reminder_id, reasons.PAUSED, until=None, now=now, fence=claim.fence)
        else:
            decisions.skip(session, claim.reminder_id, reasons.PAUSED, now=now, facts=None, fence=claim.fence)
        assert session.scalars(select(Reminder.state)).all() == [ReminderState.SENDING]
        assert session.scalars(select(ReminderInvoice.is_spent)).all() == [True]
        later = session.scalars(select(Reminder.lease_until)).one()
        assert later is not None
        assert later > claim.fence + timedelta(0)
