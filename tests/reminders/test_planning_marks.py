"""A plan is made again if and only if it may be wrong: the database marks every change that planning looks at."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from app.kit.clock import SetClock
from app.kit.ground import Ground
from app.kit.settings import Settings
from app.models import PlanMark, PlanState, Task, TaskState
from app.reminders.planning import plan_if_stale, plan_tenant
from app.reminders.planning_marks import is_fresh
from app.reminders.tasks import plan_all, plan_stale
from app.tasks import kinds
from tests.reminders.tables import add_customer, add_invoice, change, reminders
from tests.support.tenants import make_tenant

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


@pytest.fixture
def office(make_settings: Callable[..., Settings]) -> Iterator[Ground]:
    built = Ground.from_settings(make_settings(smtp_host="127.0.0.1", smtp_port=9), clock=SetClock(NOW))
    yield built
    built.database.close()


@pytest.fixture
def tenant(office: Ground) -> UUID:
    """With one open invoice, planned."""
    made = make_tenant(office)
    add_invoice(office, made, add_customer(office, made, "ada"), "INV-1", overdue=-20)
    plan_tenant(office, made)
    return made


def fresh(ground: Ground, tenant: UUID, now: datetime = NOW, *, sends_mail: bool = True) -> bool:
    with ground.database.platform() as session:
        return is_fresh(session, tenant, now=now, sends_mail=sends_mail)


def asked(ground: Ground, tenant: UUID, now: datetime) -> bool:
    """Whether the look at everybody wants this tenant planned."""
    with ground.database.platform() as session:
        session.query(Task).filter_by(key=f"{kinds.PLAN}:{tenant}").delete()
        plan_stale(session, now)
        return session.query(Task).filter_by(key=f"{kinds.PLAN}:{tenant}").count() == 1


def test_a_plan_is_fresh_until_its_time_is_over(office: Ground, tenant: UUID) -> None:
    assert fresh(office, tenant, NOW + timedelta(hours=15))
    assert not fresh(office, tenant, NOW + timedelta(hours=16))
    assert not fresh(office, tenant, NOW - timedelta(seconds=1))
    assert not fresh(office, tenant, sends_mail=False)
    assert not fresh(office, uuid4())
    with office.database.platform() as session:
        assert session.query(PlanState).filter_by(tenant_id=tenant).one().planned_at == NOW


def test_what_a_planning_writes_makes_nobody_plan_again(office: Ground, tenant: UUID) -> None:
    change(office, tenant, "UPDATE invoice SET due_on = due_on + 2")
    assert not fresh(office, tenant)
    assert plan_if_stale(office, tenant) == 1
    assert fresh(office, tenant)
    with office.database.platform() as session:
        assert session.query(PlanMark).count() == 0


def test_a_change_that_a_planning_cannot_have_seen_keeps_its_mark(office: Ground, tenant: UUID) -> None:
    with office.database.tenant(tenant) as late:
        late.execute(text("UPDATE invoice SET due_on = due_on + 2"))
        plan_tenant(office, tenant)
    assert not fresh(office, tenant)
    assert plan_if_stale(office, tenant) == 1


def test_what_changes_nothing_leaves_no_mark_and_what_is_rolled_back_neither(
    office: Ground, tenant: UUID
) -> None:
    change(office, tenant, "UPDATE invoice SET read_at = now(), due_on = due_on")
    change(office, tenant, "DELETE FROM hold")
    with office.database.tenant(tenant) as session:
        session.execute(text("UPDATE invoice SET due_on = due_on + 2"))
        session.rollback()
    assert fresh(office, tenant)


def test_a_savepoint_that_is_rolled_back_takes_its_mark_and_the_memory_of_it(
    office: Ground, tenant: UUID
) -> None:
    with office.database.tenant(tenant) as session:
        with session.begin_nested() as savepoint:
            session.execute(text("UPDATE invoice SET due_on = due_on + 2"))
            savepoint.rollback()
        session.execute(text("UPDATE invoice SET amount_due = 1"))
    assert not fresh(office, tenant)


def test_a_transaction_marks_once_and_waits_for_no_other(office: Ground, tenant: UUID) -> None:
    other = add_invoice(office, tenant, add_customer(office, tenant, "bob"), "INV-2")
    plan_tenant(office, tenant)
    with office.database.tenant(tenant) as one, office.database.tenant(tenant) as two:
        one.execute(text("UPDATE invoice SET due_on = due_on + 1 WHERE id <> :id"), {"id": other})
        one.execute(text("UPDATE customer SET is_active = false"))
        two.execute(text("UPDATE invoice SET due_on = due_on + 1 WHERE id = :id"), {"id": other})
    with office.database.platform() as session:
        assert session.query(PlanMark).filter_by(tenant_id=tenant).count() == 2


def test_the_look_at_everybody_finds_what_is_marked_and_what_is_stale(office: Ground, tenant: UUID) -> None:
    assert not asked(office, tenant, NOW + timedelta(hours=15))
    assert asked(office, tenant, NOW + timedelta(hours=16))
    change(office, tenant, "UPDATE tenant SET time_zone = 'Europe/Paris'")
    assert asked(office, tenant, NOW)
    assert asked(office, make_tenant(office), NOW)


def test_a_planning_that_was_given_up_is_tried_again_once_an_hour_only(office: Ground, tenant: UUID) -> None:
    change(office, tenant, "UPDATE invoice SET due_on = due_on + 2")
    assert asked(office, tenant, NOW)
    with office.database.platform() as session:
        parked = session.query(Task).filter_by(key=f"{kinds.PLAN}:{tenant}").one()
        parked.state, parked.attempts = TaskState.PARKED, 9
        session.flush()
        plan_stale(session, NOW)
        session.refresh(parked)
        assert parked.state is TaskState.PARKED
        plan_all(session, NOW)
        session.refresh(parked)
        assert (parked.state, parked.attempts) == (TaskState.WAITING, 0)


def test_whoever_was_asked_to_act_has_the_next_step_planned_at_the_next_look(
    office: Ground, tenant: UUID
) -> None:
    change(office, tenant, "UPDATE tenant SET sending = 'on'")
    change(office, tenant, "UPDATE cadence_step SET action = 'task'")
    change(office, tenant, "UPDATE invoice SET due_on = due_on - 27")
    plan_tenant(office, tenant)
    assert [r.due_at for r in reminders(office, tenant)] == [NOW + timedelta(hours=1)]
    clock = office.clock
    assert isinstance(clock, SetClock)
    clock.advance(timedelta(hours=2))
    plan_tenant(office, tenant)
    assert asked(office, tenant, clock.now())
    plan_if_stale(office, tenant)
    assert [r.state.value for r in reminders(office, tenant)] == ["sent", "planned"]
