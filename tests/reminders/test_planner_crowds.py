"""What holds for a whole crowd at once, and over months in which people pay, are held and are written to."""

import os
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.models import ReminderState, Sending
from app.reminders.planner import Pages, plan
from app.reminders.planner_caps import leaves
from app.reminders.situation import Contact, Had, OpenInvoice, Past, Planned, Situation
from app.reminders.standing import Organisation, wanted
from tests.reminders.crowds import crowds
from tests.reminders.planner_laws import check_plan

crowded = settings(
    max_examples=int(os.environ.get("CROWD_EXAMPLES", "20")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
some = settings(crowded, max_examples=max(5, crowded.max_examples // 5))
_ONE_DAY = timedelta(days=1)
_ALL = frozenset({"email", "sms", "whatsapp"})


@crowded
@given(crowds(customers=60), st.sampled_from(Sending), st.booleans())
def test_a_whole_crowd_is_planned_rightly_and_each_waits_or_is_held(
    crowd: Situation, sending: Sending, is_connected: bool
) -> None:
    found = plan(crowd)
    check_plan(found, crowd)
    organisation = Organisation(crowd.zone, sending, is_connected=is_connected, channels=_ALL)
    for planned in found:
        row = wanted(planned, None, organisation=organisation, late=crowd.late, now=crowd.now)
        assert row.state in (ReminderState.PLANNED, ReminderState.HELD)
        assert (row.state is ReminderState.HELD) == bool(row.reason_code) == bool(row.reason)
        if row.state is ReminderState.PLANNED:
            assert (sending, is_connected, planned.obstacle) == (Sending.ON, True, None)


@some
@given(crowds(customers=25), st.integers(0, 2**64))
def test_over_two_months_in_which_people_pay_nothing_comes_twice_too_often_or_for_what_is_paid(
    crowd: Situation, seed: int
) -> None:
    months, pages = _Months(crowd, Random(seed)), Pages()
    for _ in range(60):
        found = plan(months.situation, pages=pages)
        check_plan(found, months.situation)
        months.pass_a_day(found)
    assert not months.spent or max(months.spent.values()) == 1
    _check_contacts(months.sent)


class _Months:
    """Day after day what is due leaves, and by chance some pay."""

    def __init__(self, situation: Situation, chance: Random) -> None:
        self.situation, self._chance = situation, chance
        self._steps = {step.id: step for one in situation.cadences for step in one.steps}
        self.paid: set[UUID] = set()
        self.spent: Counter[tuple[UUID, UUID, int]] = Counter()
        self.sent: dict[UUID, list[Contact]] = {}

    def pass_a_day(self, found: list[Planned]) -> None:
        """What is due within a day leaves, then some invoices are paid, and the next day begins."""
        tomorrow = self.situation.now + _ONE_DAY
        leaving = [one for one in found if leaves(one) and one.obstacle is None and one.due_at < tomorrow]
        for one in leaving:
            self._leave(one)
        invoices = [self._after(invoice, leaving) for invoice in self.situation.invoices]
        self.situation = replace(self.situation, now=tomorrow, invoices=invoices)

    def _leave(self, one: Planned) -> None:
        assert self.paid.isdisjoint(covered.invoice_id for covered in one.covered)
        for covered in one.covered:
            self.spent[covered.invoice_id, covered.step_id, covered.occurrence] += 1
        contact = Contact(one.send_on, one.channels[0])
        self.sent.setdefault(one.customer_id, []).append(contact)
        contacts = {**self.situation.contacts}
        contacts[one.customer_id] = (*contacts.get(one.customer_id, ()), contact)
        past = {**self.situation.past, one.group: Past(last_on=one.send_on)}
        self.situation = replace(self.situation, contacts=contacts, past=past)

    def _after(self, invoice: OpenInvoice, leaving: list[Planned]) -> OpenInvoice:
        had = tuple(
            Had(self._steps[covered.step_id], covered.occurrence, one.send_on)
            for one in leaving
            if one.customer_id == invoice.customer_id
            for covered in one.covered
            if covered.invoice_id == invoice.id
        )
        if self._chance.random() < 0.02:
            self.paid.add(invoice.id)
        balance = Decimal(0) if invoice.id in self.paid else invoice.balance
        return replace(invoice, had=(*invoice.had, *had), balance=balance)


def _check_contacts(sent: dict[UUID, list[Contact]]) -> None:
    """One message per channel and day, and at most seven in any seven days."""
    for contacts in sent.values():
        assert len(set(contacts)) == len(contacts)
        for last in contacts:
            week = [one for one in contacts if last.on - timedelta(days=6) <= one.on <= last.on]
            assert len(week) <= 7
