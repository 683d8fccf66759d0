"""How much one customer gets: a message per channel and day, seven in seven days, whatever the currencies. Pure.

What goes by its next channel waits for a day on which nothing else went.
"""

from datetime import date, timedelta

from app.reminders import reasons
from app.reminders.gate_facts import Facts
from app.reminders.gate_stops import after_home_day, today_of
from app.reminders.gate_verdicts import Hold
from app.reminders.planner import MOST_IN_SEVEN_DAYS

_ONE_DAY, _SIX_DAYS = timedelta(days=1), timedelta(days=6)


def too_much(facts: Facts) -> Hold | None:
    """A hold until there is room again, if the customer has had enough. Days are the organisation's."""
    today = today_of(facts)
    if _is_full(today, facts):
        last = today
        while _is_full(last + _ONE_DAY, facts):
            last += _ONE_DAY
        return Hold(reasons.WEEK_FULL, after_home_day(last, facts))
    if any(one.on == today and one.channel == facts.channel for one in facts.had):
        return Hold(reasons.DAY_TAKEN, after_home_day(today, facts))
    if facts.gave_way and any(one.on == today for one in facts.had):
        return Hold(reasons.CHANNEL_TRIED, after_home_day(today, facts))
    return None


def _is_full(day: date, facts: Facts) -> bool:
    return sum(day - _SIX_DAYS <= one.on <= day for one in facts.had) >= MOST_IN_SEVEN_DAYS
