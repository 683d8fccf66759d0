"""How much one customer gets: one message per channel and day, and seven in seven days, in all currencies. Pure."""

from collections.abc import Sequence
from datetime import timedelta

from app.reminders.situation import Contact, Planned

MOST_IN_SEVEN_DAYS = 7
_SIX_DAYS = timedelta(days=6)


def leaves(planned: Planned) -> bool:
    """Whether it will be a message when its time has come: no task for a person, and held until then at most."""
    return bool(planned.channels) and (planned.obstacle is None or planned.obstacle.code == "held_until")


def is_too_much(planned: Planned, had: Sequence[Contact]) -> bool:
    """Whether it would come on a day that is taken, or make more than seven in any seven days around it."""
    day = planned.send_on
    if any(one.on == day and one.channel == planned.channels[0] for one in had):
        return True
    near = [one.on for one in had if day - _SIX_DAYS <= one.on <= day + _SIX_DAYS]
    if len(near) < MOST_IN_SEVEN_DAYS:
        return False
    ends = {day, *(on for on in near if on > day)}
    return any(sum(end - _SIX_DAYS <= on <= end for on in near) >= MOST_IN_SEVEN_DAYS for end in ends)
