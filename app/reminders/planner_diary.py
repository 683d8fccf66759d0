"""When a recipient can be written to under a cadence: days, hours, and the organisation's own dates. Pure."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.reminders.calendar_days import Place, SendingDays
from app.reminders.calendar_hours import Hours, Window
from app.reminders.situation import Cadence

_ONE_DAY = timedelta(days=1)


class Diary:
    """Days are the recipient's; `home_day` tells which day that is for the organisation."""

    def __init__(
        self, cadence: Cadence, *, home: str, zones: tuple[str, ...], places: tuple[Place, ...]
    ) -> None:
        window = Window(time(cadence.send_hour), cadence.opens_at, cadence.closes_at)
        self.days = SendingDays(cadence.weekdays, places if cadence.keeps_holidays else ())
        self._hours = Hours(window, zones or (home,))
        self._home = ZoneInfo(home)
        self._usable: dict[date, date] = {}
        self._moments: dict[date, datetime] = {}
        self._home_days: dict[date, date] = {}

    def on_or_after(self, day: date) -> date:
        """The first day from this one on that can be used."""
        if day not in self._usable:
            found = self.days.on_or_after(day)
            while not self._hours.have(found):
                found = self.days.after(found)
            self._usable[day] = found
        return self._usable[day]

    def first_day(self, now: datetime) -> date:
        """The earliest day on which a message can still leave."""
        return self.on_or_after(self._hours.first_day(now))

    def today(self, now: datetime) -> date:
        """The recipient's day; where zones differ, the one that began last has yet to begin for others."""
        return self._hours.today(now)

    def is_open(self, now: datetime) -> bool:
        """Whether a message may leave at this very moment."""
        day = self._hours.open_day(now)
        return day is not None and self.days.allows(day)

    def next_moment(self, now: datetime) -> datetime:
        """The first moment later than now at which a reminder would be planned to leave."""
        day = self.first_day(now)
        while self.moment(day) <= now:
            day = self.on_or_after(self.days.after(day))
        return self.moment(day)

    def moment(self, day: date) -> datetime:
        """When a reminder of that day leaves."""
        if day not in self._moments:
            self._moments[day] = self._hours.moment(day)
        return self._moments[day]

    def home_day(self, day: date) -> date:
        """The organisation's date at the moment of that day."""
        if day not in self._home_days:
            self._home_days[day] = self.moment(day).astimezone(self._home).date()
        return self._home_days[day]

    def after_home_day(self, day: date, last: date) -> date:
        """The first usable day, from `day` on, that is later than `last` on the organisation's calendar."""
        # No clock is more than a day apart from another, so days well before `last`, maybe years of them, need no look.
        day = self.on_or_after(max(day, last - _ONE_DAY))
        while self.home_day(day) <= last:
            day = self.on_or_after(self.days.after(day))
        return day
