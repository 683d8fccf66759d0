"""The cadence as its owner changes it: nothing is forgotten, nothing is sent twice, nobody is surprised."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from app.kit.clock import SetClock
from app.kit.ground import Ground
from app.kit.settings import Settings
from app.models import Sending, Tenant
from app.reminders.cadences import (
    CadenceRefused,
    StepDraft,
    active_steps,
    create_default_cadence,
    default_cadence,
    save_steps,
)
from app.reminders.planning import plan_tenant
from tests.reminders.tables import add_customer, add_invoice, change, reminders, standing
from tests.support.tenants import make_tenant

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


@pytest.fixture
def office(make_settings: Callable[..., Settings]) -> Iterator[Ground]:
    built = Ground.from_settings(make_settings(smtp_host="127.0.0.1", smtp_port=9), clock=SetClock(NOW))
    yield built
    built.database.close()


@pytest.fixture
def tenant(office: Ground) -> UUID:
    tenant_id = make_tenant(office)
    with office.database.tenant(tenant_id) as session:
        create_default_cadence(session, NOW)
    return tenant_id


def drafts(ground: Ground, tenant: UUID) -> list[StepDraft]:
    with ground.database.tenant(tenant) as session:
        cadence = default_cadence(session)
        assert cadence is not None
        steps = active_steps(session, cadence.id)
        return [StepDraft(s.id, s.offset_days, s.subject, s.body) for s in steps]


def save(ground: Ground, tenant: UUID, steps: list[StepDraft], *, send_hour: int = 9) -> None:
    with ground.database.tenant(tenant) as session:
        save_steps(session, steps, send_hour=send_hour, now=NOW)


def sending(ground: Ground, tenant: UUID) -> Sending:
    with ground.database.tenant(tenant) as session:
        return session.get_one(Tenant, tenant).sending


def test_a_tenant_starts_with_six_steps_from_three_days_before_to_forty_five_after(
    office: Ground, tenant: UUID
) -> None:
    assert [step.offset_days for step in drafts(office, tenant)] == [-3, 0, 7, 14, 30, 45]
    save(office, tenant, drafts(office, tenant))


def test_new_words_are_used_at_once_and_hold_nothing(office: Ground, tenant: UUID) -> None:
    steps = drafts(office, tenant)
    save(office, tenant, [replace(step, body="Hello {{ first_name }}") for step in steps])
    assert {step.body for step in drafts(office, tenant)} == {"Hello {{ first_name }}"}
    assert [step.id for step in drafts(office, tenant)] == [step.id for step in steps]
    assert sending(office, tenant) is Sending.ON


def test_other_days_show_the_list_again_before_anything_leaves(office: Ground, tenant: UUID) -> None:
    add_invoice(office, tenant, add_customer(office, tenant, "ada"), "INV-1")
    plan_tenant(office, tenant)
    save(office, tenant, [replace(s, offset_days=s.offset_days + 1) for s in drafts(office, tenant)])
    assert sending(office, tenant) is Sending.HELD_UNTIL_CONFIRMED
    plan_tenant(office, tenant)
    assert standing(office, tenant) == [("held", "first_list")]
    assert reminders(office, tenant)[0].cadence_version == 2


def test_another_hour_shows_the_list_again(office: Ground, tenant: UUID) -> None:
    save(office, tenant, drafts(office, tenant), send_hour=15)
    assert sending(office, tenant) is Sending.HELD_UNTIL_CONFIRMED


def test_a_step_that_is_moved_or_retired_is_never_sent_a_second_time(office: Ground, tenant: UUID) -> None:
    add_invoice(office, tenant, add_customer(office, tenant, "ada"), "INV-1", overdue=8)
    plan_tenant(office, tenant)
    change(office, tenant, "UPDATE reminder SET state = 'sent'")
    steps = {step.offset_days: step for step in drafts(office, tenant)}
    save(office, tenant, [replace(steps[7], offset_days=8), steps[30]])
    plan_tenant(office, tenant)
    assert [r.step_id for r in reminders(office, tenant) if r.state.value != "sent"] == [steps[30].id]
    save(office, tenant, [steps[30], replace(steps[7], id=None, offset_days=5)])
    plan_tenant(office, tenant)
    assert [r.step_id for r in reminders(office, tenant) if r.state.value != "sent"] == [steps[30].id]


def test_two_steps_may_change_places(office: Ground, tenant: UUID) -> None:
    steps = drafts(office, tenant)
    turned = [replace(steps[0], offset_days=0), replace(steps[1], offset_days=-3), *steps[2:]]
    save(office, tenant, turned)
    assert [step.id for step in drafts(office, tenant)][:2] == [steps[1].id, steps[0].id]


@pytest.mark.parametrize(
    ("change_to", "field"),
    [
        ({"subject": "{{ nobody }}"}, "1.subject"),
        ({"body": "{{ unfinished"}, "1.body"),
        ({"body": " "}, "1.body"),
        ({"offset_days": -3}, "1.offset_days"),
        ({"offset_days": 366}, "1.offset_days"),
    ],
)
def test_a_cadence_that_cannot_work_is_refused_at_its_field(
    office: Ground, tenant: UUID, change_to: dict[str, object], field: str
) -> None:
    steps = drafts(office, tenant)
    steps[1] = replace(steps[1], **change_to)  # type: ignore[arg-type]
    with pytest.raises(CadenceRefused) as refused:
        save(office, tenant, steps)
    assert set(refused.value.faults) == {field}
    assert drafts(office, tenant)[1].subject != "{{ nobody }}"


def test_a_cadence_needs_a_step_and_an_hour_of_the_day(office: Ground, tenant: UUID) -> None:
    with pytest.raises(CadenceRefused) as refused:
        save(office, tenant, [], send_hour=3)
    assert set(refused.value.faults) == {"steps", "send_hour"}
