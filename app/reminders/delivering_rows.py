"""The rows that say what is about to leave: decisions, pay links and messages, each kind in one go."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.kit.ground import Ground
from app.kit.sealing import Sealer
from app.payments.links import keep_pay_links
from app.reminders.copies import sealed_copies
from app.reminders.decisions import Decision, note_decisions
from app.reminders.deliveries import Delivery, Written
from app.reminders.gate import seen

CONTENT_COLUMN, RECIPIENT_COLUMN = "message.content", "message.recipient"
# One statement for a whole portion: a row's own statement costs more than the row.
_ADD = """
    INSERT INTO message (tenant_id, id, reminder_id, attempt, channel, state, recipient_sealed, copies_sealed,
                         content_sealed, marker, started_at)
    SELECT CAST(:tenant AS uuid), id, reminder_id, attempt, channel, 'sending', recipient, copies, content,
           CAST(id AS text), CAST(:now AS timestamptz)
    FROM unnest(CAST(:ids AS uuid[]), CAST(:reminders AS uuid[]), CAST(:attempts AS integer[]),
                CAST(:channels AS text[]), CAST(:recipients AS bytea[]), CAST(:copies AS bytea[]),
                CAST(:contents AS bytea[])) AS t(id, reminder_id, attempt, channel, recipient, copies, content)
"""


def keep(session: Session, ground: Ground, written: Sequence[Written], now: datetime) -> None:
    """Decisions, links and messages, each kind in one go."""
    if not written:
        return
    note_decisions(session, [_decision(one.delivery) for one in written], now=now)
    keep_pay_links(
        session,
        [
            (one.link, one.delivery.case.customer_id, one.delivery.case.currency, one.reminder_id)
            for one in written
        ],
        now=now,
    )
    session.execute(text(_ADD), _messages(session, ground.sealer(session), written) | {"now": now})


def _decision(delivery: Delivery) -> Decision:
    return Decision(
        reminder_id=delivery.case.claim.reminder_id,
        facts=seen(delivery.facts),
        step_id=delivery.verdict.lines[0].step_id,
        channel_place=delivery.case.channel_place,
        balances={line.invoice_id: line.balance for line in delivery.verdict.lines},
    )


def _messages(session: Session, sealer: Sealer, written: Sequence[Written]) -> dict[str, Any]:
    """The columns of all rows."""
    cases = [one.delivery.case for one in written]
    return {
        "tenant": tenant_of(session),
        "ids": [one.message_id for one in written],
        "reminders": [one.reminder_id for one in written],
        "attempts": [case.attempt for case in cases],
        "channels": [case.channel for case in cases],
        "recipients": [
            sealer.seal(one.addressed.to[0], column=RECIPIENT_COLUMN, row=one.message_id) for one in written
        ],
        "copies": [sealed_copies(sealer, one.addressed, row=one.message_id) for one in written],
        "contents": [
            sealer.seal(_content(one), column=CONTENT_COLUMN, row=one.message_id) for one in written
        ],
    }


def _content(one: Written) -> str:
    return json.dumps({"subject": one.composed.subject, "text": one.composed.text, "html": one.composed.html})
