"""Turns the stored undecided reminders into the wanted ones, set-based: only what differs is written.

Rows travel as one JSON value per statement: a tenant's few hundred rows cost two or three statements, and
ten thousand still go in one.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

import msgspec
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.reminders import reasons
from app.reminders.reconciling_lines import write_lines
from app.reminders.standing import Differences, Undecided

_WANTED = """
    json_to_recordset(CAST(:rows AS json)) AS w(
        id uuid, customer_id uuid, currency char(3), step_id uuid, cadence_version bigint, send_on date,
        due_at timestamptz, state text, reason_code text, reason text, needs_confirmation boolean, first_on date,
        channels text[])
"""
# Of the channels it stays at the one it had come to, unless it words another step now.
_CHANGE = text(f"""
    UPDATE reminder r
    SET step_id = w.step_id, cadence_version = w.cadence_version, send_on = w.send_on, due_at = w.due_at,
        state = w.state, reason_code = w.reason_code, reason = w.reason,
        needs_confirmation = w.needs_confirmation, planned_at = :now, first_on = w.first_on,
        channels = w.channels,
        channel_place = CASE WHEN r.step_id = w.step_id
            THEN coalesce(array_position(w.channels, r.channels[r.channel_place + 1]) - 1, 0) ELSE 0 END,
        confirmed_at = CASE WHEN w.needs_confirmation THEN NULL ELSE r.confirmed_at END
    FROM {_WANTED} WHERE r.tenant_id = :tenant AND r.id = w.id AND r.state IN ('planned', 'held')
    RETURNING r.id
""")  # noqa: S608
_ADD = text(f"""
    INSERT INTO reminder (tenant_id, id, customer_id, currency, step_id, cadence_version, send_on, due_at,
                          state, reason_code, reason, needs_confirmation, planned_at, first_on, channels)
    SELECT CAST(:tenant AS uuid), id, customer_id, currency, step_id, cadence_version, send_on, due_at,
           state, reason_code, reason, needs_confirmation, CAST(:now AS timestamptz), first_on, channels
    FROM {_WANTED}
""")  # noqa: S608
_FORGET = """
    DELETE FROM reminder r WHERE id = ANY(:ids) AND state IN ('planned', 'held')
      AND NOT EXISTS (SELECT FROM message m WHERE m.tenant_id = r.tenant_id AND m.reminder_id = r.id)
"""
_FREE = """
    UPDATE reminder_invoice line SET is_spent = false FROM reminder r
    WHERE r.id = ANY(:ids) AND r.state IN ('planned', 'held')
      AND line.tenant_id = r.tenant_id AND line.reminder_id = r.id
"""
_SKIP = """
    UPDATE reminder SET state = 'skipped', reason_code = :code, reason = :why
    WHERE id = ANY(:ids) AND state IN ('planned', 'held')
"""


def write(session: Session, found: Differences, *, now: datetime) -> int:
    """Write the differences; the number of reminders touched. A row that began to leave is not touched."""
    new = {uuid4(): row for row in found.new}
    values = {"tenant": tenant_of(session), "now": now}
    remove(session, found.superfluous)
    changed: set[UUID] = set()
    if found.changed:
        changed.update(session.scalars(_CHANGE, {**values, "rows": _rows(found.changed)}))
    if new:
        session.execute(_ADD, {**values, "rows": _rows(new)})
    lines = {row_id: (before, found.changed[row_id].covered) for row_id, before in found.covered_anew.items()}
    write_lines(
        session,
        {row_id: pair for row_id, pair in lines.items() if row_id in changed}
        | {row_id: (frozenset(), row.covered) for row_id, row in new.items()},
    )
    return len(new) + len(found.changed) + len(found.superfluous)


def remove(session: Session, reminder_ids: Sequence[UUID]) -> None:
    """Forget what was never tried; what was tried stays in the log as skipped, with its invoices free."""
    if not reminder_ids:
        return
    why = reasons.SUPERSEDED
    values = {"ids": list(reminder_ids), "code": why.code, "why": why.sentence}
    for statement in (_FORGET, _FREE, _SKIP):
        session.execute(text(statement), values)


def _rows(rows: dict[UUID, Undecided]) -> str:
    return msgspec.json.encode([_columns(row_id, row) for row_id, row in rows.items()]).decode()


def _columns(row_id: UUID, row: Undecided) -> dict[str, object]:
    return {
        "id": row_id,
        "customer_id": row.customer_id,
        "currency": row.currency,
        "step_id": row.step_id,
        "cadence_version": row.cadence_version,
        "send_on": row.send_on,
        "due_at": row.due_at,
        "state": row.state,
        "reason_code": row.reason_code,
        "reason": row.reason,
        "needs_confirmation": row.needs_confirmation,
        "first_on": row.first_on,
        "channels": row.channels,
    }
