"""After an outage there is one list and one word, never a flood and never silence."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from app.kit.clock import SetClock
from app.kit.errors import NotFound, Rejected
from app.kit.ground import Ground
from app.kit.settings import Settings
from app.models import CatchUpMode
from app.reminders.catch_up import LateList, choose, late_reminders
from app.reminders.catch_up_effects import effects
from app.reminders.confirming import confirm, pause, resume
from app.reminders.looking_ahead import look_ahead
from app.reminders.planning import plan_tenant
from tests.reminders.tables import add_customer, add_invoice, change, reminders, standing
from tests.support.tenants import make_tenant

FRIDAY = datetime(2026, 11, 20, 8, tzinfo=UTC)
WEDNESDAY = date(2026, 11, 25)


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
    tenant_id = make_tenant(office)
    for name, overdue in (("ada", 7), ("bob", 14)):
        add_invoice(office, tenant_id, add_customer(office, tenant_id, name), f"INV-{name}", overdue=overdue)
    plan_tenant(office, tenant_id)
    return tenant_id


def days_later(ground: Ground, tenant: UUID, clock: SetClock, days: int) -> None:
    """Nothing ran meanwhile; then the ledger is read and the tenant planned."""
    now = clock.advance(timedelta(days=days))
    change(ground, tenant, "UPDATE connection SET read_at = :now", now=now)
    plan_tenant(ground, tenant)


def listed(ground: Ground, tenant: UUID, today: date) -> LateList:
    with ground.database.tenant(tenant) as session:
        return late_reminders(session, today=today)


def say(ground: Ground, tenant: UUID, mode: CatchUpMode) -> int:
    with ground.database.tenant(tenant) as session:
        return choose(session, mode, now=ground.clock.now())


def test_a_weekend_is_no_outage_and_a_day_is_made_up_for(
    office: Ground, tenant: UUID, clock: SetClock
) -> None:
    days_later(office, tenant, clock, 3)
    assert standing(office, tenant) == [("planned", ""), ("planned", "")]


def test_what_is_late_waits_in_one_list_and_stays_there(
    office: Ground, tenant: UUID, clock: SetClock
) -> None:
    days_later(office, tenant, clock, 5)
    assert standing(office, tenant) == [("held", "late"), ("held", "late")]
    assert {r.first_on for r in reminders(office, tenant)} == {FRIDAY.date()}
    found = listed(office, tenant, WEDNESDAY)
    assert not found.is_first_list
    assert found.sentence == "2 reminders have been due since 20 Nov 2026 while nothing could leave."
    assert [(one.customer, one.invoices) for one in found.reminders] == [("Ada", 1), ("Bob", 1)]
    days_later(office, tenant, clock, 1)
    assert standing(office, tenant) == [("held", "late"), ("held", "late")]


@pytest.mark.parametrize("mode", [CatchUpMode.LATEST, CatchUpMode.MERGE])
def test_one_word_lets_the_latest_step_go(
    office: Ground, tenant: UUID, clock: SetClock, mode: CatchUpMode
) -> None:
    days_later(office, tenant, clock, 5)
    assert say(office, tenant, mode) == 2
    plan_tenant(office, tenant)
    found = reminders(office, tenant)
    assert [(r.state.value, r.send_on) for r in found] == [("planned", WEDNESDAY)] * 2
    assert all(r.confirmed_at for r in found)
    assert listed(office, tenant, WEDNESDAY).sentence == "Nothing is late."
    with pytest.raises(Rejected):
        say(office, tenant, mode)


def test_skipping_leaves_out_what_is_past_and_goes_on_with_what_comes(
    office: Ground, tenant: UUID, clock: SetClock
) -> None:
    days_later(office, tenant, clock, 5)
    say(office, tenant, CatchUpMode.SKIP)
    plan_tenant(office, tenant)
    # Ada's next step is fourteen days after the due date, Bob's thirty: a Friday, and a Sunday moved to Monday.
    assert [(r.state.value, r.send_on) for r in reminders(office, tenant)] == [
        ("planned", date(2026, 11, 27)),
        ("planned", date(2026, 12, 7)),
    ]


def test_a_confirmed_list_is_a_word_too(office: Ground, tenant: UUID, clock: SetClock) -> None:
    days_later(office, tenant, clock, 5)
    with office.database.tenant(tenant) as session:
        assert confirm(session, [r.id for r in reminders(office, tenant)], now=clock.now()) == 2
    plan_tenant(office, tenant)
    assert standing(office, tenant) == [("planned", ""), ("planned", "")]


def test_after_a_pause_the_first_list_can_be_skipped_too(
    office: Ground, tenant: UUID, clock: SetClock
) -> None:
    with office.database.tenant(tenant) as session:
        pause(session, now=clock.now())
    days_later(office, tenant, clock, 5)
    assert standing(office, tenant) == [("held", "paused"), ("held", "paused")]
    with pytest.raises(Rejected):
        say(office, tenant, CatchUpMode.SKIP)
    with office.database.tenant(tenant) as session:
        resume(session, now=clock.now())
    plan_tenant(office, tenant)
    assert standing(office, tenant) == [("held", "first_list"), ("held", "first_list")]
    found = listed(office, tenant, WEDNESDAY)
    assert found.is_first_list
    assert found.sentence == "2 reminders are for steps whose day has passed, the first on 20 Nov 2026."
    assert say(office, tenant, CatchUpMode.SKIP) == 2
    plan_tenant(office, tenant)
    assert [r.send_on for r in reminders(office, tenant)] == [date(2026, 11, 27), date(2026, 12, 7)]


def test_who_still_waits_in_a_first_list_is_not_counted_among_those_who_get_a_message(
    office: Ground, tenant: UUID, clock: SetClock
) -> None:
    wait = "UPDATE reminder SET needs_confirmation = true WHERE customer_id = :who"
    change(office, tenant, wait, who=reminders(office, tenant)[0].customer_id)
    days_later(office, tenant, clock, 5)
    found = listed(office, tenant, WEDNESDAY)
    assert (len(found.reminders), len(found.unconfirmed)) == (2, 1)
    ids = {one.reminder_id for one in found.reminders}
    with office.database.tenant(tenant) as session:
        told = effects(session, ids, unconfirmed=found.unconfirmed, today=WEDNESDAY, now=clock.now())
    latest = next(one for one in told if one.mode is CatchUpMode.LATEST)
    assert (latest.customers, set(latest.nexts)) == (1, ids)
    say(office, tenant, CatchUpMode.LATEST)
    plan_tenant(office, tenant)
    assert standing(office, tenant) == [("held", "first_list"), ("planned", "")]


def test_a_customer_whose_address_was_missing_is_no_outage(office: Ground, clock: SetClock) -> None:
    tenant = make_tenant(office)
    add_invoice(office, tenant, add_customer(office, tenant, "cem", email=None), "INV-cem")
    plan_tenant(office, tenant)
    days_later(office, tenant, clock, 5)
    change(office, tenant, "UPDATE customer SET emails_sealed = 'x'")
    plan_tenant(office, tenant)
    assert standing(office, tenant) == [("planned", "")]


def test_the_month_ahead_is_told_per_day_and_customer(office: Ground, tenant: UUID) -> None:
    with office.database.tenant(tenant) as session:
        ahead = look_ahead(session, now=FRIDAY, days=30)
    assert [(one.customer, one.planned.send_on) for one in ahead] == [
        ("Ada", FRIDAY.date()),
        ("Bob", FRIDAY.date()),
        ("Ada", date(2026, 11, 27)),
        ("Bob", date(2026, 12, 7)),
        ("Ada", date(2026, 12, 14)),
    ]


def test_nobody_else_s_month_can_be_asked_for(office: Ground) -> None:
    with pytest.raises(NotFound), office.database.tenant(uuid4()) as session:
        look_ahead(session, now=FRIDAY)
