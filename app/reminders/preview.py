"""What would be sent in the coming weeks if nothing changed: the planner, repeated. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import groupby
from uuid import UUID

from app.reminders.calendar import local
from app.reminders.planner import Pages, plan
from app.reminders.situation import Contact, Group, Had, OpenInvoice, Past, Planned, Situation


def preview(situation: Situation, *, days: int = 30) -> list[Planned]:
    """Every reminder of the next `days` days, in order, as if each left on its day and nobody paid."""
    until = local(situation.now, situation.zone).date() + timedelta(days=days)
    found: list[Planned] = []
    pages: Pages = {}
    while leaving := _first_of_each(_within(plan(situation, pages=pages), until)):
        found += leaving
        situation = _after(situation, leaving)
    return sorted(found, key=_order)


def _first_of_each(due: list[Planned]) -> list[Planned]:
    """What leaves first for each customer: customers do not look at each other, so each goes on by itself."""
    first_days: dict[UUID, date] = {}
    for one in due:
        first_days.setdefault(one.customer_id, one.send_on)
    return [one for one in due if one.send_on == first_days[one.customer_id]]


def _within(planned: list[Planned], until: date) -> list[Planned]:
    sendable = (one for one in planned if one.obstacle is None or one.obstacle.code == "held_until")
    return sorted((one for one in sendable if one.send_on <= until), key=_order)


def _order(one: Planned) -> tuple[date, datetime]:
    return one.send_on, one.due_at


def by_day(planned: list[Planned]) -> Iterator[tuple[date, list[Planned]]]:
    """The reminders of each day."""
    for day, group in groupby(planned, key=lambda one: one.send_on):
        yield day, list(group)


def _after(situation: Situation, left: list[Planned]) -> Situation:
    """The situation once these have left, at the same moment: the past alone moves the planner on."""
    steps = {step.id: step for cadence in situation.cadences for step in cadence.steps}
    spent = {
        covered.invoice_id: Had(steps[covered.step_id], covered.occurrence, one.send_on)
        for one in left
        for covered in one.covered
    }
    past: dict[Group, Past] = dict(situation.past) | {one.group: Past(last_on=one.send_on) for one in left}
    contacts = dict(situation.contacts)
    for one in left:
        if one.channels:
            had = contacts.get(one.customer_id, ())
            contacts[one.customer_id] = (*had, Contact(one.send_on, one.channels[0]))
    # For whom nothing left, nothing comes within the days that are looked at.
    waiting = {one.customer_id for one in left}
    invoices = [_spend(invoice, spent) for invoice in situation.invoices if invoice.customer_id in waiting]
    return replace(situation, invoices=invoices, past=past, contacts=contacts)


def _spend(invoice: OpenInvoice, spent: dict[UUID, Had]) -> OpenInvoice:
    had = spent.get(invoice.id)
    return invoice if had is None else replace(invoice, had=(*invoice.had, had))
