"""The last twelve months again: what the cadence would have sent, beside a gentler one."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from app.demo.scenes.scene import Scene
from app.models import Tone
from app.reminders.cadences import cadences
from app.reminders.replay import OfCadence, Replayed, replay_history
from app.reminders.replay_asking import latest
from app.reminders.replay_words import from_json


@dataclass
class Replay(Scene):
    """The whole company."""

    def go_back(self, today: date) -> None:
        """Neither would ever have reminded anybody of what was paid, nor anybody twice in a day."""
        own, gentle = self._cadences()
        self.journey.owner.open(f"{self.journey.stage.web_url}/replay").press(
            "Replay the past year", cadence=str(own), against=str(gentle)
        )
        self.journey.stage.wait()
        found = self.journey.tenant.ask(lambda session: self._replay(session, own, gentle, today))
        shown = self.journey.tenant.ask(_messages_shown)
        self.require(
            shown == found.first.messages > 0, f"{shown} messages replayed, {found.first.messages} found"
        )
        self.journey.figures.replayed = shown
        for one in (found.first, found.second):
            if one is not None:
                self._tell(one)

    def _tell(self, one: OfCadence) -> None:
        self.require(one.after_payment == 0, f"{one.name}: {one.after_payment} reminders after the payment")
        self.require(one.twice_in_a_day == 0, f"{one.name}: {one.twice_in_a_day} twice in a day")
        self.require(one.on_days_off == 0, f"{one.name}: {one.on_days_off} on days off")
        self.journey.say(
            f"Over the last year the cadence {one.name} would have sent {one.messages} messages to "
            f"{one.customers} customers; {one.prevented} more were planned when the money came, and did not go"
        )

    def _cadences(self) -> tuple[UUID, UUID]:
        """The company's own, and a gentle one made for comparison."""
        self.journey.owner.open(f"{self.journey.stage.web_url}/cadences").press(
            "Create", tone=Tone.GENTLE.value
        )
        found = self.journey.tenant.ask(lambda session: {one.name: one.id for one in cadences(session)})
        return found["Default"], found["Gentle"]

    def _replay(self, session: Session, own: UUID, gentle: UUID, today: date) -> Replayed:
        return replay_history(
            session,
            tenant_id=self.journey.tenant.tenant_id,
            cadence_id=own,
            against=gentle,
            today=today,
            now=self.journey.stage.ground.clock.now(),
        )


def _messages_shown(session: Session) -> int:
    """What the page says of the first cadence, month by month."""
    kept = latest(session)
    return sum(month.first for month in from_json(kept.told).months) if kept and kept.told else 0
