"""Planning as it is stored: what changes is written, what does not is left alone, and nobody is surprised."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event

from app.kit.clock import SetClock
from app.kit.errors import NotFound, Rejected
from app.kit.ground import Ground
from app.kit.settings import Settings
from app.models import (
    Hold,
    HoldScope,
    Message,
    MessageState,
    OptOut,
    Reminder,
    ReminderInvoice,
    ReminderState,
    Sending,
    Task,
)
from app.reminders.confirming import confirm, mark_sent, pause, resume, send_again
from app.reminders.planning import plan_tenant
from app.tasks import kinds
from tests.reminders.tables import add_customer, add_invoice, change, reminders, standing
from tests.support.tenants import make_tenant

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
MONDAY = date(2026, 11, 23)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def office(make_settings: Callable[..., Settings], clock: SetClock) -> Iterator[Ground]:
    """The ground with a mail server set up, at eight on a Friday morning."""
    built = Ground.from_settings(make_settings(smtp_host="127.0.0.1", smtp_port=9), clock=clock)
    yield built
    built.database.close()


@pytest.fixture
def tenant(office: Ground) -> UUID:
    return make_tenant(office)


def set_sending(ground: Ground, tenant: UUID, sending: Sending) -> None:
    change(ground, tenant, "UPDATE tenant SET sending = :to", to=sending.value)


def test_the_first_planning_makes_the_cadence_and_one_reminder_per_customer_and_currency(
    office: Ground, tenant: UUID
) -> None:
    ada, bob = add_customer(office, tenant, "ada"), add_customer(office, tenant, "bob")
    add_invoice(office, tenant, ada, "INV-1")
    add_invoice(office, tenant, ada, "INV-2")
    add_invoice(office, tenant, ada, "INV-3", currency="EUR")
    add_invoice(office, tenant, bob, "INV-4", overdue=-20)
    assert plan_tenant(office, tenant) == 3
    found = reminders(office, tenant)
    assert [r.state for r in found] == [ReminderState.PLANNED] * 3
    assert found[0].due_at == datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert found[2].send_on == date(2026, 12, 7)
    with office.database.platform() as session:
        task = session.query(Task).filter_by(kind=kinds.DISPATCH).one()
        assert (task.tenant_id, task.run_at) == (tenant, found[0].due_at)


def test_planning_again_with_nothing_changed_writes_nothing(
    office: Ground, tenant: UUID, clock: SetClock
) -> None:
    ada = add_customer(office, tenant, "ada")
    add_invoice(office, tenant, ada, "INV-1")
    plan_tenant(office, tenant)
    before = [(r.id, r.planned_at) for r in reminders(office, tenant)]
    clock.advance(timedelta(minutes=30))
    assert plan_tenant(office, tenant) == 0
    assert [(r.id, r.planned_at) for r in reminders(office, tenant)] == before


def test_what_the_ledger_changes_moves_adds_and_removes_reminders(office: Ground, tenant: UUID) -> None:
    ada = add_customer(office, tenant, "ada")
    first = add_invoice(office, tenant, ada, "INV-1")
    plan_tenant(office, tenant)
    (planned,) = reminders(office, tenant)
    second = add_invoice(office, tenant, ada, "INV-2", overdue=14)
    assert plan_tenant(office, tenant) == 1
    assert covered(office, tenant) == {first, second}
    change(office, tenant, "UPDATE invoice SET due_on = '2026-12-10' WHERE id = :id", id=second)
    plan_tenant(office, tenant)
    assert covered(office, tenant) == {first}
    assert [r.id for r in reminders(office, tenant)] == [planned.id]
    change(office, tenant, "UPDATE invoice SET amount_due = 0, state = 'paid' WHERE id = :id", id=first)
    change(office, tenant, "UPDATE invoice SET amount_due = 0, state = 'paid' WHERE id = :id", id=second)
    assert plan_tenant(office, tenant) == 1
    assert reminders(office, tenant) == []


def test_a_moved_due_date_changes_the_line_that_is_there_and_keeps_it(office: Ground, tenant: UUID) -> None:
    moving = add_invoice(office, tenant, add_customer(office, tenant, "ada"), "INV-1", overdue=-20)
    plan_tenant(office, tenant)
    (before,) = lines(office, tenant)
    change(office, tenant, "UPDATE invoice SET due_on = due_on + 2 WHERE id = :id", id=moving)
    assert plan_tenant(office, tenant) == 1
    (after,) = lines(office, tenant)
    assert after.id == before.id
    assert before.reached_on is not None
    assert after.reached_on == before.reached_on + timedelta(days=2)
    change(office, tenant, "UPDATE invoice SET due_on = due_on - 40 WHERE id = :id", id=moving)
    plan_tenant(office, tenant)
    (later,) = lines(office, tenant)
    assert (later.id, later.step_id == before.step_id) == (before.id, False)


def test_a_reminder_stays_at_its_channel_until_it_words_another_step(office: Ground, tenant: UUID) -> None:
    moving = add_invoice(office, tenant, add_customer(office, tenant, "ada"), "INV-1", overdue=-20)
    plan_tenant(office, tenant)
    change(office, tenant, "UPDATE reminder SET channels = '{sms,email}', channel_place = 1")
    plan_tenant(office, tenant)
    assert [(r.channels, r.channel_place) for r in reminders(office, tenant)] == [(["email"], 0)]
    change(office, tenant, "UPDATE cadence_step SET channels = '{sms,email}'")
    change(office, tenant, "UPDATE reminder SET channels = '{email,sms}', channel_place = 1")
    change(office, tenant, "UPDATE invoice SET due_on = due_on - 40 WHERE id = :id", id=moving)
    plan_tenant(office, tenant)
    assert [r.channel_place for r in reminders(office, tenant)] == [0]


def test_an_invoice_that_changes_its_customer_changes_its_reminder(office: Ground, tenant: UUID) -> None:
    ada, bob = add_customer(office, tenant, "ada"), add_customer(office, tenant, "bob")
    moving = add_invoice(office, tenant, ada, "INV-1")
    staying = add_invoice(office, tenant, bob, "INV-2")
    plan_tenant(office, tenant)
    change(office, tenant, "UPDATE invoice SET customer_id = :to WHERE id = :id", to=bob, id=moving)
    plan_tenant(office, tenant)
    (left,) = reminders(office, tenant)
    assert left.customer_id == bob
    assert covered(office, tenant) == {moving, staying}


def test_before_the_first_confirmation_everything_is_held_with_its_reason(
    office: Ground, tenant: UUID
) -> None:
    set_sending(office, tenant, Sending.HELD_UNTIL_CONFIRMED)
    add_invoice(office, tenant, add_customer(office, tenant, "ada"), "INV-1")
    add_invoice(office, tenant, add_customer(office, tenant, "bob", email=None), "INV-2")
    plan_tenant(office, tenant)
    assert standing(office, tenant) == [("held", "first_list"), ("held", "no_email")]
    with office.database.platform() as session:
        assert session.query(Task).filter_by(kind=kinds.DISPATCH).count() == 0


def test_a_confirmation_lets_go_exactly_what_was_shown_and_what_comes_later(
    office: Ground, tenant: UUID
) -> None:
    set_sending(office, tenant, Sending.HELD_UNTIL_CONFIRMED)
    names = ("ada", "bob")
    for name in names:
        add_invoice(office, tenant, add_customer(office, tenant, name), f"INV-{name}")
    plan_tenant(office, tenant)
    shown, unseen = reminders(office, tenant)
    with office.database.tenant(tenant) as session:
        assert confirm(session, [shown.id, uuid4()], now=NOW) == 1
    add_invoice(office, tenant, add_customer(office, tenant, "cem"), "INV-cem")
    plan_tenant(office, tenant)
    by_id = {r.id: r for r in reminders(office, tenant)}
    assert (by_id[shown.id].state, by_id[shown.id].confirmed_at) == (ReminderState.PLANNED, NOW)
    assert (by_id[unseen.id].state, by_id[unseen.id].reason_code) == (ReminderState.HELD, "first_list")
    (later,) = by_id.keys() - {shown.id, unseen.id}
    assert by_id[later].state is ReminderState.PLANNED
    with office.database.tenant(tenant) as session:
        assert confirm(session, [unseen.id], now=NOW) == 1


def test_a_confirmation_does_not_touch_what_is_held_for_another_reason(office: Ground, tenant: UUID) -> None:
    set_sending(office, tenant, Sending.HELD_UNTIL_CONFIRMED)
    add_invoice(office, tenant, add_customer(office, tenant, "bob", email=None), "INV-2")
    plan_tenant(office, tenant)
    (held,) = reminders(office, tenant)
    with office.database.tenant(tenant) as session:
        assert confirm(session, [held.id], now=NOW) == 0
    assert standing(office, tenant) == [("held", "no_email")]


def test_a_reconnected_ledger_shows_its_list_again(office: Ground, tenant: UUID) -> None:
    add_invoice(office, tenant, add_customer(office, tenant, "ada"), "INV-1")
    plan_tenant(office, tenant)
    change(office, tenant, "UPDATE reminder SET confirmed_at = :now", now=NOW)
    change(office, tenant, "UPDATE connection SET state = 'disconnected'")
    plan_tenant(office, tenant)
    assert standing(office, tenant) == [("held", "disconnected")]
    change(office, tenant, "UPDATE connection SET state = 'active'")
    set_sending(office, tenant, Sending.HELD_UNTIL_CONFIRMED)
    plan_tenant(office, tenant)
    (held,) = reminders(office, tenant)
    assert (held.reason_code, held.needs_confirmation, held.confirmed_at) == ("first_list", True, None)


def test_a_pause_holds_everything_and_its_end_shows_the_list_first(office: Ground, tenant: UUID) -> None:
    add_invoice(office, tenant, add_customer(office, tenant, "ada"), "INV-1")
    plan_tenant(office, tenant)
    with office.database.tenant(tenant) as session:
        pause(session, now=NOW)
    plan_tenant(office, tenant)
    (held,) = reminders(office, tenant)
    assert held.reason_code == "paused"
    with pytest.raises(Rejected), office.database.tenant(tenant) as session:
        confirm(session, [held.id], now=NOW)
    with office.database.tenant(tenant) as session:
        resume(session, now=NOW)
    plan_tenant(office, tenant)
    assert standing(office, tenant) == [("held", "first_list")]


def test_without_a_mail_server_reminders_are_held_with_that_reason(ground: Ground) -> None:
    tenant = make_tenant(ground)
    add_invoice(ground, tenant, add_customer(ground, tenant, "ada"), "INV-1")
    plan_tenant(ground, tenant)
    assert standing(ground, tenant) == [("held", "no_mail_server")]


def test_holds_and_opt_outs_are_told_on_the_reminder_and_end_with_their_cause(
    office: Ground, tenant: UUID, clock: SetClock
) -> None:
    ada, bob = add_customer(office, tenant, "ada"), add_customer(office, tenant, "bob")
    held = add_invoice(office, tenant, ada, "INV-1")
    add_invoice(office, tenant, bob, "INV-2")
    with office.database.tenant(tenant) as session:
        session.add(
            Hold(
                tenant_id=tenant,
                scope=HoldScope.INVOICE,
                subject_id=held,
                reason="Promised",
                until=MONDAY,
                created_at=NOW,
            )
        )
        session.add(OptOut(tenant_id=tenant, customer_id=bob, channel="email", source="page", created_at=NOW))
    plan_tenant(office, tenant)
    assert standing(office, tenant) == [("held", "held_until"), ("held", "opted_out")]
    assert {r.send_on for r in reminders(office, tenant) if r.customer_id == ada} == {date(2026, 11, 24)}
    clock.advance(timedelta(days=4))
    change(office, tenant, "DELETE FROM opt_out")
    plan_tenant(office, tenant)
    assert standing(office, tenant) == [("planned", ""), ("planned", "")]


def test_a_reminder_that_left_is_never_touched_and_its_step_never_planned_again(
    office: Ground, tenant: UUID
) -> None:
    add_invoice(office, tenant, add_customer(office, tenant, "ada"), "INV-1")
    plan_tenant(office, tenant)
    change(office, tenant, "UPDATE reminder SET state = 'sent'")
    plan_tenant(office, tenant)
    sent, following = reminders(office, tenant)
    assert sent.state is ReminderState.SENT
    assert following.send_on == date(2026, 11, 27)
    for state in ("sending", "unknown", "failed"):
        change(office, tenant, "UPDATE reminder SET state = :to WHERE id = :id", to=state, id=sent.id)
        assert plan_tenant(office, tenant) == 0


def test_a_step_that_was_skipped_is_free_but_not_on_the_same_day(office: Ground, tenant: UUID) -> None:
    add_invoice(office, tenant, add_customer(office, tenant, "ada"), "INV-1")
    plan_tenant(office, tenant)
    change(office, tenant, "UPDATE reminder SET state = 'skipped', reason_code = 'not_due_yet'")
    change(office, tenant, "UPDATE reminder_invoice SET is_spent = false")
    plan_tenant(office, tenant)
    skipped, again = reminders(office, tenant)
    assert (skipped.step_id, again.step_id, again.send_on) == (skipped.step_id, skipped.step_id, MONDAY)


def test_a_reminder_that_was_tried_and_is_no_longer_needed_stays_in_the_log(
    office: Ground, tenant: UUID
) -> None:
    ada = add_customer(office, tenant, "ada")
    add_invoice(office, tenant, ada, "INV-1")
    plan_tenant(office, tenant)
    (tried,) = reminders(office, tenant)
    add_message(office, tenant, tried.id, MessageState.FAILED)
    change(office, tenant, "UPDATE invoice SET amount_due = 0, state = 'paid'")
    plan_tenant(office, tenant)
    assert standing(office, tenant) == [("skipped", "superseded")]
    add_invoice(office, tenant, ada, "INV-2")
    plan_tenant(office, tenant)
    assert [r.send_on for r in reminders(office, tenant) if r.state is ReminderState.PLANNED] == [NOW.date()]


def test_the_owner_settles_what_nobody_knows(office: Ground, tenant: UUID) -> None:
    for name in ("ada", "bob"):
        add_invoice(office, tenant, add_customer(office, tenant, name), f"INV-{name}")
    plan_tenant(office, tenant)
    arrived, lost = reminders(office, tenant)
    for one in (arrived, lost):
        add_message(office, tenant, one.id, MessageState.UNKNOWN)
    change(office, tenant, "UPDATE reminder SET state = 'unknown', lease_until = now()")
    with office.database.tenant(tenant) as session:
        mark_sent(session, arrived.id, now=NOW)
        send_again(session, lost.id, now=NOW)
    by_id = {r.id: r for r in reminders(office, tenant)}
    assert (by_id[arrived.id].state, by_id[lost.id].state) == (ReminderState.SENT, ReminderState.PLANNED)
    plan_tenant(office, tenant)
    assert {r.id: r.state for r in reminders(office, tenant)}[lost.id] is ReminderState.PLANNED
    with pytest.raises(Rejected), office.database.tenant(tenant) as session:
        send_again(session, arrived.id, now=NOW)
    with pytest.raises(NotFound), office.database.tenant(make_tenant(office)) as session:
        mark_sent(session, lost.id, now=NOW)


def test_the_number_of_queries_does_not_grow_with_the_number_of_customers(
    office: Ground, tenant: UUID
) -> None:
    counts = []
    for size in (2, 20):
        for n in range(size):
            add_invoice(office, tenant, add_customer(office, tenant, f"c{size}-{n}"), f"INV-{size}-{n}")
        counts.append(count_statements(office, lambda: plan_tenant(office, tenant)))
    assert counts[1] <= counts[0] < 40


def count_statements(ground: Ground, act: Callable[[], object]) -> int:
    statements: list[str] = []

    def count(*given: Any) -> None:
        statements.append(given[2])

    event.listen(ground.database.engine, "before_cursor_execute", count)
    act()
    event.remove(ground.database.engine, "before_cursor_execute", count)
    return len(statements)


def covered(ground: Ground, tenant: UUID) -> set[UUID]:
    with ground.database.tenant(tenant) as session:
        return {
            line.invoice_id
            for line in session.query(ReminderInvoice)
            .join(Reminder, Reminder.id == ReminderInvoice.reminder_id)
            .where(Reminder.state.in_(("planned", "held")))
        }


def add_message(ground: Ground, tenant: UUID, reminder_id: UUID, state: MessageState) -> None:
    with ground.database.tenant(tenant) as session:
        session.add(
            Message(
                tenant_id=tenant,
                reminder_id=reminder_id,
                attempt=1,
                channel="email",
                state=state,
                recipient_sealed=b"",
                content_sealed=b"",
                marker=str(uuid4()),
                started_at=NOW,
            )
        )


def lines(ground: Ground, tenant: UUID) -> list[ReminderInvoice]:
    with ground.database.tenant(tenant) as session:
        return session.query(ReminderInvoice).all()
