"""What holds that stand in a reminder's way mean for it. Pure."""

from datetime import date

from app.reminders.calendar import local, moment, next_working_day
from app.reminders.gate_facts import Facts
from app.reminders.gate_verdicts import Hold
from app.reminders.situation import Stop


def in_force(stop: Stop | None, today: date) -> Stop | None:
    """The stop if it covers today."""
    return None if stop is None or (stop.until is not None and stop.until < today) else stop


def held(stop: Stop, facts: Facts) -> Hold:
    """Until the send hour of the first working day that the stop does not cover, if it has an end."""
    organisation = facts.organisation
    if stop.until is None:
        return Hold(stop.why())
    return Hold(stop.why(), moment(next_working_day(stop.until), facts.send_hour, organisation.zone))


def today_of(facts: Facts) -> date:
    """The organisation's date."""
    return local(facts.now, facts.organisation.zone).date()
