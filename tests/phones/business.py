"""A business that texts: set up through the stand-in, with its webhooks carried from the receiver to the door."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient

from app.kit.ground import Ground
from app.models import ConsentBasis, Customer, Message, PhoneAccount, Reminder, ReminderState
from app.reminders import phone_setup
from app.reminders.confirming import confirm
from app.reminders.phone_accounts import phone_account
from app.sync.tables import PHONE_COLUMN
from app.webhooks import twilio as door
from tests.reminders.journey import Journey
from tests.sandbox.client import wait_until
from tests.sandbox.receiver import Received, Receiver

MOBILE = "+447911123456"


@dataclass
class PhoneBusiness:
    """The journey of a tenant, and the world of its phones."""

    journey: Journey
    receiver: Receiver
    client: FlaskClient
    _carried: int = 0

    @property
    def ground(self) -> Ground:
        return self.journey.ground

    @property
    def tenant_id(self) -> UUID:
        return self.journey.tenant_id

    def account(self) -> PhoneAccount:
        with self.ground.database.tenant(self.tenant_id) as session:
            found = phone_account(session)
        assert found is not None
        return found

    def customer_with_phone(self, reminder: Reminder, number: str = MOBILE) -> None:
        with self.ground.database.tenant(self.tenant_id) as session:
            customer = session.get_one(Customer, (self.tenant_id, reminder.customer_id))
            sealed = self.ground.sealer(session).seal(number, column=PHONE_COLUMN, row=customer.id)
            customer.phone_sealed = sealed

    def due_by(self, *channels: str) -> Reminder:
        """A confirmed reminder of today with these channels, to a customer with a mobile number; the only one."""
        wanted = next(r for r in self.journey.due_today() if r.reason_code == "first_list")
        self.journey.change(
            "UPDATE cadence_step SET channels = :channels WHERE id = :id",
            channels=list(channels),
            id=wanted.step_id,
        )
        self.journey.change(
            "UPDATE reminder SET channels = :channels WHERE id = :id", channels=list(channels), id=wanted.id
        )
        self.customer_with_phone(wanted)
        with self.ground.database.tenant(self.tenant_id) as session:
            confirm(session, [wanted.id], now=self.ground.clock.now())
        return wanted

    def came_back_by_text(self) -> Reminder:
        """A reminder whose text did not arrive: mail has the next turn."""
        self.journey.sandbox.control(f"twilio/phones/{MOBILE}", fate=30005)
        wanted = self.due_by("sms", "email")
        self.journey.run()
        self.pass_time()
        return wanted

    def again(self, reminder: Reminder) -> Reminder:
        return next(r for r in self.journey.reminders() if r.id == reminder.id)

    def messages(self, reminder: Reminder) -> list[Message]:
        with self.ground.database.tenant(self.tenant_id) as session:
            return session.query(Message).filter_by(reminder_id=reminder.id).order_by(Message.attempt).all()

    def texts(self) -> list[dict[str, Any]]:
        """What the stand-in's phones got, oldest first."""
        found = self.journey.sandbox.get("/twilio/phones/api/messages").json()
        return [text for text in found if text["direction"] != "inbound"]

    def pass_time(self, seconds: float = 10) -> None:
        """Let receipts happen, arrive and be looked into."""
        self.journey.sandbox.advance(seconds=seconds)
        self.carry()
        self.journey.run()

    def carry(self) -> list[int]:
        """Every webhook that has arrived since, brought to the door; the statuses it answered."""
        wait_until(lambda: not self.journey.sandbox.get("/control/counters").json()["webhooks"]["waiting"])
        arrived = [one for one in list(self.receiver.received) if one.path.startswith("/webhooks/twilio")]
        new, self._carried = arrived[self._carried :], len(arrived)
        return [self.bring(one) for one in new]

    def bring(self, received: Received, **headers: str) -> int:
        told = {
            "X-Twilio-Signature": received.headers["X-Twilio-Signature"],
            "Content-Type": received.headers["Content-Type"],
            **headers,
        }
        return self.client.post(received.path, data=received.body, headers=told).status_code

    def write_back(self, body: str, *, sender: str = MOBILE, to: str | None = None) -> None:
        self.journey.sandbox.control(
            "twilio/answer", **{"from": sender, "to": to or self.account().number, "body": body}
        )
        self.pass_time()

    def rows(self, statement: str, **values: object) -> list[tuple[Any, ...]]:
        return self.journey.rows(statement, **values)

    def state(self, reminder: Reminder) -> ReminderState:
        return self.again(reminder).state


def begin_with_phones(journey: Journey, receiver: Receiver) -> PhoneBusiness:
    """Set up for text messages, on the word of all customers."""
    app = Flask("door")
    app.register_blueprint(door.blueprint(journey.ground))
    phone_setup.begin(journey.ground, journey.tenant_id)
    with journey.ground.database.tenant(journey.tenant_id) as session:
        phone_setup.state_basis(session, ConsentBasis.TERMS, user_id=uuid4(), now=journey.ground.clock.now())
    journey.run()
    return PhoneBusiness(journey, receiver, app.test_client())
