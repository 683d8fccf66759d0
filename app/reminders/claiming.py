"""Takes due reminders into one worker's hands, and gives them back.

The lease runs on the database's clock. Its exact end is also the fence: a worker that slept and whose lease
was taken over finds another value there and must not go on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.reminders import moves, reconciling
from app.reminders.reasons import TAKEN_UP_WHEN_DUE, Reason

BATCH = 288
LEASE_SECONDS = 60

_DUE = """
    (state = 'planned' OR (state = 'held' AND reason_code = ANY(:taken_up)))
    AND NOT needs_confirmation AND channels <> '{}' AND due_at <= :now
"""
_CLAIM = f"""
    UPDATE reminder SET state = 'sending', lease_until = now() + make_interval(secs => :lease)
    WHERE id IN (SELECT id FROM reminder WHERE {_DUE} AND send_on = :today
                 ORDER BY due_at, id LIMIT :batch FOR UPDATE SKIP LOCKED)
    RETURNING id, lease_until
"""  # noqa: S608
_RENEW = """
    UPDATE reminder r SET lease_until = now() + make_interval(secs => :lease)
    FROM unnest(CAST(:ids AS uuid[]), CAST(:fences AS timestamptz[])) AS c(id, fence)
    WHERE r.id = c.id AND r.state = 'sending' AND r.lease_until = c.fence RETURNING r.id
"""
_GIVE_BACK = """
    UPDATE reminder SET state = 'planned', lease_until = NULL, reason_code = :code, reason = :why,
        due_at = :due_at, send_on = coalesce(:send_on, send_on)
    WHERE id = :id AND state = ANY(:of) RETURNING id
"""
_HOLD_DUE = f"""
    UPDATE reminder SET state = 'held', reason_code = :code, reason = :why, due_at = :until, decided_at = :now
    WHERE {_DUE}
"""  # noqa: S608
_DUE_BY_CHANNEL = f"""
    SELECT channels[channel_place + 1] AS channel, count(*) FROM reminder WHERE {_DUE} GROUP BY 1
"""  # noqa: S608
_HOLD_BEYOND = f"""
    UPDATE reminder SET state = 'held', reason_code = :code, reason = :why, due_at = :until, decided_at = :now
    WHERE id IN (SELECT id FROM reminder WHERE {_DUE} AND channels[channel_place + 1] = :channel
                 ORDER BY due_at, id OFFSET :most FOR UPDATE)
"""  # noqa: S608
_SIBLINGS = """
    SELECT other.id FROM reminder r JOIN reminder other
    ON other.tenant_id = r.tenant_id AND other.customer_id = r.customer_id AND other.currency = r.currency
    WHERE r.id = :id AND other.id <> r.id AND other.state IN ('planned', 'held')
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A reminder that is ours until the fence."""

    reminder_id: UUID
    fence: datetime


def has_stale(session: Session, *, now: datetime, today: date) -> bool:
    """Whether something due was planned for another day: it has to be planned again before it may leave."""
    found = session.execute(
        text(f"SELECT EXISTS (SELECT FROM reminder WHERE {_DUE} AND send_on <> :today)"),  # noqa: S608
        {"now": now, "today": today, "taken_up": list(TAKEN_UP_WHEN_DUE)},
    )
    return bool(found.scalar_one())


def has_due(session: Session, *, now: datetime) -> bool:
    """Whether anything is left to claim."""
    found = session.execute(
        text(f"SELECT EXISTS (SELECT FROM reminder WHERE {_DUE})"),  # noqa: S608
        {"now": now, "taken_up": list(TAKEN_UP_WHEN_DUE)},
    )
    return bool(found.scalar_one())


def due_by_channel(session: Session, *, now: datetime) -> dict[str, int]:
    """How much is left to claim, by the channel that each reminder is at."""
    found = session.execute(text(_DUE_BY_CHANNEL), {"now": now, "taken_up": list(TAKEN_UP_WHEN_DUE)})
    return {str(channel): int(count) for channel, count in found}


def claim(session: Session, *, now: datetime, today: date, most: int = BATCH) -> list[Claim]:
    """Up to a batch of today's due reminders, now in state sending. Rows another worker holds are passed over."""
    rows = session.execute(
        text(_CLAIM),
        {
            "now": now,
            "today": today,
            "batch": most,
            "lease": LEASE_SECONDS,
            "taken_up": list(TAKEN_UP_WHEN_DUE),
        },
    )
    return [Claim(reminder_id, fence) for reminder_id, fence in rows]


def renew(session: Session, held: Sequence[Claim]) -> set[UUID]:
    """Those of the claims that are still ours, each with a fresh lease."""
    values = {
        "ids": [claim.reminder_id for claim in held],
        "fences": [claim.fence for claim in held],
        "lease": LEASE_SECONDS,
    }
    return set(session.scalars(text(_RENEW), values))


def hold_due(session: Session, why: Reason, *, until: datetime, now: datetime) -> None:
    """Hold everything that is due and unclaimed: what stops one batch stops the next, so none is begun."""
    session.execute(
        text(_HOLD_DUE),
        {
            "code": why.code,
            "why": why.sentence,
            "until": until,
            "now": now,
            "taken_up": list(TAKEN_UP_WHEN_DUE),
        },
    )


def hold_beyond(
    session: Session, channel: str, most: int, why: Reason, *, until: datetime, now: datetime
) -> None:
    """Of what is due on a channel, hold all but the first so many: no more of it can leave now."""
    values = {"channel": channel, "most": most, "code": why.code, "why": why.sentence, "until": until}
    session.execute(text(_HOLD_BEYOND), {**values, "now": now, "taken_up": list(TAKEN_UP_WHEN_DUE)})


def give_back(
    session: Session, reminder_id: UUID, why: Reason, *, due_at: datetime, send_on: date | None = None
) -> None:
    """Plan it again, to be decided anew. What was planned meanwhile for the same customer makes way.

    With another `send_on` it may have been sent already: another channel has its turn.
    """
    if send_on is not None:
        make_way(session, reminder_id)
    values = {
        "id": reminder_id,
        "code": why.code,
        "why": why.sentence,
        "due_at": due_at,
        "send_on": send_on,
        "of": [state.value for state in (moves.NEXT_CHANNEL if send_on else moves.NOT_TAKEN).of],
    }
    given = session.execute(text(_GIVE_BACK), values).scalar_one_or_none()
    if given is not None:
        make_way(session, reminder_id)


def make_way(session: Session, reminder_id: UUID) -> None:
    """Remove what is planned for the same customer and currency beside this reminder."""
    siblings = session.execute(text(_SIBLINGS), {"id": reminder_id}).scalars().all()
    reconciling.remove(session, siblings)
