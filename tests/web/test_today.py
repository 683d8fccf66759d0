"""The list the owner confirms: exactly what was shown, and nothing else."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from app.models import (
    CadenceStep,
    Connection,
    ConnectionState,
    Hold,
    Reminder,
    ReminderInvoice,
    ReminderState,
    Sending,
    SyncRun,
    SyncState,
    Task,
    TaskState,
    Tenant,
    WriteBack,
    WriteBackKind,
)
from app.reminders import reasons
from app.tasks import kinds
from app.tasks.queue import enqueue
from app.web.entry_names import entry_name
from app.web.today import list as lists
from tests.support.tasks import unfinished
from tests.web.conftest import House
from tests.web.seeding import Seeder


def states(house: House) -> dict[str, tuple[ReminderState, bool]]:
    with house.ground.database.tenant(house.tenant_id) as session:
        return {
            str(row.id): (row.state, row.confirmed_at is not None)
            for row in session.scalars(select(Reminder))
        }


def test_what_was_ticked_goes_and_what_was_not_gets_a_hold(house: House) -> None:
    shown = house.owner.page("/today").field("shown")
    assert len(shown) == 6
    answer = house.owner.post("/today/confirm", shown=shown, send=shown[1:])
    assert answer.location == "/today"
    after = states(house)
    assert {after[one] for one in shown[1:]} == {(ReminderState.PLANNED, True)}
    assert after[shown[0]] == (ReminderState.HELD, False)
    with house.ground.database.tenant(house.tenant_id) as session:
        left_out = set(
            session.scalars(
                select(ReminderInvoice.invoice_id).where(ReminderInvoice.reminder_id == UUID(shown[0]))
            )
        )
        held = set(
            session.scalars(select(Hold.subject_id).where(Hold.reason == "You left it out of the list."))
        )
        assert held == left_out
    said = house.owner.page("/today").text
    assert "5 reminders confirmed" in said
    assert "1 reminder left out" in said


def test_what_was_not_shown_stays_held(house: House) -> None:
    shown = house.owner.page("/today").field("shown")
    house.owner.post("/today/confirm", shown=shown[:2], send=shown[:2])
    after = states(house)
    assert [after[one][0] for one in shown[:2]] == [ReminderState.PLANNED] * 2
    assert {after[one][0] for one in shown[2:]} == {ReminderState.HELD}


def test_an_id_that_was_ticked_but_never_shown_is_not_sent(house: House) -> None:
    shown = house.owner.page("/today").field("shown")
    house.owner.post("/today/confirm", shown=shown[:1], send=[shown[0], shown[1], "nonsense"])
    assert states(house)[shown[1]][0] is ReminderState.HELD


def test_confirming_twice_changes_nothing_more(house: House) -> None:
    shown = house.owner.page("/today").field("shown")
    house.owner.post("/today/confirm", shown=shown, send=shown)
    first = states(house)
    house.owner.post("/today/confirm", shown=shown, send=shown)
    assert states(house) == first


def test_what_became_another_reminder_since_the_list_was_opened_stays_in_it(house: House) -> None:
    page = house.owner.page("/today")
    shown, marks = page.field("shown"), page.field("as")
    another, more, unticked = (UUID(one) for one in shown[:3])
    with house.ground.database.tenant(house.tenant_id) as session:
        row = session.get_one(Reminder, (house.tenant_id, another))
        row.step_id = session.scalars(select(CadenceStep.id).where(CadenceStep.id != row.step_id)).all()[0]
        seeder = Seeder(house.ground, session, house.tenant_id)
        for reminder_id in (more, unticked):
            row = session.get_one(Reminder, (house.tenant_id, reminder_id))
            late = seeder.invoice(row.customer_id, due_in=-8)
            session.add(
                ReminderInvoice(
                    tenant_id=row.tenant_id, reminder_id=row.id, invoice_id=late, step_id=row.step_id
                )
            )
    ticked = [shown[0], shown[1], *shown[3:]]
    house.owner.post("/today/confirm", shown=shown, send=ticked, **{"as": marks})
    after = states(house)
    assert {after[one] for one in shown[3:]} == {(ReminderState.PLANNED, True)}
    assert {after[one] for one in shown[:3]} == {(ReminderState.HELD, False)}
    with house.ground.database.tenant(house.tenant_id) as session:
        assert session.scalars(select(Hold).where(Hold.reason == "You left it out of the list.")).all() == []
    assert "3 reminders have changed since" in house.owner.page("/today").text


def test_the_button_names_the_count_and_the_totals_stand_at_their_currency(house: House) -> None:
    page = house.owner.page("/today")
    assert "Send 6 reminders" in page.text
    assert "6 reminders wait for your word" in page.text
    assert "GBP 6 reminders 9,318.00" in page.text


def test_a_paused_organisation_is_told_to_resume_first(house: House) -> None:
    with house.ground.database.tenant(house.tenant_id) as session:
        session.get_one(Tenant, house.tenant_id).sending = Sending.PAUSED
    shown = house.owner.page("/today").field("shown")
    answer = house.owner.post("/today/confirm", shown=shown, send=shown)
    assert answer.status_code == 422
    assert "Resume it first" in answer.text
    assert {states(house)[one][0] for one in shown} == {ReminderState.HELD}


def test_an_empty_list_asks_to_look_again(house: House) -> None:
    before = states(house)
    house.owner.post("/today/confirm")
    assert states(house) == before
    assert "Look at it again" in house.owner.page("/today").text


def test_a_long_list_comes_in_parts_and_says_so(house: House) -> None:
    with house.ground.database.tenant(house.tenant_id) as session:
        seeder = Seeder(house.ground, session, house.tenant_id)
        for place in range(lists.MOST_SHOWN):
            customer = seeder.customer(f"Customer {place:04}")
            invoice = seeder.invoice(customer, due_in=-8)
            seeder.reminder(customer, [invoice], ReminderState.HELD, why=reasons.FIRST_LIST, waits=True)
    page = house.owner.page("/today")
    assert f"{lists.MOST_SHOWN + 6} reminders wait for your word" in page.text
    assert f"Send {lists.MOST_SHOWN} reminders" in page.text
    assert f"1 to {lists.MOST_SHOWN} of {lists.MOST_SHOWN + 6}." in page.text
    assert "Page 1 of 2" in page.text
    shown, others = page.field("shown"), house.owner.page("/today?page=2")
    assert len(shown) == lists.MOST_SHOWN
    assert f"{lists.MOST_SHOWN + 1} to {lists.MOST_SHOWN + 6} of {lists.MOST_SHOWN + 6}." in others.text
    assert len(set(others.field("shown")) - set(shown)) == 6
    assert house.owner.page("/today?page=99").field("shown") == others.field("shown")
    left = others.field("shown")
    assert house.owner.post("/today/confirm", shown=left, send=left).status_code == 303
    assert f"{lists.MOST_SHOWN} reminders wait for your word" in house.owner.page("/today?page=2").text
    assert house.owner.post("/today/confirm", shown=shown, send=shown).status_code == 303
    assert "wait for your word" not in house.owner.page("/today").text


def test_each_case_that_needs_a_person_says_what_happened_and_offers_what_to_do(house: House) -> None:
    page = house.owner.page("/today")
    company = house.company
    for sentence in (
        reasons.UNKNOWN_FOR_GOOD.sentence,
        "The mail server refused the address: no such mailbox.",
        "the period is closed until 31 Oct 2026",
        "1 reminder with no e-mail address to go to",
        "The amount at Stripe differs from what was asked for.",
    ):
        assert sentence in page.text
    for action in (
        f"/messages/{company.reminders['unknown']}/sent",
        f"/messages/{company.reminders['unknown']}/again",
        f"/money/entries/{company.entries['parked']}/retry",
        f"/today/tasks/{company.tasks[0]}/retry",
    ):
        assert page.has("form", action=action, method="post"), action


def test_a_parked_task_of_ones_own_is_tried_again(house: House) -> None:
    task_id = house.company.tasks[0]
    assert house.owner.post(f"/today/tasks/{task_id}/retry").status_code == 303
    with house.ground.database.platform() as session:
        task = session.get_one(Task, task_id)
        assert (task.state, task.attempts) == (TaskState.WAITING, 0)


def test_a_message_nobody_knows_about_is_marked_sent_or_sent_again(house: House) -> None:
    unknown = house.company.reminders["unknown"]
    assert house.owner.post(f"/messages/{unknown}/sent").status_code == 303
    assert states(house)[str(unknown)][0] is ReminderState.SENT
    assert house.owner.post(f"/messages/{unknown}/again").status_code == 422
    failed = house.company.reminders["failed"]
    assert house.owner.post(f"/messages/{failed}/again").status_code == 303
    assert states(house)[str(failed)][0] is ReminderState.PLANNED


def test_an_entry_that_waits_for_a_person_is_tried_again_or_taken_as_booked(house: House) -> None:
    entry = house.company.entries["parked"]
    assert house.owner.post(f"/money/entries/{entry}/retry").status_code == 303
    assert ("payments.write_back", "waiting", None) in unfinished(house.ground)
    assert "Planned Payment for INV-1004" in house.owner.page("/money").text


@pytest.mark.parametrize("kind", [WriteBackKind.TRANSFER, WriteBackKind.CHARGEBACK_FEE, WriteBackKind.NOTE])
def test_an_entry_that_waits_is_called_by_its_name_whatever_it_is(house: House, kind: WriteBackKind) -> None:
    with house.ground.database.tenant(house.tenant_id) as session:
        session.get_one(WriteBack, (house.tenant_id, house.company.entries["parked"])).kind = kind
    of_amount = "" if kind is WriteBackKind.NOTE else " of £437.50"
    assert f"Held {entry_name(kind)}{of_amount} is not in Xero yet" in house.owner.page("/today").text


def fail_a_read(house: House, *, last_success: timedelta) -> None:
    now = house.ground.clock.now()
    with house.ground.database.tenant(house.tenant_id) as session:
        connection = session.scalars(select(Connection)).one()
        connection.read_at = now - last_success
        session.add(
            SyncRun(
                tenant_id=house.tenant_id,
                connection_id=connection.id,
                is_first=False,
                state=SyncState.FAILED,
                started_at=now,
                finished_at=now,
                reason="Xero is having trouble.",
            )
        )


def test_one_failed_read_is_nobodys_concern_and_an_hour_of_them_is(house: House) -> None:
    fail_a_read(house, last_success=timedelta(minutes=10))
    assert "Xero is having trouble." not in house.owner.page("/today").text
    fail_a_read(house, last_success=timedelta(hours=2))
    assert "Xero is having trouble." in house.owner.page("/today").text


def test_a_pause_that_ends_by_itself_is_nobodys_case(house: House) -> None:
    fail_a_read(house, last_success=timedelta(hours=2))
    with house.ground.database.tenant(house.tenant_id) as session:
        connection = session.scalars(select(Connection)).one()
        connection.paused_until = house.ground.clock.now() + timedelta(hours=5)
    assert "Xero is having trouble." not in house.owner.page("/today").text


def test_without_a_consent_the_page_says_why_nothing_leaves_and_offers_nothing_in_vain(house: House) -> None:
    with house.ground.database.tenant(house.tenant_id) as session:
        connection = session.query(Connection).one()
        connection.state, connection.reason = ConnectionState.DISCONNECTED, "Xero ended the connection."
        held = {"state": ReminderState.HELD, "reason_code": reasons.DISCONNECTED.code}
        session.execute(update(Reminder).values(held))
        now = house.ground.clock.now()
        for kind in (kinds.SYNC_PULL, kinds.PLAN):
            enqueue(session, kind=kind, run_at=now, now=now, tenant_id=house.tenant_id, key=kind)
        session.execute(
            update(Task)
            .where(Task.key.in_((kinds.SYNC_PULL, kinds.PLAN)))
            .values(state=TaskState.PARKED, reason=Task.kind + " was set aside.")
        )
    said = house.owner.page("/today").text
    assert "No reminder goes out while Xero is disconnected." in said
    assert "has a step of the cadence ahead" not in said
    assert "reminders.plan was set aside." in said
    assert "sync.pull was set aside." not in said
