"""The intent to send: the last look, the letters, and the messages' rows, all in one unit of work (law 2).

Several are intended at once, because each unit of work costs more than a letter does. Every one of them is
still written down, and committed, before its channel hears of it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from app.channels.base import Attachment as File
from app.channels.base import Outgoing
from app.channels.registry import EMAIL, SMS, WHATSAPP
from app.kit.database import tenant_of
from app.kit.ground import Ground
from app.kit.log import get_log
from app.kit.sealing import Sealer
from app.models import Attachment, Message, MessageState
from app.payments.links import NewPayLink, keep_pay_links, new_pay_link, unsubscribe_url
from app.reminders import claiming, outcomes, reasons
from app.reminders.attaching import PDF, Files, attachment_of, file_name
from app.reminders.cases import Batch, Case
from app.reminders.compose import Composed, Letter, compose, compose_text_message
from app.reminders.deciding import Answers
from app.reminders.gate import Facts, Send, next_try, seen
from app.reminders.languages import language_of_customer
from app.reminders.last_look import changed_meanwhile
from app.reminders.phone_accounts import approved_templates
from app.reminders.phone_words import template_for, template_values
from app.reminders.reasons import Reason
from app.reminders.reply_addresses import new_reply_address
from app.reminders.statement import statement_pdf
from app.reminders.step_texts import StepWords
from app.reminders.wording import WordingFault

CONTENT_COLUMN, RECIPIENT_COLUMN = "message.content", "message.recipient"

_log = get_log("reminders")


@dataclass(frozen=True)
class Delivery:
    """A case that the gate lets go."""

    batch: Batch
    case: Case
    facts: Facts
    verdict: Send
    answers: Answers


@dataclass(frozen=True)
class Intended:
    """A message whose row is written, with what it came from."""

    delivery: Delivery
    outgoing: Outgoing = field(repr=False)

    @property
    def message_id(self) -> UUID:
        return UUID(self.outgoing.marker)


@dataclass(frozen=True)
class _Written:
    """A finished message and the link in it."""

    delivery: Delivery
    message_id: UUID
    link: NewPayLink = field(repr=False)
    composed: Composed = field(repr=False)
    template: str | None
    variables: dict[str, str] = field(repr=False)
    files: tuple[File, ...] = ()


def intend(
    ground: Ground, session: Session, deliveries: Sequence[Delivery], files: Files | None = None
) -> list[Intended]:
    """The messages of these deliveries of one batch, with their rows written in this unit of work.

    What must not leave after all is left out; its row says why.
    """
    now = ground.clock.now()
    ours = claiming.renew(session, [delivery.case.claim for delivery in deliveries])
    held = [delivery for delivery in deliveries if delivery.case.claim.reminder_id in ours]
    fetched = files or Files()
    changed = changed_meanwhile(session, held) | dict.fromkeys(fetched.later, reasons.STALE_FACTS)
    for reminder_id, why in changed.items():
        claiming.give_back(session, reminder_id, why, due_at=now)
    templates = approved_templates(session) if any(d.case.channel == WHATSAPP for d in held) else {}
    written = [
        one
        for delivery in held
        if delivery.case.claim.reminder_id not in changed
        and (one := _written(ground, session, delivery, templates, fetched, now)) is not None
    ]
    _keep(session, ground, written, now)
    return [_intended(one, _reply_to(session, ground, one)) for one in written]


def _written(
    ground: Ground,
    session: Session,
    delivery: Delivery,
    templates: dict[str, str],
    fetched: Files,
    now: datetime,
) -> _Written | None:
    """The message; None if it cannot be made. It is held then, so that it never stands in the way of others."""
    missing = fetched.missing.get(delivery.case.claim.reminder_id)
    if missing is not None:
        hold_broken(session, delivery, missing, now=now)
        return None
    try:
        return _write(ground, delivery, templates, fetched, now)
    except WordingFault as fault:
        why = reasons.wording(fault.reason)
    except Exception as surprise:  # noqa: BLE001 (nothing has left; the row says so)
        _log.error("reminder.broken", reason=type(surprise).__name__)
        why = reasons.BROKEN
    hold_broken(session, delivery, why, now=now)
    return None


def hold_broken(session: Session, delivery: Delivery, why: Reason, *, now: datetime) -> None:
    """Hold what could not be made into a message until somebody has had time to mend it."""
    reminder_id = delivery.case.claim.reminder_id
    outcomes.hold(session, reminder_id, why, until=next_try(delivery.facts), now=now)


def _write(
    ground: Ground, delivery: Delivery, templates: dict[str, str], fetched: Files, now: datetime
) -> _Written:
    link = new_pay_link(ground, is_short=delivery.case.channel == SMS)
    letter = _letter(delivery, link.url, now)
    template, variables = None, {}
    if delivery.case.channel == EMAIL:
        composed = compose(letter)
    elif delivery.case.channel == WHATSAPP:
        text = template_for(letter)
        template = templates.get(text.key)
        if template is None:
            raise WordingFault("WhatsApp has not approved our text yet.")
        variables = template_values(letter, link=link.url)
        composed = Composed(subject="", text=text.filled(variables), html="", headers={})
    else:
        composed = compose_text_message(letter)
    return _Written(delivery, uuid4(), link, composed, template, variables, _files(delivery, letter, fetched))


def _files(delivery: Delivery, letter: Letter, fetched: Files) -> tuple[File, ...]:
    """What goes with the mail. Raises KeyError rather than to let a mail leave without what it should carry."""
    match attachment_of(delivery.batch, delivery.case, delivery.verdict.lines):
        case Attachment.INVOICE:
            return fetched.ready[delivery.case.claim.reminder_id]
        case Attachment.STATEMENT:
            return (File(file_name(letter.phrases["statement"]), PDF, statement_pdf(letter)),)
        case _:
            return ()


def _letter(delivery: Delivery, link: str, now: datetime) -> Letter:
    case, business = delivery.case, delivery.batch.business
    words = _words(delivery)
    channel = EMAIL if case.channel == WHATSAPP else case.channel
    text, language = words.on(channel, wanted=language_of_customer(case.country, own=words.language))
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


def _words(delivery: Delivery) -> StepWords:
    """Those of the invoice longest overdue."""
    return delivery.batch.words[delivery.verdict.lines[0].step_id]


def _keep(session: Session, ground: Ground, written: Sequence[_Written], now: datetime) -> None:
    """Decisions, links and messages, each kind in one go."""
    if not written:
        return
    outcomes.note_decisions(session, [_decision(one.delivery) for one in written], now=now)
    keep_pay_links(
        session,
        [
            (one.link, one.delivery.case.customer_id, one.delivery.case.currency, _reminder(one))
            for one in written
        ],
        now=now,
    )
    sealer = ground.sealer(session)
    session.add_all(_message(session, sealer, one, now) for one in written)
    session.flush()


def _decision(delivery: Delivery) -> outcomes.Decision:
    return outcomes.Decision(
        reminder_id=delivery.case.claim.reminder_id,
        facts=seen(delivery.facts),
        step_id=delivery.verdict.lines[0].step_id,
        channel_place=delivery.case.channel_place,
        balances={line.invoice_id: line.balance for line in delivery.verdict.lines},
    )


def _message(session: Session, sealer: Sealer, one: _Written, now: datetime) -> Message:
    content = json.dumps(
        {"subject": one.composed.subject, "text": one.composed.text, "html": one.composed.html}
    )
    case, seal = one.delivery.case, sealer.seal
    return Message(
        tenant_id=tenant_of(session),
        id=one.message_id,
        reminder_id=case.claim.reminder_id,
        attempt=case.attempt,
        channel=case.channel,
        state=MessageState.SENDING,
        recipient_sealed=seal(case.address or "", column=RECIPIENT_COLUMN, row=one.message_id),
        content_sealed=seal(content, column=CONTENT_COLUMN, row=one.message_id),
        marker=str(one.message_id),
        started_at=now,
    )


def _reply_to(session: Session, ground: Ground, one: _Written) -> str | None:
    """Where an answer goes: by way of us if that is set up, else straight to the business."""
    by_way_of_us = None
    if one.delivery.case.channel == EMAIL:
        by_way_of_us = new_reply_address(session, ground.settings, _reminder(one))
    return by_way_of_us or one.delivery.batch.business.reply_to


def _intended(one: _Written, reply_to: str | None) -> Intended:
    business = one.delivery.batch.business
    return Intended(
        one.delivery,
        Outgoing(
            marker=str(one.message_id),
            sender_name=_words(one.delivery).sender_name or business.name,
            reply_to=reply_to,
            recipient=one.delivery.case.address or "",
            subject=one.composed.subject,
            text=one.composed.text,
            html=one.composed.html or None,
            headers=one.composed.headers,
            template=one.template,
            variables=one.variables,
            attachments=one.files,
        ),
    )


def _reminder(one: _Written) -> UUID:
    return one.delivery.case.claim.reminder_id
