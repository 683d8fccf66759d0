"""The month ahead, day by day; then a day passes, and exactly what was foretold has left."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from app.demo.scenes.scene import Scene
from app.models import Message, MessageState, Reminder
from app.reminders.looking_ahead import Ahead, look_ahead
from app.reminders.preview import by_day

_DAYS = 30
_DAYS_SHOWN = 5
Sent = Counter[tuple[UUID, str]]


@dataclass
class Preview(Scene):
    """The whole company."""

    _ahead: Sequence[Ahead] = ()
    _looked_at: datetime = field(init=False)

    def look(self) -> None:
        """In the evening: what would go out if nobody paid."""
        self._looked_at = self.journey.stage.ground.clock.now()
        self._ahead = self.journey.tenant.ask(
            lambda session: look_ahead(session, now=self._looked_at, days=_DAYS)
        )
        self.journey.say(
            f"If nobody paid, {len(self._ahead)} reminders would leave in the next {_DAYS} days:"
        )
        for day, planned in list(by_day([one.planned for one in self._ahead]))[:_DAYS_SHOWN]:
            self.journey.stage.say(f"  {day:%a %d %b}  {len(planned):>3}")

    def compare(self, today: date) -> None:
        """After the next working day's reminders have left."""
        foretold: Sent = Counter(
            (one.planned.customer_id, one.planned.currency)
            for one in self._ahead
            if one.planned.send_on <= today
        )
        sent = self._sent()
        self.require(
            sent == foretold,
            f"{(foretold - sent).total()} foretold reminders did not leave, {(sent - foretold).total()} others did",
        )
        self.journey.figures.foretold, self.journey.figures.left_as_foretold = (
            foretold.total(),
            (foretold & sent).total(),
        )
        self.journey.say(
            f"{today:%a %d %b}: {foretold.total()} were foretold, and {sent.total()} left, the same"
        )

    def _sent(self) -> Sent:
        query = (
            select(Reminder.customer_id, Reminder.currency)
            .join(Message, (Message.tenant_id == Reminder.tenant_id) & (Message.reminder_id == Reminder.id))
            .where(Message.started_at > self._looked_at, Message.state == MessageState.SENT)
        )
        rows = self.journey.tenant.ask(lambda session: [(a, b) for a, b in session.execute(query)])
        return Counter(rows)
