"""Reminders that are claimed and decided, put straight into the tables: what is looked at begins after that."""

import time
from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from app.kit.ground import Ground
from app.models import Reminder, ReminderInvoice, ReminderState
from app.reminders import claiming
from app.reminders.cases import Batch
from app.reminders.cases_reading import read_batch
from app.reminders.deciding import Answers, facts_of
from app.reminders.deliveries import Delivery
from app.reminders.gate import OpenLine, Send
from app.reminders.planning import lock_organisation, planning_cadence
from tests.reminders.tables import add_customer, add_invoice


def fill(ground: Ground, tenant_id: UUID, name: str, count: int) -> None:
    """So many due reminders by a channel, each of a customer of its own with one invoice."""
    now = ground.clock.now()
    with ground.database.tenant(tenant_id) as session:
        step = planning_cadence(session, now).steps[-1]
    for place in range(count):
        customer = add_customer(ground, tenant_id, f"customer-{place}")
        invoice = add_invoice(ground, tenant_id, customer, f"INV-{place}", overdue=45)
        with ground.database.tenant(tenant_id) as session:
            reminder_id = uuid4()
            session.add(
                Reminder(
                    tenant_id=tenant_id,
                    id=reminder_id,
                    customer_id=customer,
                    currency="GBP",
                    step_id=step.id,
                    cadence_version=1,
                    send_on=now.date(),
                    due_at=now - timedelta(hours=1),
                    state=ReminderState.PLANNED,
                    planned_at=now,
                    channels=[name],
                )
            )
            session.flush()
            session.add(
                ReminderInvoice(
                    tenant_id=tenant_id, reminder_id=reminder_id, invoice_id=invoice, step_id=step.id
                )
            )


def claimed(ground: Ground, tenant_id: UUID, name: str) -> list[Delivery]:
    """The next batch of them: claimed, and let go as if the ledger had been asked."""
    now = ground.clock.now()
    with ground.database.tenant(tenant_id) as session:
        organisation = lock_organisation(session, ground.settings, now=now)
        if organisation is None:
            return []
        claims = claiming.claim(session, now=now, today=now.date(), most=claiming.BATCH)
        batch = read_batch(
            session, ground, claims, organisation=organisation, ready=frozenset({name}), now=now
        )
    answers = Answers(
        records={}, ours={}, stops={}, mirror_read_at=now, read_at=now, monotonic=time.monotonic()
    )
    return [_delivery(batch, place, answers) for place in range(len(batch.cases))]


def _delivery(batch: Batch, place: int, answers: Answers) -> Delivery:
    case = batch.cases[place]
    line = case.lines[0]
    today = batch.read_at.date()
    open_line = OpenLine(
        line.invoice_id,
        line.step_id,
        f"INV-{place}",
        "",
        today,
        today - timedelta(days=45),
        Decimal("100.00"),
    )
    facts = facts_of(batch, case, answers, had=(), brake_left=1, now=batch.read_at)
    return Delivery(batch, case, facts, Send((open_line,)), answers)
