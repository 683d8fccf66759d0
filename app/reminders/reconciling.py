"""Turns the stored undecided reminders into the wanted ones, set-based: only what differs is written.

Rows go into a temporary table by COPY and from there into place, which is several times faster than row by
row and the one fast way into a table under row-level security.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.reminders import reasons
from app.reminders.standing import Differences, Undecided

_MAKE_ROOM = """
    CREATE TEMPORARY TABLE wanted ON COMMIT DROP AS
    SELECT id, customer_id, currency, step_id, cadence_version, send_on, due_at, state, reason_code, reason,
           needs_confirmation, first_on, channels FROM reminder WITH NO DATA
"""
_MAKE_ROOM_FOR_LINES = """
    CREATE TEMPORARY TABLE wanted_line ON COMMIT DROP AS
    SELECT id, reminder_id, invoice_id, step_id, occurrence, reached_on FROM reminder_invoice WITH NO DATA
"""
_FREE_OLD_LINES = """
    DELETE FROM reminder_invoice line
    USING (SELECT DISTINCT reminder_id FROM wanted_line) n
    JOIN reminder r ON r.tenant_id = :tenant AND r.id = n.reminder_id AND r.state IN ('planned', 'held')
    WHERE line.tenant_id = :tenant AND line.reminder_id = r.id
"""
_CHANGE = """
    UPDATE reminder r
    SET step_id = w.step_id, cadence_version = w.cadence_version, send_on = w.send_on, due_at = w.due_at,
        state = w.state, reason_code = w.reason_code, reason = w.reason,
        needs_confirmation = w.needs_confirmation, planned_at = :now, first_on = w.first_on,
        channels = w.channels,
        confirmed_at = CASE WHEN w.needs_confirmation THEN NULL ELSE r.confirmed_at END
    FROM wanted w WHERE r.tenant_id = :tenant AND r.id = w.id AND r.state IN ('planned', 'held')
"""
_ADD = """
    INSERT INTO reminder (tenant_id, id, customer_id, currency, step_id, cadence_version, send_on, due_at,
                          state, reason_code, reason, needs_confirmation, planned_at, first_on, channels)
    SELECT CAST(:tenant AS uuid), id, customer_id, currency, step_id, cadence_version, send_on, due_at,
           state, reason_code, reason, needs_confirmation, CAST(:now AS timestamptz), first_on, channels
    FROM wanted w
    WHERE NOT EXISTS (SELECT FROM reminder r WHERE r.tenant_id = :tenant AND r.id = w.id)
"""
_ADD_LINES = """
    INSERT INTO reminder_invoice (tenant_id, id, reminder_id, invoice_id, step_id, occurrence, reached_on, is_spent)
    SELECT r.tenant_id, line.id, line.reminder_id, line.invoice_id, line.step_id, line.occurrence,
           line.reached_on, true
    FROM wanted_line line
    JOIN reminder r ON r.tenant_id = :tenant AND r.id = line.reminder_id AND r.state IN ('planned', 'held')
"""
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
    remove(session, found.superfluous)
    if new or found.changed:
        _stage(
            session, {**new, **found.changed}, {**new, **{i: found.changed[i] for i in found.covered_anew}}
        )
        # Old lines first, so that no unique key is in the way of an invoice that changes its reminder.
        for statement in (_FREE_OLD_LINES, _CHANGE, _ADD, _ADD_LINES):
            session.execute(text(statement), {"tenant": tenant_of(session), "now": now})
    return len(new) + len(found.changed) + len(found.superfluous)


def remove(session: Session, reminder_ids: Sequence[UUID]) -> None:
    """Forget what was never tried; what was tried stays in the log as skipped, with its invoices free."""
    if not reminder_ids:
        return
    why = reasons.SUPERSEDED
    values = {"ids": list(reminder_ids), "code": why.code, "why": why.sentence}
    for statement in (_FORGET, _FREE, _SKIP):
        session.execute(text(statement), values)


def _stage(session: Session, rows: dict[UUID, Undecided], with_lines: dict[UUID, Undecided]) -> None:
    session.execute(text(_MAKE_ROOM))
    session.execute(text(_MAKE_ROOM_FOR_LINES))
    _copy(session, "COPY wanted FROM STDIN", (_columns(row_id, row) for row_id, row in rows.items()))
    _copy(
        session,
        "COPY wanted_line FROM STDIN",
        (
            (uuid4(), row_id, covered.invoice_id, covered.step_id, covered.occurrence, covered.reached_on)
            for row_id, row in with_lines.items()
            for covered in row.covered
        ),
    )
    # Nobody else gathers statistics of a temporary table, and a wrong guess costs seconds.
    session.execute(text("ANALYZE wanted, wanted_line"))


def _columns(row_id: UUID, row: Undecided) -> tuple[object, ...]:
    return (
        row_id,
        row.customer_id,
        row.currency,
        row.step_id,
        row.cadence_version,
        row.send_on,
        row.due_at,
        row.state.value,
        row.reason_code,
        row.reason,
        row.needs_confirmation,
        row.first_on,
        list(row.channels),
    )


def _copy(session: Session, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
    raw = session.connection().connection.driver_connection
    assert raw is not None  # noqa: S101 (a session in a unit of work has its connection)
    with raw.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
