"""A step that asks a person to act becomes a task on its day, once."""

from datetime import timedelta

from app.kit.ground import Ground
from app.models import PersonTaskKind, Reminder, ReminderInvoice, ReminderState
from app.reminders.person_tasks import open_tasks
from app.reminders.step_tasks import ask_for_steps
from tests.reminders.tables import add_customer, add_invoice
from tests.support.tenants import make_tenant
from tests.web.seeding import Seeder


def test_what_is_due_without_a_channel_is_asked_of_a_person_once(ground: Ground) -> None:
    tenant, now = make_tenant(ground), ground.clock.now()
    ada, bob = add_customer(ground, tenant, "ada"), add_customer(ground, tenant, "bob")
    invoices = [add_invoice(ground, tenant, ada, name) for name in ("INV-1", "INV-2")]
    other = add_invoice(ground, tenant, bob, "INV-3")
    with ground.database.tenant(tenant) as session:
        seeder = Seeder(ground, session, tenant)
        asking = seeder.reminder(ada, invoices, ReminderState.PLANNED)
        sending = seeder.reminder(bob, [other], ReminderState.PLANNED)
        session.get_one(Reminder, (tenant, asking)).channels = []
        for reminder in (asking, sending):
            session.get_one(Reminder, (tenant, reminder)).due_at = now - timedelta(minutes=1)
    with ground.database.tenant(tenant) as session:
        assert ask_for_steps(session, now=now - timedelta(hours=1)) == 0
        assert ask_for_steps(session, now=now) == 1
        assert ask_for_steps(session, now=now) == 0
        (task,) = open_tasks(session, today=now.date(), most=9)
    assert (task.kind, task.subject_id) == (PersonTaskKind.CADENCE_STEP, asking)
    assert "200.00 GBP is open on invoices INV-1, INV-2" in task.words
    with ground.database.tenant(tenant) as session:
        row = session.get_one(Reminder, (tenant, asking))
        assert (row.state, row.reason_code) == (ReminderState.SKIPPED, "asked_person")
        assert session.get_one(Reminder, (tenant, sending)).state is ReminderState.PLANNED
        lines = session.query(ReminderInvoice).filter_by(reminder_id=asking)
        assert all(line.is_spent for line in lines)
