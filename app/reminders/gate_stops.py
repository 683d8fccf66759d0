"""What holds that stand in a reminder's way mean for it. Pure."""

from datetime import date, datetime

from app.reminders.calendar import local
from app.reminders.gate_facts import Facts
from app.reminders.gate_verdicts import Hold
from app.reminders.situation import Stop


def in_force(stop: Stop | None, today: date) -> Stop | None:
    """The stop if it covers today."""
    return None if stop is None or (stop.until is not None and stop.until < today) else stop


def held(stop: Stop, facts: Facts) -> Hold:
    """Until the first moment for this recipient that the stop does not cover, if it has an end."""
    if stop.until is None:
        return Hold(stop.why())
    return Hold(stop.why(), after_home_day(stop.until, facts))


def after_home_day(last: date, facts: Facts) -> datetime:
    """When this recipient may be written to once this day of the organisation is over."""
    diary = facts.diary
    return diary.moment(diary.after_home_day(diary.first_day(facts.now), last))


def today_of(facts: Facts) -> date:
    """The organisation's date."""
    return local(facts.now, facts.organisation.zone).date()
