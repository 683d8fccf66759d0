"""The intent to send: the last look, the letter, and the message's row, all in one unit of work (law 2)."""

import json
import time
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid4

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from app.channels.base import Outgoing
from app.kit.database import tenant_of
from app.kit.ground import Ground
from app.models import Hold, HoldScope, Message, MessageState, OptOut, Sending, Tenant
from app.payments.coverage import ours_not_in_ledger
from app.payments.links import make_pay_link, unsubscribe_url
from app.reminders import claiming, outcomes, reasons
from app.reminders.cases import Batch, Case
from app.reminders.compose import Composed, Letter, compose
from app.reminders.deciding import Answers
from app.reminders.gate import FACTS_LAST, Facts, Send, seen
from app.reminders.languages import language_of_customer
from app.reminders.loading import CHANNEL
from app.reminders.reasons import Reason

CONTENT_COLUMN, RECIPIENT_COLUMN = "message.content", "message.recipient"


@dataclass(frozen=True)
class Delivery:
    """A case that the gate lets go."""

    batch: Batch
    case: Case
    facts: Facts
    verdict: Send
    answers: Answers


def intend(ground: Ground, session: Session, delivery: Delivery) -> Outgoing | None:
    """The message, with its row written; None if it must not leave after all (the row says why).

    Raises WordingFault if the step's text cannot be filled in.
    """
    case, now = delivery.case, ground.clock.now()
    held = claiming.renew(session, case.claim)
    if held is None:
        return None
    changed = _changed_meanwhile(session, delivery)
    if changed is not None:
        claiming.give_back(session, case.claim.reminder_id, changed, due_at=now)
        return None
    message_id = uuid4()
    composed = compose(_letter(session, ground, delivery, now))
    _note_decision(session, delivery, now)
    _write_message(session, ground, delivery, message_id, composed, now)
    return Outgoing(
        marker=str(message_id),
        sender_name=delivery.batch.business.name,
        reply_to=delivery.batch.business.reply_to,
        recipient=case.address or "",
        subject=composed.subject,
        text=composed.text,
        html=composed.html,
        headers=composed.headers,
    )


def _changed_meanwhile(session: Session, delivery: Delivery) -> Reason | None:
    """The last look: what may have changed since the gate decided, however short that was."""
    case, lines = delivery.case, [line.invoice_id for line in delivery.verdict.lines]
    if time.monotonic() - delivery.answers.monotonic > FACTS_LAST.total_seconds():
        return reasons.STALE_FACTS
    may_go = session.scalar(
        select(
            and_(
                exists().where(Tenant.sending == Sending.ON),
                ~exists().where(OptOut.customer_id == case.customer_id, OptOut.channel == CHANNEL),
                ~exists().where(
                    Hold.lifted_at.is_(None),
                    Hold.created_at >= delivery.batch.read_at,
                    or_(
                        and_(Hold.scope == HoldScope.CUSTOMER, Hold.subject_id == case.customer_id),
                        and_(Hold.scope == HoldScope.INVOICE, Hold.subject_id.in_(lines)),
                    ),
                ),
            )
        )
    )
    ours = ours_not_in_ledger(session, lines, facts_read_at=delivery.answers.read_at)
    paid = any(ours.get(i, Decimal(0)) != delivery.answers.ours.get(i, Decimal(0)) for i in lines)
    return None if may_go and not paid else reasons.SEEN_CHANGED


def _letter(session: Session, ground: Ground, delivery: Delivery, now: datetime) -> Letter:
    case, business = delivery.case, delivery.batch.business
    link = make_pay_link(
        session,
        ground,
        customer_id=case.customer_id,
        currency=case.currency,
        reminder_id=case.claim.reminder_id,
        now=now,
    )
    words = delivery.batch.words[delivery.verdict.lines[0].step_id]
    text, language = words.on(CHANNEL, wanted=language_of_customer(case.country, own=words.language))
    return Letter(
        now=now,
        zone=delivery.batch.organisation.zone,
        country_code=business.country_code,
        business_name=business.name,
        reply_to=business.reply_to,
        customer_name=case.customer_name,
        first_name=case.first_name,
        currency=case.currency,
        lines=delivery.verdict.lines,
        subject=text.subject,
        body=text.body,
        language=language,
        customer_country=case.country,
        pay_url=link if business.takes_payments else None,
        unsubscribe_url=unsubscribe_url(link),
    )


def _note_decision(session: Session, delivery: Delivery, now: datetime) -> None:
    outcomes.note_facts(
        session,
        delivery.case.claim.reminder_id,
        seen(delivery.facts),
        step_id=delivery.verdict.lines[0].step_id,
        now=now,
    )
    outcomes.note_lines(
        session,
        delivery.case.claim.reminder_id,
        balances={line.invoice_id: line.balance for line in delivery.verdict.lines},
    )


def _write_message(
    session: Session, ground: Ground, delivery: Delivery, message_id: UUID, composed: Composed, now: datetime
) -> None:
    seal = ground.sealer(session).seal
    content = json.dumps({"subject": composed.subject, "text": composed.text, "html": composed.html})
    session.add(
        Message(
            tenant_id=tenant_of(session),
            id=message_id,
            reminder_id=delivery.case.claim.reminder_id,
            attempt=delivery.case.attempt,
            channel=CHANNEL,
            state=MessageState.SENDING,
            recipient_sealed=seal(delivery.case.address or "", column=RECIPIENT_COLUMN, row=message_id),
            content_sealed=seal(content, column=CONTENT_COLUMN, row=message_id),
            marker=str(message_id),
            started_at=now,
        )
    )
