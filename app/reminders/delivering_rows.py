"""The rows that say what is about to leave: decisions, pay links and messages, each kind in one go."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.kit.ground import Ground
from app.kit.sealing import Sealer
from app.models import Message, MessageState
from app.payments.links import keep_pay_links
from app.reminders.copies import seal_copies
from app.reminders.decisions import Decision, note_decisions
from app.reminders.deliveries import Delivery, Written
from app.reminders.gate import seen

CONTENT_COLUMN, RECIPIENT_COLUMN = "message.content", "message.recipient"


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
    sealer = ground.sealer(session)
    session.add_all(_message(session, sealer, one, now) for one in written)
    session.flush()


def _decision(delivery: Delivery) -> Decision:
    return Decision(
        reminder_id=delivery.case.claim.reminder_id,
        facts=seen(delivery.facts),
        step_id=delivery.verdict.lines[0].step_id,
        channel_place=delivery.case.channel_place,
        balances={line.invoice_id: line.balance for line in delivery.verdict.lines},
    )


def _message(session: Session, sealer: Sealer, one: Written, now: datetime) -> Message:
    content = json.dumps(
        {"subject": one.composed.subject, "text": one.composed.text, "html": one.composed.html}
    )
    case, seal = one.delivery.case, sealer.seal
    message = Message(
        tenant_id=tenant_of(session),
        id=one.message_id,
        reminder_id=case.claim.reminder_id,
        attempt=case.attempt,
        channel=case.channel,
        state=MessageState.SENDING,
        recipient_sealed=seal(one.addressed.to[0], column=RECIPIENT_COLUMN, row=one.message_id),
        content_sealed=seal(content, column=CONTENT_COLUMN, row=one.message_id),
        marker=str(one.message_id),
        started_at=now,
    )
    seal_copies(sealer, message, one.addressed)
    return message
