"""A journey whose mails leave by the sandbox's Amazon, and whose SNS messages reach the product's own door."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask

from app.kit.clock import OffsetFileClock
from app.kit.ground import Ground
from app.kit.settings import Settings
from app.models import Reminder
from app.reminders.confirming import confirm
from app.reminders.sender import set_reply_to
from app.web.application import create_app
from tests.channels.ses_settings import ses_settings
from tests.reminders.journey import Journey, begin, header
from tests.sandbox.client import SandboxClient, wait_until
from tests.sandbox.receiver import Received, Receiver

OFFICE = "office@harbour.example"
DOOR = "/webhooks/sns"


@dataclass
class ByAmazon:
    """The journey, and the door that SNS posts to."""

    journey: Journey
    door: Flask
    sandbox: SandboxClient

    @property
    def ground(self) -> Ground:
        return self.journey.ground

    def send_one(self) -> Reminder:
        """One confirmed reminder, handed over; whatever is told of it has not been applied."""
        journey = self.journey
        wanted = next(r for r in journey.due_today() if r.reason_code == "first_list")
        with self.ground.database.tenant(journey.tenant_id) as session:
            confirm(session, [wanted.id], now=self.ground.clock.now())
        journey.run()
        return wanted

    def hear(self, what: str) -> None:
        """Wait until Amazon has told this and it was taken, then do what is due."""
        wait_until(lambda: what in self.told())
        self.journey.run()

    def hear_another(self, what: str, *, before: int) -> None:
        """As `hear`, when Amazon had told of so many before."""
        wait_until(lambda: self.told().count(what) > before)
        self.journey.run()

    def told(self) -> list[str]:
        """What was told and taken, the latest first."""
        rows = self.sandbox.get("/control/deliveries").json()
        return [row["name"] for row in rows if row["vendor"] == "ses" and row["status"] == "delivered"]

    def mail(self, reminder: Reminder) -> dict[str, Any]:
        """The mail of a reminder, as it arrived."""
        ((vendor_id,),) = self.journey.rows(
            "SELECT vendor_id FROM message WHERE reminder_id = :id", id=reminder.id
        )
        return next(mail for mail in self.journey.inbox() if vendor_id in mail["message_id"])

    def reply_address(self, reminder: Reminder) -> str:
        return header(self.mail(reminder), "Reply-To").rpartition("<")[2].rstrip(">")

    def message(self, reminder: Reminder) -> tuple[Any, ...]:
        (row,) = self.journey.rows(
            "SELECT state, delivery, delivery_code FROM message WHERE reminder_id = :id", id=reminder.id
        )
        return row

    def count(self, table: str, condition: str = "true") -> int:
        ((number,),) = self.journey.rows(f"SELECT count(*) FROM {table} WHERE {condition}")
        return int(number)

    def receive(self, to: str, text: str = "I pay on Friday.", **more: Any) -> None:
        self.sandbox.control(
            "ses/receive", **{"to": to, "from": "payer@customer.example", "text": text, **more}
        )

    def forwarded(self) -> list[dict[str, Any]]:
        return [mail for mail in self.journey.inbox() if mail["to"] == [OFFICE]]


def begin_by_amazon(
    make_settings: Callable[..., Settings], known: Settings, sandbox: SandboxClient, receiver: Receiver
) -> ByAmazon:
    """Connected, planned, nothing confirmed; replies come by way of us to the office's address."""
    vendors = {
        name: value
        for name, value in known.model_dump().items()
        if name.endswith("_url") and name.startswith(("xero", "quickbooks", "stripe", "mail"))
    }
    ground = Ground.from_settings(
        ses_settings(make_settings, sandbox, **vendors), clock=OffsetFileClock(sandbox.clock_file)
    )
    door = create_app(ground)
    receiver.answer = lambda received: _pass_on(door, received)
    journey = begin(ground, sandbox)
    with ground.database.tenant(journey.tenant_id) as session:
        set_reply_to(session, ground, OFFICE)
    return ByAmazon(journey, door, sandbox)


def _pass_on(door: Flask, received: Received) -> int:
    """What the sandbox posts to SNS's subscriber goes through the product's own door."""
    if received.path != "/ses":
        return 200
    answer = door.test_client().post(DOOR, data=received.body, headers=list(received.headers.items()))
    return answer.status_code
