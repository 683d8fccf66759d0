"""WhatsApp does not reach a customer, so a text message does, on the next working day and never on the same."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo import people
from app.demo.scenes.guests import Guest
from app.demo.scenes.scene import Scene
from app.kit.errors import DueMateError
from app.models import PhoneAccount, Tone
from app.reminders.cadence_rules import add_rule
from app.reminders.cadences import create_cadence
from app.reminders.conditions import Conditions
from app.reminders.ready_made import ready_made
from app.reminders.tags import add_tag

_CHANNELS = ("whatsapp", "sms", "email")
_TAG = "Writes by phone"
_PHONES = {"GB": "+447911123456", "US": "+18605550112"}
# Twilio's code for a number that has no WhatsApp.
_NO_WHATSAPP = 63024
APPROVED = timedelta(minutes=16)
"""Longer than the stand-in needs to approve a sender and its texts, and than the product waits before it asks."""


@dataclass
class Fallback(Scene):
    """One guest with a telephone, and a cadence for whoever is tagged like it."""

    _guest: Guest = field(init=False)
    _mails: int = 0

    @property
    def _phone(self) -> str:
        return _PHONES[self.journey.tenant.country()]

    def set_up_phones(self) -> None:
        """Get a number and ask for WhatsApp, which is there after `APPROVED`."""
        stage, owner = self.journey.stage, self.journey.owner
        page = f"{stage.web_url}/settings/phones"
        owner.open(page).press("Get a number")
        stage.wait()
        number = self._own_number()
        owner.open(page)
        if owner.has_button("Try again"):
            stage.vendors.tell(f"/control/twilio/numbers/{number}/register", {})
            owner.press("Try again")
        owner.open(page).press("Save", basis="terms")
        owner.open(page).press("Use WhatsApp too")

    def prepare(self, tomorrow: date) -> None:
        """The business has a cadence that tries WhatsApp, then a text, then a mail."""
        self._guest = self.guests.invite()
        self.journey.stage.wait()
        self.journey.tenant.ask(self._add_cadence)
        self.journey.stage.wait()
        if self.journey.tenant.held_for_first_list():
            people.confirm_list(self.journey.owner, self.journey.stage.web_url)
        vendors, ledger = self.journey.stage.vendors, self.journey.ledger
        vendors.tell(f"/control/{ledger}/contacts/{self._guest.contact_id}/phone", {"phone": self._phone})
        vendors.tell(f"/control/twilio/phones/{self._phone}", {"fate": _NO_WHATSAPP})
        self.guests.owe(self._guest, Decimal("310.00"), due=tomorrow)
        self.journey.stage.wait()
        self._mails = len(self.mails_to(self._guest))
        self.journey.say(f"{self._guest.name} is reminded by WhatsApp, else by text message, else by e-mail")

    def after_leaving(self) -> None:
        """WhatsApp was tried and did not arrive; nothing else went on that day."""
        vendors = self.journey.stage.vendors
        sent = self._sent()
        self.require(
            sent == ["whatsapp undelivered"], f"on the first day went: {', '.join(sent) or 'nothing'}"
        )
        vendors.tell(f"/control/twilio/phones/{self._phone}", {"fate": 0})
        self.journey.say(
            f"WhatsApp does not reach {self._guest.name}; a text message follows on the next day"
        )

    def day_after(self) -> None:
        """The text message arrived, and no mail was needed."""
        sent = self._sent()
        has_come = sent == ["whatsapp undelivered", "sms delivered"]
        self.require(has_come, f"by phone went: {', '.join(sent) or 'nothing'}")
        self.require(len(self.mails_to(self._guest)) == self._mails, f"{self._guest.name} got a mail as well")
        self.journey.figures.fell_back = int(has_come)
        self.journey.say(f"The text message has reached {self._guest.name}")

    def _sent(self) -> list[str]:
        texts = self.journey.stage.vendors.texts_to(self._phone)
        return [
            f"{'whatsapp' if text['to'].startswith('whatsapp:') else 'sms'} {text['status']}"
            for text in texts
        ]

    def _own_number(self) -> str:
        found = self.journey.tenant.ask(lambda session: session.scalars(select(PhoneAccount)).one().number)
        if found is None:
            raise DueMateError("The business got no number.")
        return found

    def _add_cadence(self, session: Session) -> None:
        now = self.journey.stage.ground.clock.now()
        draft = ready_made(Tone.GENTLE, country=self.journey.tenant.country())
        first = replace(draft.steps[0], offset_days=0, channels=_CHANNELS)
        made = create_cadence(session, replace(draft, name="By phone", steps=(first,)), now=now)
        add_rule(session, made.id, Conditions(tags=(_TAG,)), now=now)
        add_tag(session, self._guest.customer_id, _TAG, now=now)
