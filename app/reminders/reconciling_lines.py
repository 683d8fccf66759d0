"""Writes which invoices undecided reminders cover, and at which step: only the lines that differ.

The reminders are locked by whoever calls, and undecided. A line whose invoice stays is changed in place, which
spares its keys: when due dates move, most lines only get another day.
"""

from collections.abc import Iterable, Mapping
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.reminders.situation import Covered

_LINES = """
    json_to_recordset(CAST(:rows AS json)) AS w(
        reminder_id uuid, invoice_id uuid, step_id uuid, occurrence bigint, reached_on date)
"""
_DROP = text(f"""
    DELETE FROM reminder_invoice line USING {_LINES}
    WHERE line.tenant_id = :tenant AND line.reminder_id = w.reminder_id AND line.invoice_id = w.invoice_id
""")  # noqa: S608
_CHANGE = text(f"""
    UPDATE reminder_invoice line
    SET step_id = w.step_id, occurrence = w.occurrence, reached_on = w.reached_on, is_spent = true,
        amount_due = NULL
    FROM {_LINES}
    WHERE line.tenant_id = :tenant AND line.reminder_id = w.reminder_id AND line.invoice_id = w.invoice_id
""")  # noqa: S608
_ADD = text(f"""
    INSERT INTO reminder_invoice (tenant_id, id, reminder_id, invoice_id, step_id, occurrence, reached_on, is_spent)
    SELECT CAST(:tenant AS uuid), gen_random_uuid(), reminder_id, invoice_id, step_id, occurrence, reached_on, true
    FROM {_LINES}
    ON CONFLICT (tenant_id, reminder_id, invoice_id) DO UPDATE
    SET step_id = excluded.step_id, occurrence = excluded.occurrence, reached_on = excluded.reached_on,
        is_spent = true, amount_due = NULL
""")  # noqa: S608

Line = tuple[UUID, Covered]
"""A reminder and what it covers."""


def write_lines(
    session: Session, lines: Mapping[UUID, tuple[frozenset[Covered], frozenset[Covered]]]
) -> None:
    """Per reminder, what it covers as stored and as wanted."""
    dropped: list[Line] = []
    changed: list[Line] = []
    added: list[Line] = []
    for reminder_id, (stored, wanted) in lines.items():
        before = {one.invoice_id for one in stored}
        after = {one.invoice_id for one in wanted}
        dropped += ((reminder_id, one) for one in stored if one.invoice_id not in after)
        for one in wanted - stored:
            (changed if one.invoice_id in before else added).append((reminder_id, one))
    # First what goes, so that no unique key is in the way of an invoice that changes its reminder.
    for statement, rows in ((_DROP, dropped), (_CHANGE, changed), (_ADD, added)):
        if rows:
            session.execute(statement, {"tenant": tenant_of(session), "rows": _rows(rows)})


def _rows(lines: Iterable[Line]) -> str:
    return msgspec.json.encode(
        [
            {
                "reminder_id": reminder_id,
                "invoice_id": one.invoice_id,
                "step_id": one.step_id,
                "occurrence": one.occurrence,
                "reached_on": one.reached_on,
            }
            for reminder_id, one in lines
        ]
    ).decode()
