"""A connected sandbox company on a working morning, with its reminders planned and its inbox to judge by."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text

from app.kit.ground import Ground
from app.models import Customer, Reminder, ReminderState
from app.reminders.calendar import next_working_day
from app.reminders.confirming import confirm
from tests.connectors.consent import connect
from tests.sandbox.client import SandboxClient
from tests.support.tasks import run_due

_LONDON = ZoneInfo("Europe/London")


@dataclass
class Journey:
    """One tenant. Tasks run in the test's own process."""

    ground: Ground
    sandbox: SandboxClient
    tenant_id: UUID
    zone: ZoneInfo = _LONDON
    """Of the company."""

    def run(self) -> None:
        run_due(self.ground)

    def next_morning(self, *, days: int = 1, hour: int = 10) -> datetime:
        """Move to ten o'clock of the next working day (at least `days` later) and do what is due."""
        now = self.sandbox.now().astimezone(self.zone)
        day = next_working_day(now.date() + timedelta(days=days - 1))
        return self.clock_to(datetime.combine(day, time(hour), self.zone))

    def clock_to(self, moment: datetime) -> datetime:
        answer = self.sandbox.control("clock", to=moment.isoformat())
        return datetime.fromisoformat(answer["now"])

    def confirm_all(self) -> int:
        ids = [reminder.id for reminder in self.reminders() if reminder.reason_code == "first_list"]
        with self.ground.database.tenant(self.tenant_id) as session:
            return confirm(session, ids, now=self.ground.clock.now())

    def reminders(self, *states: ReminderState) -> list[Reminder]:
        """In the same order every time: ids of rows differ from run to run, the ledger's do not."""
        with self.ground.database.tenant(self.tenant_id) as session:
            found = (
                session.query(Reminder)
                .join(Customer, Customer.id == Reminder.customer_id)
                .order_by(Reminder.due_at, Customer.external_id, Reminder.currency)
                .all()
            )
        return [reminder for reminder in found if not states or reminder.state in states]

    def due_today(self) -> list[Reminder]:
        today = self.ground.clock.now().astimezone(self.zone).date()
        return [reminder for reminder in self.reminders() if reminder.send_on == today]

    def states(self) -> Counter[str]:
        return Counter(reminder.state.value for reminder in self.reminders())

    def inbox(self) -> list[dict[str, Any]]:
        return list(self.sandbox.get("/mail/api/messages").json())

    def rows(self, statement: str, **values: object) -> list[tuple[Any, ...]]:
        with self.ground.database.tenant(self.tenant_id) as session:
            return [tuple(row) for row in session.execute(text(statement), values)]

    def change(self, statement: str, **values: object) -> None:
        with self.ground.database.tenant(self.tenant_id) as session:
            session.execute(text(statement), values)

    def numbers_of(self, reminder: Reminder) -> list[str]:
        found = self.rows(
            "SELECT i.number FROM reminder_invoice l JOIN invoice i ON i.tenant_id = l.tenant_id "
            "AND i.id = l.invoice_id WHERE l.reminder_id = :id ORDER BY i.due_on, i.number",
            id=reminder.id,
        )
        return [number for (number,) in found]

    def lapse_leases(self) -> None:
        """As if a minute had passed in which no worker was alive."""
        self.change("UPDATE reminder SET lease_until = now() - interval '1 s' WHERE lease_until IS NOT NULL")
        self.change(
            "UPDATE task SET lease_until = now() - interval '1 s', rung_at = NULL WHERE state = 'leased'"
        )
        self.change(
            "UPDATE task SET run_at = :now, rung_at = NULL WHERE state = 'waiting' AND reason IS NOT NULL",
            now=self.ground.clock.now(),
        )


def header(mail: Mapping[str, Any], name: str) -> str:
    return next((value for key, value in mail["headers"] if key.lower() == name.lower()), "")


def begin(
    ground: Ground, sandbox: SandboxClient, ledger: str = "xero", *, zone: ZoneInfo = _LONDON
) -> Journey:
    """Connected, pulled, planned; nothing confirmed. It is ten o'clock on a working day."""
    journey = Journey(ground, sandbox, UUID(int=0), zone)
    journey.next_morning()
    journey.tenant_id = connect(ground, ledger).tenant_id
    journey.run()
    return journey
