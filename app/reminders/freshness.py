"""Until when a plan stays right if nothing but time passes. Pure.

The planner looks at the clock for two things only: which day it is for the organisation, and whether today is
over for a recipient. A plan without anything due today therefore lasts until midnight.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.reminders.calendar import CLOSES_AT, OPENS_AT
from app.reminders.situation import Addressee, Planned, Situation

_ELSEWHERE = timedelta(hours=1)
_NOBODY = Addressee()


def stale_at(situation: Situation, planned: Sequence[Planned]) -> datetime:
    """The first moment at which planning again could give something else."""
    zone = ZoneInfo(situation.zone)
    today = situation.now.astimezone(zone).date()
    midnight = datetime.combine(today + timedelta(days=1), time(), tzinfo=zone)
    due = [one for one in planned if one.send_on <= today]
    if not due:
        return midnight
    here = ((), (situation.zone,))
    if any(situation.addressees.get(one.customer_id, _NOBODY).zones not in here for one in due):
        return min(midnight, situation.now + _ELSEWHERE)
    ends = {CLOSES_AT} | {cadence.closes_at for cadence in situation.cadences if cadence.closes_at > OPENS_AT}
    closings = (datetime.combine(today, at, tzinfo=zone) for at in ends)
    # What is sent wakes the dispatcher; what a person is asked is done by a planning.
    tasks = (one.due_at for one in due if not one.channels)
    return min([midnight, *(at for at in (*closings, *tasks) if at > situation.now)])
