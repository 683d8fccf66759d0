"""The intent to send: the last look, the letters, and the messages' rows, all in one unit of work (law 2).

Several are intended at once, because each unit of work costs more than a letter does. Every one of them is
still written down, and committed, before its channel hears of it.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.channels.base import Outgoing
from app.channels.registry import EMAIL, WHATSAPP
from app.kit.ground import Ground
from app.kit.log import get_log
from app.reminders import claiming, decisions, reasons
from app.reminders.attaching import Files
from app.reminders.deliveries import Delivery, Intended, Written
from app.reminders.delivering_letter import words_of, write
from app.reminders.delivering_rows import keep
from app.reminders.gate import next_try
from app.reminders.last_look import changed_meanwhile
from app.reminders.phone_accounts import approved_templates
from app.reminders.reasons import Reason
from app.reminders.reply_addresses import new_reply_address
from app.reminders.wording import WordingFault

_log = get_log("reminders")


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
    keep(session, ground, written, now)
    return [_intended(one, _reply_to(session, ground, one)) for one in written]


def _written(
    ground: Ground,
    session: Session,
    delivery: Delivery,
    templates: dict[str, str],
    fetched: Files,
    now: datetime,
) -> Written | None:
    """The message; None if it cannot be made. It is held then, so that it never stands in the way of others."""
    missing = fetched.missing.get(delivery.case.claim.reminder_id)
    if missing is not None:
        hold_broken(session, delivery, missing, now=now)
        return None
    try:
        return write(ground, delivery, templates, fetched, now)
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
    decisions.hold(session, reminder_id, why, until=next_try(delivery.facts), now=now)


def _reply_to(session: Session, ground: Ground, one: Written) -> str | None:
    """Where an answer goes: by way of us if that is set up, else straight to the business."""
    by_way_of_us = None
    if one.delivery.case.channel == EMAIL:
        by_way_of_us = new_reply_address(session, ground.settings, one.reminder_id)
    return by_way_of_us or one.delivery.batch.business.reply_to


def _intended(one: Written, reply_to: str | None) -> Intended:
    business = one.delivery.batch.business
    return Intended(
        one.delivery,
        Outgoing(
            marker=str(one.message_id),
            sender_name=words_of(one.delivery).sender_name or business.name,
            reply_to=reply_to,
            recipient=one.addressed.to[0],
            also_to=one.addressed.to[1:],
            cc=one.addressed.cc,
            bcc=one.addressed.bcc,
            subject=one.composed.subject,
            text=one.composed.text,
            html=one.composed.html or None,
            headers=one.composed.headers,
            template=one.template,
            variables=one.variables,
            attachments=one.files,
        ),
    )
