"""What the gate is told of a reminder's invoices: on which day after the due date their step lies."""

from uuid import UUID

from app.kit.ground import Ground
from app.reminders.cases_lines import lines_of
from app.reminders.planning import plan_tenant
from tests.reminders.tables import add_customer, add_invoice, change, reminders


def test_a_step_of_working_days_lies_as_far_from_the_due_date_as_its_weekends_make_it(
    ground: Ground, tenant: UUID
) -> None:
    """So that an invoice whose due date was moved by some days does not come to it those days too early."""
    plan_tenant(ground, tenant)
    change(ground, tenant, "UPDATE cadence_step SET counts = 'business', offset_days = 10")
    add_invoice(ground, tenant, add_customer(ground, tenant, "ada"), "INV-1", overdue=0)
    plan_tenant(ground, tenant)
    (reminder,) = reminders(ground, tenant)
    with ground.database.tenant(tenant) as session:
        ((line,),) = lines_of(session, [reminder.id], {}).values()
    assert line.offset_days >= 14
