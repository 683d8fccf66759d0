"""Where a performance takes place: the product, its vendors, their common virtual time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from app.demo.figures import Say
from app.demo.idleness import wait_idle
from app.demo.vendors import Vendors
from app.kit.ground import Ground

_MORNING = time(10)


@dataclass
class Stage:
    """`say` gets a line per step."""

    web_url: str
    ground: Ground
    vendors: Vendors
    say: Say

    def wait(self) -> None:
        """Until nothing is left to do at the present time."""
        wait_idle(self.ground, self.vendors)

    def today(self, zone: ZoneInfo) -> date:
        """The day it is there."""
        return self.vendors.now().astimezone(zone).date()

    def clock_to(self, moment: datetime) -> None:
        """Move the time forward and let everything happen that falls due."""
        self.vendors.clock_to(moment)
        self.wait()

    def clock_to_morning_of(self, day: date, zones: Iterable[ZoneInfo]) -> None:
        """Move to when it is ten in the morning, or later, in every one of the zones; never back."""
        morning = max(datetime.combine(day, _MORNING, zone) for zone in zones)
        if morning > self.vendors.now():
            self.clock_to(morning)
