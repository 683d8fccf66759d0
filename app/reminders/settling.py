"""Settles what a lost worker or a broken line left open: by asking the vendor, never by sending again.

A reminder whose lease ran out and that has no message never began to leave and is planned again. So is one whose
latest message came back: it went by the channel before. One whose message was begun is unknown until the vendor
tells. Only a vendor that never saw it, asked after the lease is over, makes it planned again: until then a slow
worker could still hand it over.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.channels.base import Channel, Outcome, Sought
from app.kit.errors import Rejected, Retryable
from app.kit.ground import Ground
from app.models import MessageState
from app.reminders import claiming, moves, outcomes, reasons
from app.reminders.delivering_rows import CONTENT_COLUMN, RECIPIENT_COLUMN
from app.reminders.openings import Openings

_LEFT_OPEN = """
    SELECT r.id AS reminder_id, r.state AS state, r.lease_until IS NULL OR r.lease_until < now() AS is_over,
           r.reason_code AS reason_code, m.id AS message_id, m.state AS message_state,
           m.delivery AS delivery, m.marker AS marker, m.channel AS channel,
           m.recipient_sealed AS recipient, m.content_sealed AS content, m.started_at AS began_at
    FROM reminder r
    LEFT JOIN LATERAL (SELECT * FROM message m WHERE m.tenant_id = r.tenant_id AND m.reminder_id = r.id
                       ORDER BY attempt DESC LIMIT 1) m ON true
    WHERE r.state IN ('sending', 'unknown')
    ORDER BY r.due_at LIMIT 500
"""
FOUND = "found by message search"
_LOOKED_FOR = (MessageState.SENDING.value, MessageState.UNKNOWN.value)


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """A reminder without an outcome, and its latest attempt if there was one."""

    reminder_id: UUID
    state: str
    is_over: bool
    """The lease has run out: nobody is working on it any more."""
    reason_code: str | None
    message_id: UUID | None
    message_state: str | None
    delivery: str | None
    marker: str | None
    channel: str | None
    recipient_sealed: bytes | None = field(repr=False)
    content_sealed: bytes | None = field(repr=False)
    began_at: datetime | None

    @property
    def has_left(self) -> bool:
        """The latest attempt was taken, and nobody told that it came back."""
        return self.message_state == MessageState.SENT.value and self.delivery not in moves.NOT_REACHED


def settle(ground: Ground, tenant_id: UUID, openings: Openings) -> bool:
    """Settle what can be settled now. True if something has to be looked at again soon."""
    with ground.database.tenant(tenant_id) as session:
        rows = session.execute(text(_LEFT_OPEN)).all()
    left_open = [LeftOpen(*row) for row in rows]
    still_open = [_settle_one(ground, tenant_id, openings, one) for one in left_open]
    return any(still_open)


def _settle_one(ground: Ground, tenant_id: UUID, openings: Openings, one: LeftOpen) -> bool:
    if one.state == "sending" and not one.is_over:
        return True
    if one.message_id is None or one.message_state not in _LOOKED_FOR:
        _without_open_message(ground, tenant_id, one)
        return False
    if one.state == "sending":
        with ground.database.tenant(tenant_id) as session:
            why = "The sending was interrupted while the message was handed over."
            outcomes.record_unknown(session, one.message_id, reason=why, now=ground.clock.now())
    return _look_up(ground, tenant_id, openings.get(one.channel or ""), one, one.message_id)


def _sought(ground: Ground, tenant_id: UUID, one: LeftOpen, message_id: UUID) -> Sought:
    with ground.database.tenant(tenant_id) as session:
        sealer = ground.sealer(session)
    recipient = sealer.open(one.recipient_sealed or b"", column=RECIPIENT_COLUMN, row=message_id)
    content = json.loads(sealer.open(one.content_sealed or b"", column=CONTENT_COLUMN, row=message_id))
    return Sought(one.marker or "", recipient, str(content["text"]), one.began_at or ground.clock.now())


def _without_open_message(ground: Ground, tenant_id: UUID, one: LeftOpen) -> None:
    with ground.database.tenant(tenant_id) as session:
        if one.message_id is not None and one.has_left:
            outcomes.follow_sent_messages(session, [one.message_id])
        elif _is_still_left(session, one):
            claiming.give_back(session, one.reminder_id, reasons.WORKER_LOST, due_at=ground.clock.now())


def _is_still_left(session: Session, one: LeftOpen) -> bool:
    """Locks the row if its lease is over still: the worker may have come back."""
    found = session.execute(
        text(
            "SELECT id FROM reminder WHERE id = :id AND state = :state "
            "AND (lease_until IS NULL OR lease_until < now()) FOR UPDATE"
        ),
        {"id": one.reminder_id, "state": one.state},
    )
    return found.scalar_one_or_none() is not None


def _look_up(
    ground: Ground, tenant_id: UUID, channel: Channel | None, one: LeftOpen, message_id: UUID
) -> bool:
    """Ask the vendor with no unit of work open. True to ask again soon."""
    try:
        found = channel.lookup(_sought(ground, tenant_id, one, message_id)) if channel else None
    except (Retryable, Rejected):
        return True
    outcome = found.outcome if found else None
    if outcome is Outcome.TAKEN:
        outcomes.record_sent(ground, tenant_id, {message_id: (found and found.vendor_id) or FOUND})
        return False
    if outcome is Outcome.NEVER_SEEN and not one.is_over:
        return True
    now = ground.clock.now()
    with ground.database.tenant(tenant_id) as session:
        if outcome is Outcome.NEVER_SEEN:
            outcomes.record_not_taken(
                session, message_id, reason=reasons.NEVER_ARRIVED, now=now, again_at=now
            )
        elif one.reason_code != reasons.UNKNOWN_FOR_GOOD.code:
            outcomes.explain_unknown(session, one.reminder_id)
    return False
