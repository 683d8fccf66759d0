"""Whether and where a customer can be written to, and what holds, as the planner knows it."""

from dataclasses import dataclass
from datetime import date

from app.models import ContactRole, HoldKind
from app.reminders import reasons
from app.reminders.calendar_days import Place
from app.reminders.reasons import Reason


@dataclass(frozen=True, slots=True)
class Stop:
    """Something that holds: up to and including `until`, or without an end."""

    reason: str
    until: date | None
    kind: HoldKind = HoldKind.MANUAL

    def why(self) -> Reason:
        """The same as a code and a sentence."""
        return reasons.stopped(self.kind, self.reason, self.until)


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whether and where a customer can be written to at all."""

    has_address: bool = True
    """A mail address of its own."""
    is_active: bool = True
    opted_out: bool = False
    """Of mail."""
    stop: Stop | None = None
    phone_channels: frozenset[str] = frozenset()
    """Those of `sms` and `whatsapp` on which the customer has a number of its own and has not said no."""
    ways_of_roles: frozenset[tuple[str, str]] = frozenset()
    """Role and channel of the contacts that can be written to."""
    zones: tuple[str, ...] = ()
    """The zones the customer may be in; empty: the organisation's."""
    place: Place | None = None
    """Whose public holidays count besides the organisation's."""

    def reaches(self, channel: str, role: str = ContactRole.BILLING) -> bool:
        """Whether a message may go this way, to the people of the role or to whoever gets it in their place."""
        if channel == "email" and self.opted_out:
            return False
        if {(role, channel), (ContactRole.BILLING, channel)} & self.ways_of_roles:
            return True
        return self.has_address if channel == "email" else channel in self.phone_channels

    def obstacle(
        self, channels: tuple[str, ...] = ("email",), role: str = ContactRole.BILLING
    ) -> Reason | None:
        """Why no reminder for this role can be planned for this customer on any of the channels, or None."""
        if not self.is_active:
            return reasons.INACTIVE
        if any(self.reaches(channel, role) for channel in channels):
            return None
        if "email" not in channels:
            return reasons.NO_PHONE
        return reasons.OPTED_OUT if self.opted_out else reasons.NO_EMAIL
