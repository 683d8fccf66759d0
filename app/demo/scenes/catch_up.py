"""Nothing runs for days. Then one list waits for one word, instead of a flood."""

from dataclasses import dataclass
from datetime import date

from app.demo.scenes.scene import Scene
from app.models import CatchUpMode
from app.reminders.catch_up import LateList, late_reminders


@dataclass
class CatchUp(Scene):
    """The whole company."""

    def come_back(self, today: date) -> None:
        """After the outage: what is late is shown, merged into one reminder for each customer, and sent."""
        late = self._late(today)
        before = self._sent()
        self.require(bool(late.reminders), "nothing was late after days in which nothing ran")
        self.journey.say(late.sentence)
        owner = self.journey.owner.open(f"{self.journey.stage.web_url}/catch-up")
        self.require(late.sentence in owner.text, f"the page of late reminders does not say: {late.sentence}")
        owner.press("Do this with", mode=CatchUpMode.MERGE.value)
        self.journey.stage.wait()
        sent = self._sent() - before
        self.require(len(late.reminders) == sent, f"{len(late.reminders)} were late, {sent} were sent")
        self.require(not self._late(today).reminders, "something is still late")
        self.journey.figures.late, self.journey.figures.caught_up = len(late.reminders), sent
        self.journey.say(f"The owner merges what is late into one reminder each: {sent} are sent")

    def _late(self, today: date) -> LateList:
        return self.journey.tenant.ask(lambda session: late_reminders(session, today=today))

    def _sent(self) -> int:
        return len(self.journey.mails())
