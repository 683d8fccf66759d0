"""Rules, tags, history, repeats and tasks, from the tables to the plan."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from app.kit.clock import SetClock
from app.kit.ground import Ground
from app.kit.settings import Settings
from app.models import (
    CadenceRule,
    CadenceStep,
    CustomerTag,
    PersonTask,
    PersonTaskKind,
    ReminderInvoice,
    Tone,
)
from app.reminders.cadences import create_cadence
from app.reminders.conditions import Conditions, as_json
from app.reminders.planning import plan_tenant
from app.reminders.ready_made import ready_made
from tests.reminders.tables import add_customer, add_invoice, change, reminders
from tests.support.tenants import make_tenant

FRIDAY = datetime(2026, 11, 20, 8, tzinfo=UTC)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(FRIDAY)


@pytest.fixture
def office(make_settings: Callable[..., Settings], clock: SetClock) -> Iterator[Ground]:
    built = Ground.from_settings(make_settings(smtp_host="127.0.0.1", smtp_port=9), clock=clock)
    yield built
    built.database.close()


@pytest.fixture
def tenant(office: Ground) -> UUID:
    return make_tenant(office)


def add_rule(ground: Ground, tenant: UUID, conditions: Conditions, tone: Tone, *, position: int = 1) -> UUID:
    """A cadence of that tone for whatever fits."""
    with ground.database.tenant(tenant) as session:
        draft = replace(ready_made(tone, country="GB"), name=f"For {position}")
        cadence = create_cadence(session, draft, now=FRIDAY)
        rule = CadenceRule(
            tenant_id=tenant, cadence_id=cadence.id, position=position, conditions=as_json(conditions)
        )
        session.add(rule)
        return cadence.id


def cadences_of(ground: Ground, tenant: UUID) -> dict[UUID, UUID]:
    """By customer, the cadence of the reminder."""
    with ground.database.tenant(tenant) as session:
        steps = {step.id: step.cadence_id for step in session.query(CadenceStep)}
    return {row.customer_id: steps[row.step_id] for row in reminders(ground, tenant)}


def test_tags_totals_and_history_choose_the_cadence(office: Ground, tenant: UUID) -> None:
    plan_tenant(office, tenant)  # makes the default cadence
    ada, bob, cem, dan = (add_customer(office, tenant, name) for name in ("ada", "bob", "cem", "dan"))
    for customer, amount in ((ada, "100"), (bob, "9000"), (cem, "100"), (dan, "100")):
        add_invoice(office, tenant, customer, f"INV-{customer}", overdue=14, amount=amount)
    paid = add_invoice(office, tenant, cem, "INV-paid", overdue=100)
    change(
        office,
        tenant,
        "UPDATE invoice SET state = 'paid', amount_due = 0, settled_on = due_on + 40 WHERE id = :id",
        id=paid,
    )
    with office.database.tenant(tenant) as session:
        session.add(CustomerTag(tenant_id=tenant, customer_id=ada, tag="vip", created_at=FRIDAY))
    vip = add_rule(office, tenant, Conditions(tags=("vip",)), Tone.GENTLE, position=1)
    large = add_rule(office, tenant, Conditions(min_total=Decimal(5000)), Tone.FIRM, position=2)
    slow = add_rule(office, tenant, Conditions(min_days_late=30), Tone.FIRM, position=3)
    plan_tenant(office, tenant)
    found = cadences_of(office, tenant)
    assert (found[ada], found[bob], found[cem]) == (vip, large, slow)
    assert found[dan] not in {vip, large, slow}


def test_a_change_of_places_of_two_rules_changes_who_decides(office: Ground, tenant: UUID) -> None:
    plan_tenant(office, tenant)
    ada = add_customer(office, tenant, "ada")
    add_invoice(office, tenant, ada, "INV-1", overdue=7)
    first = add_rule(office, tenant, Conditions(currencies=("GBP",)), Tone.GENTLE, position=1)
    second = add_rule(office, tenant, Conditions(), Tone.FIRM, position=2)
    plan_tenant(office, tenant)
    assert cadences_of(office, tenant) == {ada: first}
    change(office, tenant, "UPDATE cadence_rule SET position = 3 - position")
    plan_tenant(office, tenant)
    assert cadences_of(office, tenant) == {ada: second}
    assert plan_tenant(office, tenant) == 0


def test_a_repeat_is_another_occurrence_of_its_step(office: Ground, tenant: UUID) -> None:
    plan_tenant(office, tenant)
    add_invoice(office, tenant, add_customer(office, tenant, "ada"), "INV-1", overdue=45)
    change(
        office,
        tenant,
        "UPDATE cadence_step SET repeat_every_days = 7, repeat_limit = 2 WHERE offset_days = 45",
    )
    for expected in (date(2026, 11, 20), date(2026, 11, 27), date(2026, 12, 4)):
        plan_tenant(office, tenant)
        planned = reminders(office, tenant)[-1]
        assert planned.send_on == expected
        change(office, tenant, "UPDATE reminder SET state = 'sent' WHERE id = :id", id=planned.id)
    assert plan_tenant(office, tenant) == 0
    with office.database.tenant(tenant) as session:
        assert sorted(line.occurrence for line in session.query(ReminderInvoice)) == [0, 1, 2]


def test_text_messages_need_a_number_and_the_customers_word(office: Ground, tenant: UUID) -> None:
    plan_tenant(office, tenant)
    ada, bob = add_customer(office, tenant, "ada"), add_customer(office, tenant, "bob")
    for customer in (ada, bob):
        add_invoice(office, tenant, customer, f"INV-{customer}")
    change(office, tenant, "UPDATE cadence_step SET channels = '{sms,email}'")
    change(office, tenant, "UPDATE customer SET phone_sealed = 'x'")
    change(
        office,
        tenant,
        "INSERT INTO phone_account (tenant_id, id, account_sid, token_sealed, sms_state, whatsapp_state, basis, "
        "created_at) VALUES (:tenant, :id, 'AC1', 'x', 'ready', 'off', 'each', now())",
        tenant=tenant,
        id=uuid4(),
    )
    change(
        office,
        tenant,
        "INSERT INTO consent (tenant_id, id, customer_id, channel, source, given_at) "
        "VALUES (:tenant, :id, :ada, 'sms', 'owner', now())",
        tenant=tenant,
        id=uuid4(),
        ada=ada,
    )
    plan_tenant(office, tenant)
    channels = {row.customer_id: row.channels for row in reminders(office, tenant)}
    assert channels == {ada: ["sms", "email"], bob: ["email"]}
    change(office, tenant, "UPDATE phone_account SET basis = 'terms'")
    plan_tenant(office, tenant)
    assert {tuple(row.channels) for row in reminders(office, tenant)} == {("sms", "email")}


def test_customers_abroad_are_written_to_in_their_morning(office: Ground, tenant: UUID) -> None:
    add_invoice(office, tenant, add_customer(office, tenant, "ada"), "INV-1")
    change(office, tenant, "UPDATE customer SET time_zones = '{America/New_York}', country_code = 'US'")
    plan_tenant(office, tenant)
    (found,) = reminders(office, tenant)
    assert found.due_at == FRIDAY.replace(hour=14)
    change(office, tenant, "UPDATE invoice SET due_on = '2026-11-29'")  # three days before it is Thanksgiving
    plan_tenant(office, tenant)
    (found,) = reminders(office, tenant)
    assert found.due_at == FRIDAY.replace(hour=14) + timedelta(days=7)


def test_a_step_for_a_person_becomes_a_task_at_its_time_and_is_not_asked_twice(
    office: Ground, tenant: UUID, clock: SetClock
) -> None:
    plan_tenant(office, tenant)
    ada = add_customer(office, tenant, "ada", email=None)
    add_invoice(office, tenant, ada, "INV-1", overdue=45)
    change(office, tenant, "UPDATE cadence_step SET action = 'task' WHERE offset_days = 45")
    plan_tenant(office, tenant)
    assert [(row.state.value, row.channels) for row in reminders(office, tenant)] == [("planned", [])]
    clock.advance(timedelta(hours=1))
    plan_tenant(office, tenant)
    plan_tenant(office, tenant)
    with office.database.tenant(tenant) as session:
        (task,) = session.query(PersonTask)
        assert (task.kind, task.customer_id, task.currency) == (PersonTaskKind.CADENCE_STEP, ada, "GBP")
    assert [row.state.value for row in reminders(office, tenant)] == ["sent"]
