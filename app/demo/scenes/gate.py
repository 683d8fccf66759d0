"""An invoice is paid in the ledger minutes before its reminder leaves, and nobody tells us: the gate asks."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from app.demo.scenes.guests import Guest
from app.demo.scenes.scene import Scene
from app.kit.errors import DueMateError
from app.models import UNDECIDED, ReminderState

_BEFORE = timedelta(minutes=2)
_PAID = "paid"


@dataclass
class Gate(Scene):
    """One guest, who pays in time by bank transfer."""

    _guest: Guest = field(init=False)
    _number: str = ""
    _mails: int = 0

    def prepare(self, tomorrow: date) -> None:
        """The invoice falls due tomorrow."""
        self._guest = self.guests.invite()
        self._number = self.guests.owe(self._guest, Decimal("1240.00"), due=tomorrow)
        self.journey.stage.wait()
        self._mails = len(self.mails_to(self._guest))

    @property
    def just_before(self) -> datetime:
        """Minutes before the guest's reminder leaves."""
        planned = self.newest_reminder(self._guest)
        if planned is None or planned.state not in UNDECIDED:
            raise DueMateError(f"No reminder is planned for {self._guest.name}.")
        return planned.due_at - _BEFORE

    def before_leaving(self) -> None:
        """Paid in the ledger, whose webhook gets lost: the mirror still has it open when the reminder is due."""
        vendors, ledger = self.journey.stage.vendors, self.journey.ledger
        vendors.tell("/control/faults", {"vendor": ledger, "kind": "webhook-lost", "times": None})
        vendors.tell(f"/control/{ledger}/invoices/{self._number}/pay", {})
        self.journey.stage.clock_to(vendors.now() + 2 * _BEFORE)
        vendors.mend()

    def after_leaving(self) -> None:
        """It did not leave, and its row says why."""
        reminder = self.newest_reminder(self._guest)
        is_stopped = (
            reminder is not None
            and reminder.state is ReminderState.SKIPPED
            and reminder.reason_code == _PAID
            and len(self.mails_to(self._guest)) == self._mails
        )
        self.require(is_stopped, f"the reminder for {self._number} was not stopped though it was paid")
        self.journey.figures.stopped_at_gate = int(is_stopped)
        self.journey.say(
            f"{self._number} was paid two minutes before its reminder was due, and the ledger's word of it got lost"
        )
        self.journey.say(f"Its reminder stayed here: {reminder.reason if reminder else 'nobody knows why'}")
