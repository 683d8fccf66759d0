"""The gate: the last decision before a message leaves, on facts read from the ledger just now. Pure.

It fails closed: what cannot be known holds the reminder. Whatever it decides, the facts are kept with it.
"""

from datetime import datetime, timedelta

from app.models import Sending
from app.reminders import reasons
from app.reminders.gate_caps import too_much
from app.reminders.gate_facts import FACTS_LAST, Facts, Line, Recipient, seen
from app.reminders.gate_lines import what_is_left
from app.reminders.gate_stops import held, in_force, today_of
from app.reminders.gate_verdicts import Drop, Hold, OpenLine, Send, Verdict
from app.reminders.reasons import Reason
from app.reminders.standing import Organisation

__all__ = [
    "FACTS_LAST",
    "Drop",
    "Facts",
    "Hold",
    "Line",
    "OpenLine",
    "Recipient",
    "Send",
    "Verdict",
    "decide",
    "next_try",
    "seen",
]

MIRROR_LASTS = timedelta(hours=48)
_LOOK_AGAIN = timedelta(minutes=5)


def decide(facts: Facts) -> Verdict:
    """Send, drop or hold one reminder."""
    stopped = _organisation_stops(facts.organisation) or _recipient_stops(facts.recipient)
    if stopped is not None:
        return Hold(stopped)
    stop = in_force(facts.recipient.stop, today_of(facts))
    if stop is not None:
        return held(stop, facts)
    if facts.now - facts.read_at > FACTS_LAST:
        return Hold(reasons.STALE_FACTS, facts.now)
    if facts.mirror_read_at is not None and facts.now - facts.mirror_read_at > MIRROR_LASTS:
        return Hold(reasons.STALE_MIRROR, facts.now + _LOOK_AGAIN)
    verdict = what_is_left(facts)
    return (_not_now(facts) or verdict) if isinstance(verdict, Send) else verdict


def next_try(facts: Facts) -> datetime:
    """When something that a person has to mend is looked at again by itself."""
    return facts.diary.next_moment(facts.now)


def _organisation_stops(organisation: Organisation) -> Reason | None:
    if not organisation.is_connected:
        return reasons.DISCONNECTED
    if organisation.sending is Sending.PAUSED:
        return reasons.PAUSED
    if organisation.sending is not Sending.ON:
        return reasons.FIRST_LIST
    if organisation.quiet is not None:
        return organisation.quiet
    return None if organisation.channels else reasons.NO_SENDER


def _recipient_stops(recipient: Recipient) -> Reason | None:
    if not recipient.is_active:
        return reasons.INACTIVE
    return (recipient.obstacle or reasons.OPTED_OUT) if recipient.opted_out else None


def _not_now(facts: Facts) -> Hold | None:
    if not facts.recipient.has_valid_address:
        return Hold(facts.recipient.obstacle or reasons.BAD_EMAIL, next_try(facts))
    if not facts.diary.is_open(facts.now):
        return Hold(reasons.SEND_WINDOW, next_try(facts))
    crowded = too_much(facts)
    if crowded is not None:
        return crowded
    if not facts.is_expected and facts.brake_left <= 0:
        return Hold(reasons.VOLUME_BRAKE, needs_confirmation=True)
    return None
