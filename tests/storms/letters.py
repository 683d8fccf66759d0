"""A business whose reminders leave by mail, text and WhatsApp, one at a time, and what has arrived of them."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from app.kit.ground import Ground
from app.models import Customer, Reminder, ReminderState, SenderState
from app.reminders import phone_setup
from app.reminders.confirming import confirm
from app.sync.tables import EMAILS_COLUMN, PHONE_COLUMN
from app.tasks import kinds
from app.tasks.worker import run_task
from tests.phones.business import PhoneBusiness
from tests.sandbox.client import SandboxClient
from tests.storms.due import due

CHANNELS = ("email", "sms", "whatsapp")
_APPROVED_AFTER_SECONDS = 600
# The ledgers let us ask only so often in a minute, and a fast machine strikes a dozen reminders and more in one: what
# comes after them would be held, for the ledger cannot be asked, and would never come to where it is to be struck.
_MINUTE_SECONDS = 60
_FIRST_NUMBER = 447911123000
_PATIENCE, _PAUSE_SECONDS = 10, 0.2


@dataclass
class Letters:
    """Every customer has addresses of their own, so that what arrives tells whose it is."""

    phones: PhoneBusiness
    channel: str = ""
    """By which the reminder that is on its way leaves."""
    _whose: dict[str, UUID] = field(default_factory=dict)
    """Customers by mail address and telephone number."""
    _wanted: list[tuple[str, Reminder]] = field(default_factory=list)

    @property
    def ground(self) -> Ground:
        return self.phones.ground

    @property
    def sandbox(self) -> SandboxClient:
        return self.phones.journey.sandbox

    def prepare(self) -> None:
        """Numbers for everybody, texts that WhatsApp has approved, and a number that American carriers know."""
        with self.ground.database.tenant(self.phones.tenant_id) as session:
            sealer = self.ground.sealer(session)
            for place, customer in enumerate(session.query(Customer)):
                number = f"+{_FIRST_NUMBER + place}"
                customer.phone_sealed = sealer.seal(number, column=PHONE_COLUMN, row=customer.id)
                sealed = customer.emails_sealed
                emails = (
                    json.loads(sealer.open(sealed, column=EMAILS_COLUMN, row=customer.id)) if sealed else []
                )
                self._whose |= dict.fromkeys([number, *emails], customer.id)
            phone_setup.ask_for_whatsapp(session, now=self.ground.clock.now())
        self.phones.journey.run()
        self.sandbox.control(f"twilio/numbers/{self.phones.account().number}/register")
        self.sandbox.advance(seconds=_APPROVED_AFTER_SECONDS)
        with self.ground.database.tenant(self.phones.tenant_id) as session:
            phone_setup.try_again(session, now=self.ground.clock.now())
        self.phones.journey.run()
        account = self.phones.account()
        assert (account.sms_state, account.whatsapp_state) == (SenderState.READY, SenderState.READY)

    def one(self, channel: str) -> None:
        """In a minute of its own, a due reminder of a channel is confirmed; its dispatch is asked for and not begun."""
        self.sandbox.advance(seconds=_MINUTE_SECONDS)
        journey = self.phones.journey
        wanted = next(self._unconfirmed(), None)
        if wanted is None:
            journey.next_morning()
            journey.run()
            wanted = next(self._unconfirmed())
        journey.change("UPDATE cadence_step SET channels = :channels", channels=[channel])
        journey.change(
            "UPDATE reminder SET channels = :channels WHERE state IN ('planned', 'held')", channels=[channel]
        )
        with self.ground.database.tenant(self.phones.tenant_id) as session:
            confirm(session, [wanted.id], now=self.ground.clock.now())
        for task in due(self.ground, (kinds.PLAN,)):
            run_task(self.ground, task)
        self.channel = channel
        self._wanted.append((channel, wanted))

    def _unconfirmed(self) -> Iterator[Reminder]:
        """Of customers who have not been written to: nobody is twice in a day."""
        known = {one.customer_id for _, one in self._wanted}
        return (
            one
            for one in self.phones.journey.due_today()
            if one.reason_code == "first_list" and one.customer_id not in known
        )

    def dispatches(self) -> list[UUID]:
        return due(self.ground, (kinds.DISPATCH,))

    def others_take_over(self) -> None:
        """The leases have run out."""
        self.phones.journey.lapse_leases()
        self.phones.journey.run()

    def see_through(self) -> None:
        """Others take over until the reminder has left: what the dead held is theirs a moment later only."""
        self.sandbox.delete("/control/faults")
        for _ in range(_PATIENCE):
            self.others_take_over()
            if self._state(self._wanted[-1][1]) is ReminderState.SENT:
                return
            time.sleep(_PAUSE_SECONDS)

    def faults(self) -> list[str]:
        """In sentences, what the stand-ins' own boxes have twice or not at all, and what our rows leave open."""
        self.phones.pass_time()
        wanted = Counter((channel, one.customer_id) for channel, one in self._wanted)
        arrived = Counter(self._arrived())
        return [
            *(
                f"{one}: {arrived[one]} instead of {wanted[one]}"
                for one in {*wanted, *arrived}
                if wanted[one] != arrived[one]
            ),
            *(
                f"{channel} {one.id} is {self._state(one)}"
                for channel, one in self._wanted
                if self._state(one) is not ReminderState.SENT
            ),
        ]

    def _state(self, one: Reminder) -> ReminderState:
        with self.ground.database.tenant(self.phones.tenant_id) as session:
            return session.get_one(Reminder, (one.tenant_id, one.id)).state

    def _arrived(self) -> Iterator[tuple[str, UUID]]:
        for mail in self.phones.journey.inbox():
            yield "email", self._whose[mail["to"][0]]
        for text in self.phones.texts():
            channel, _, number = text["to"].rpartition(":")
            yield channel or "sms", self._whose[number]
