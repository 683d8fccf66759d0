"""The gate: the last decision before a message leaves, on facts read from the ledger just now. Pure.

It fails closed: what cannot be known holds the reminder. Whatever it decides, the facts are kept with it.
"""

from datetime import datetime, time, timedelta

from app.models import Sending
from app.reminders import reasons
from app.reminders.calendar import next_working_day, working_day
from app.reminders.calendar_hours import Hours, Window
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
    hours = _hours(facts)
    day = working_day(hours.today(facts.now))
    while (at := hours.moment(day)) <= facts.now:
        day = next_working_day(day)
    return at


def _hours(facts: Facts) -> Hours:
    """Decent hours on the clock of whoever gets the message."""
    return Hours(Window(time(facts.send_hour)), facts.recipient.zones or (facts.organisation.zone,))


def _organisation_stops(organisation: Organisation) -> Reason | None:
    if not organisation.is_connected:
        return reasons.DISCONNECTED
    if organisation.sending is Sending.PAUSED:
        return reasons.PAUSED
    if organisation.sending is not Sending.ON:
        return reasons.FIRST_LIST
    if organisation.quiet is not None:
        return organisation.quiet
    return None if organisation.has_channel else reasons.NO_MAIL_SERVER


def _recipient_stops(recipient: Recipient) -> Reason | None:
    if not recipient.is_active:
        return reasons.INACTIVE
    return (recipient.obstacle or reasons.OPTED_OUT) if recipient.opted_out else None


def _not_now(facts: Facts) -> Hold | None:
    if not facts.recipient.has_valid_address:
        return Hold(facts.recipient.obstacle or reasons.BAD_EMAIL, next_try(facts))
    hours = _hours(facts)
    if not hours.are_open(facts.now) or working_day(hours.today(facts.now)) != hours.today(facts.now):
        return Hold(reasons.SEND_WINDOW, next_try(facts))
    if not facts.is_expected and facts.brake_left <= 0:
        return Hold(reasons.VOLUME_BRAKE, needs_confirmation=True)
    return None
