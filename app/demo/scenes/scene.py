"""What a scene has in common with every other: its company, its guests, and when it has its turns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.demo.journey import Journey
from app.demo.scenes.guests import Guest, Guests
from app.models import Invoice, Reminder


@dataclass
class Scene:
    """A scene takes the turns it needs; the others pass without it."""

    journey: Journey
    guests: Guests

    def prepare(self, tomorrow: date) -> None:
        """On the first day: invoices are raised that fall due on the next working day."""

    def before_leaving(self) -> None:
        """The next working day, minutes before the reminders leave."""

    def after_leaving(self) -> None:
        """The same day, after they have left."""

    def day_after(self) -> None:
        """The working day after that, when everything due has left."""

    def require(self, is_right: bool, otherwise: str) -> None:
        """Note a fault unless something is as it should be."""
        self.journey.figures.require(is_right, otherwise)

    def mails_to(self, guest: Guest) -> list[dict[str, Any]]:
        """Everything that a guest was sent by e-mail, oldest first."""
        return [mail for mail in self.journey.mails() if mail["to"][0] == guest.address]

    def newest_reminder(self, guest: Guest) -> Reminder | None:
        """The guest's latest reminder, whatever became of it."""
        found = self._reminders(guest.customer_id)
        return found[0] if found else None

    def reason_codes(self, guest: Guest) -> set[str]:
        """Why the guest's reminders did not simply leave."""
        return {str(one.reason_code) for one in self._reminders(guest.customer_id) if one.reason_code}

    def invoice_id(self, number: str) -> UUID:
        """Of an invoice in the mirror."""
        query = select(Invoice.id).where(Invoice.number == number)
        return self.journey.tenant.ask(lambda session: session.scalars(query).one())

    def _reminders(self, customer_id: UUID) -> Sequence[Reminder]:
        query = select(Reminder).where(Reminder.customer_id == customer_id).order_by(Reminder.due_at.desc())
        return self.journey.tenant.ask(lambda session: list(session.scalars(query)))
