"""When messages may leave, said a second time and in the plainest words, for tests to compare with."""

from datetime import datetime

from app.reminders.calendar import CLOSES_AT, OPENS_AT, local


def is_sending_time(now: datetime, zone: str) -> bool:
    """Monday to Friday between opening and closing, on the clock of the zone."""
    here = local(now, zone)
    return here.weekday() < 5 and OPENS_AT <= here.time() < CLOSES_AT
