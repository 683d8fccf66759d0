"""The scenes in order, at every ledger side by side: a day to prepare, two to watch, an outage, and a look back."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from holidays import country_holidays

from app.demo.journey import Journey
from app.demo.oracle import next_working_day
from app.demo.scenes.catch_up import CatchUp
from app.demo.scenes.fallback import APPROVED, Fallback
from app.demo.scenes.gate import Gate
from app.demo.scenes.guests import Guests
from app.demo.scenes.hold import Hold
from app.demo.scenes.preview import Preview
from app.demo.scenes.replay import Replay
from app.demo.scenes.scene import Scene
from app.demo.stage import Stage

# Working days on which nothing runs: what was due on the last of them is not late yet when it is over.
_OUTAGE_DAYS = 3
_RECEIPTS_COME = timedelta(minutes=1)
_UTC = ZoneInfo("UTC")


class Cast:
    """One company's scenes."""

    def __init__(self, journey: Journey) -> None:
        guests = Guests(journey)
        self.journey = journey
        self.fallback = Fallback(journey, guests)
        self.hold = Hold(journey, guests)
        self.gate = Gate(journey, guests)
        self.preview = Preview(journey, guests)
        self.catch_up = CatchUp(journey, guests)
        self.replay = Replay(journey, guests)

    @property
    def scenes(self) -> Sequence[Scene]:
        """Those that take turns. The first ones are given the customers who owe least."""
        return self.fallback, self.gate, self.hold


@dataclass
class SecondAct:
    """What follows the main job. The companies share the clock, so each turn is everybody's."""

    stage: Stage
    journeys: Sequence[Journey]

    @cached_property
    def _casts(self) -> list[Cast]:
        return [Cast(journey) for journey in self.journeys]

    def play(self) -> None:
        """Everything, from the next working day on."""
        days = self._working_days()
        self._move_to(next(days))
        self._prepare(next(days))
        self._leave()
        self._move_to(day := next(days))
        self._watch(day)
        for _ in range(_OUTAGE_DAYS):
            next(days)
        self._come_back(next(days))

    def _prepare(self, tomorrow: date) -> None:
        for cast in self._casts:
            cast.fallback.set_up_phones()
        self._pass(APPROVED)
        for cast in self._casts:
            for scene in cast.scenes:
                scene.prepare(tomorrow)

    def _leave(self) -> None:
        """Each company's hour on its own, because the clocks on their walls differ."""
        for cast in sorted(self._casts, key=lambda cast: cast.gate.just_before):
            self.stage.clock_to(max(cast.gate.just_before, self.stage.vendors.now()))
            cast.gate.before_leaving()
        self._pass(_RECEIPTS_COME)
        self._follow()
        for cast in self._casts:
            for scene in cast.scenes:
                scene.after_leaving()
        for cast in self._casts:
            cast.preview.look()

    def _watch(self, day: date) -> None:
        self._pass(_RECEIPTS_COME)
        for cast in self._casts:
            cast.preview.compare(day)
            for scene in cast.scenes:
                scene.day_after()

    def _come_back(self, day: date) -> None:
        self.stage.say("Nothing runs for some days")
        self.stage.clock_to_morning_of(day, self._zones())
        for cast in self._casts:
            cast.catch_up.come_back(day)
            cast.replay.go_back(day)
        self._follow()

    def _move_to(self, day: date) -> None:
        self.stage.clock_to_morning_of(day, self._zones())
        self._follow()

    def _pass(self, time: timedelta) -> None:
        self.stage.clock_to(self.stage.vendors.now() + time)

    def _follow(self) -> None:
        for journey in self.journeys:
            journey.follow_day()

    def _zones(self) -> Iterable[ZoneInfo]:
        return [journey.zone for journey in self.journeys]

    def _working_days(self) -> Iterator[date]:
        """Days on which every company works."""
        off = [country_holidays(journey.tenant.country()) for journey in self.journeys]
        day = self.stage.today(_UTC)
        while True:
            day = next_working_day(day)
            if not any(day in holidays for holidays in off):
                yield day
