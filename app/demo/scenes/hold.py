"""A payer disputes one of two invoices and another one promises a day: neither is written to about it."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from app.demo.pay_links import pay_link
from app.demo.scenes.guests import Guest
from app.demo.scenes.scene import Scene
from app.demo.visitor import Visitor
from app.kit.errors import DueMateError
from app.models import DisputeReason

_PROMISED_IN = timedelta(days=5)


@dataclass
class Hold(Scene):
    """Two guests: who disputes, and who promises."""

    _disputing: Guest = field(init=False)
    _promising: Guest = field(init=False)
    _disputed: str = ""
    _undisputed: str = ""
    _promised: str = ""
    _before: int = 0

    def prepare(self, tomorrow: date) -> None:
        """Both are reminded, open their link, and tell the business."""
        self._disputing, self._promising = self.guests.invite(), self.guests.invite()
        self._disputed = self.guests.owe(self._disputing, Decimal("480.00"), due=tomorrow)
        self._undisputed = self.guests.owe(self._disputing, Decimal("125.50"), due=tomorrow)
        self._promised = self.guests.owe(self._promising, Decimal("960.00"), due=tomorrow)
        self.journey.stage.wait()
        self._dispute()
        self._promise(tomorrow + _PROMISED_IN)
        self.journey.stage.wait()
        self._before = len(self.mails_to(self._promising))

    def after_leaving(self) -> None:
        """The disputed invoice is left out of the next reminder; who promised gets none."""
        text = str(self._newest_mail(self._disputing)["text"])
        is_left_out = self._undisputed in text and self._disputed not in text
        later = self.mails_to(self._promising)[self._before :]
        is_left_alone = not any(self._promised in str(mail["text"]) for mail in later)
        self.require(
            is_left_out, f"a reminder is not about {self._undisputed} alone, without {self._disputed}"
        )
        self.require(is_left_alone, f"{self._promising.name} was reminded in spite of a promise")
        self.journey.figures.left_alone = is_left_out + is_left_alone
        self.journey.say(
            f"The reminder to {self._disputing.name} leaves {self._disputed} out, which is in dispute"
        )
        self.journey.say(
            f"{self._promising.name} is not reminded of {self._promised}, because the promised day has not come"
        )

    def _dispute(self) -> None:
        payer = self._at_the_link(self._disputing).follow("Something is wrong")
        payer.press(
            "Tell them",
            invoice=str(self.invoice_id(self._disputed)),
            reason=DisputeReason.FAULTY.value,
            words="Two shelves are missing.",
        )
        self.journey.say(f"{self._disputing.name} says that something is wrong with {self._disputed}")

    def _promise(self, day: date) -> None:
        payer = self._at_the_link(self._promising).follow("I will pay on another day")
        payer.press("Tell them", invoice=str(self.invoice_id(self._promised)), day=day.isoformat())
        self.journey.say(f"{self._promising.name} promises to pay {self._promised} by {day:%a %d %b}")

    def _at_the_link(self, guest: Guest) -> Visitor:
        link = pay_link(self._newest_mail(guest))
        if link is None:
            raise DueMateError(f"The reminder to {guest.name} has no link.")
        return Visitor().open(link)

    def _newest_mail(self, guest: Guest) -> dict[str, Any]:
        mails = self.mails_to(guest)
        if not mails:
            raise DueMateError(f"{guest.name} was not reminded.")
        return mails[-1]
