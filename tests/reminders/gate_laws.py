"""What must hold of every verdict of the gate, said in the plainest words, for tests to check."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.models import InvoiceState, Sending
from app.reminders.calendar import local
from app.reminders.calendar_days import Place, public_holidays
from app.reminders.gate import Drop, Facts, Hold, Send
from app.reminders.planner_diary import Diary
from app.reminders.situation import Cadence, Contact, Stop
from tests.reminders.counting import count


@dataclass(frozen=True)
class Clocks:
    """What a diary is made from."""

    cadence: Cadence
    home: str
    zones: tuple[str, ...]
    places: tuple[Place, ...]

    def diary(self) -> Diary:
        return Diary(self.cadence, home=self.home, zones=self.zones, places=self.places)


def check_verdict(verdict: Send | Hold | Drop, facts: Facts, clocks: Clocks) -> None:
    """It is one of the three; what does not leave has a reason, and what leaves has every right to."""
    assert isinstance(verdict, Send | Hold | Drop)
    count("gate")
    if not isinstance(verdict, Send):
        assert verdict.reason.code
        assert verdict.reason.sentence
        return
    _the_organisation_and_the_customer_let_it(facts)
    it_is_a_decent_hour_of_a_sending_day(facts.now, clocks)
    the_customer_has_room(facts)
    its_invoices_need_it(facts, verdict)


def _the_organisation_and_the_customer_let_it(facts: Facts) -> None:
    organisation, recipient = facts.organisation, facts.recipient
    assert organisation.sending is Sending.ON
    assert organisation.is_connected
    assert organisation.channels
    assert organisation.quiet is None
    assert facts.mirror_read_at is None or facts.now - facts.mirror_read_at <= timedelta(hours=48)
    assert facts.now - facts.read_at <= timedelta(seconds=60)
    assert recipient.is_active
    assert recipient.has_valid_address
    assert not recipient.opted_out
    assert facts.is_expected or facts.brake_left > 0
    assert is_free(recipient.stop, home_day(facts))


def it_is_a_decent_hour_of_a_sending_day(now: datetime, clocks: Clocks) -> None:
    zones = [ZoneInfo(zone) for zone in clocks.zones or (clocks.home,)]
    here = [now.astimezone(zone) for zone in zones]
    if not _have_hours_in_common(here):
        here = here[:1]
    for one in here:
        assert 8 <= one.hour < 21
        assert one.weekday() in clocks.cadence.weekdays
        for place in clocks.places if clocks.cadence.keeps_holidays else ():
            assert one.date() not in public_holidays(*place, one.year)


def _have_hours_in_common(here: list[datetime]) -> bool:
    """At least three of the thirteen from eight to nine in the evening, so that summer time makes no difference."""
    offsets = [(one.utcoffset() or timedelta()).total_seconds() / 3600 for one in here]
    return max(offsets) - min(offsets) <= 10


def the_customer_has_room(facts: Facts) -> None:
    today = home_day(facts)
    assert Contact(today, facts.channel) not in facts.had
    assert sum(today - timedelta(days=7) < one.on <= today for one in facts.had) < 7


def its_invoices_need_it(facts: Facts, verdict: Send) -> None:
    by_id = {one.invoice_id: one for one in facts.lines}
    assert verdict.lines
    assert {one.invoice_id for one in verdict.lines} | set(verdict.left_out) == set(by_id)
    for one in verdict.lines:
        planned = by_id[one.invoice_id]
        assert planned.record is not None
        assert planned.record.state is InvoiceState.OPEN
        assert one.balance == planned.record.amount_due - planned.ours > 0
        assert planned.record.customer_external_id == facts.recipient.external_id
        assert planned.record.currency == facts.currency
        assert planned.record.due_on + timedelta(days=planned.offset_days) <= facts.diary.today(facts.now)
        assert planned.min_balance is None or one.balance >= planned.min_balance
        assert planned.max_balance is None or one.balance <= planned.max_balance
        assert is_free(planned.stop, home_day(facts))


def home_day(facts: Facts) -> date:
    return local(facts.now, facts.organisation.zone).date()


def is_free(stop: Stop | None, today: date) -> bool:
    return stop is None or (stop.until is not None and stop.until < today)
