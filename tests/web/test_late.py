"""The page on which the owner says what becomes of late reminders."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from app.models import CatchUp, CatchUpMode, ReminderInvoice, ReminderState, Sending, Tenant
from app.reminders.reasons import late
from app.web.catch_up.choices import outcome
from tests.web.conftest import House
from tests.web.seeding import Seeder


@pytest.fixture
def late_reminder(house: House) -> UUID:
    """One reminder that was due a week ago while nothing could leave."""
    with house.ground.database.tenant(house.tenant_id) as session:
        session.query(Tenant).one().sending = Sending.ON
        seeder = Seeder(house.ground, session, house.tenant_id)
        customer = seeder.customer("Overslept & Sons")
        invoice = seeder.invoice(customer, due_in=-21, number="LATE-1")
        week_ago = seeder.today - timedelta(days=7)
        reminder = seeder.reminder(customer, [invoice], ReminderState.HELD, why=late(week_ago), step=3)
        session.flush()
        session.query(ReminderInvoice).filter_by(reminder_id=reminder).update({"reached_on": week_ago})
    return reminder


def decided(house: House) -> list[tuple[CatchUpMode, int]]:
    with house.ground.database.tenant(house.tenant_id) as session:
        return [(one.mode, one.reminders) for one in session.query(CatchUp)]


@pytest.mark.usefixtures("late_reminder")
def test_today_leads_to_the_list_and_the_list_tells_each_choice(house: House) -> None:
    assert house.owner.page("/today").has("a", href="/catch-up")
    page = house.owner.page("/catch-up")
    assert "1 reminder has been due since" in page.text
    assert "Overslept & Sons" in page.text
    assert [given["value"] for tag, given in page.tags if given.get("type") == "radio"] == [
        "skip",
        "latest",
        "merge",
    ]
    assert page.has("input", value="latest", checked="")
    assert page.text.count("1 message to 1 customer in the next 7 days") == 2
    assert "No message in the next 7 days" in page.text


@pytest.mark.usefixtures("late_reminder")
@pytest.mark.parametrize("mode", list(CatchUpMode))
def test_the_owner_s_word_is_kept_once(house: House, mode: CatchUpMode) -> None:
    seen = house.owner.page("/catch-up").field("seen")[0]
    answer = house.owner.post("/catch-up", mode=mode.value, seen=seen)
    assert answer.status_code == 303
    assert decided(house) == [(mode, 1)]
    assert "The next ones are being planned." in house.owner.page("/today").text


@pytest.mark.parametrize(
    ("mode", "unconfirmed", "said"),
    [
        (CatchUpMode.SKIP, 1, "28 late reminders skipped."),
        (CatchUpMode.LATEST, 0, "28 late reminders released."),
        (
            CatchUpMode.MERGE,
            1,
            "27 late reminders released. 1 late reminder waits for your word in the list on Today.",
        ),
        (CatchUpMode.LATEST, 28, "28 late reminders wait for your word in the list on Today."),
    ],
)
def test_only_what_leaves_is_called_released(mode: CatchUpMode, unconfirmed: int, said: str) -> None:
    assert outcome(mode, 28, unconfirmed=unconfirmed) == said


@pytest.mark.usefixtures("late_reminder")
def test_a_list_that_was_not_seen_is_not_decided(house: House) -> None:
    for given in ({"mode": "skip", "seen": "another"}, {"mode": "all", "seen": ""}, {}):
        assert house.owner.post("/catch-up", **given).status_code == 303
    assert decided(house) == []
    assert "What becomes of it?" in house.owner.page("/catch-up").text


def test_a_reminder_that_became_another_is_looked_at_again(house: House, late_reminder: UUID) -> None:
    seen = house.owner.page("/catch-up").field("seen")[0]
    with house.ground.database.tenant(house.tenant_id) as session:
        lines = session.query(ReminderInvoice).filter_by(reminder_id=late_reminder)
        lines.update({"reached_on": date(2026, 11, 1)})
    house.owner.post("/catch-up", mode="latest", seen=seen)
    assert decided(house) == []
    assert "The list has changed meanwhile." in house.owner.page("/catch-up").text


@pytest.mark.usefixtures("late_reminder")
def test_the_usual_word_is_chosen_beforehand_and_nothing_more(house: House) -> None:
    assert house.owner.post("/catch-up/usual", usual="skip").status_code == 303
    assert house.owner.page("/settings").has("option", value="skip", selected="")
    assert house.owner.page("/catch-up").has("input", value="skip", checked="")
    assert decided(house) == []
    assert house.owner.post("/catch-up/usual", usual="everything").status_code == 404
    assert house.owner.post("/catch-up/usual", usual="").status_code == 303
    assert not house.owner.page("/settings").has("option", value="skip", selected="")


@pytest.mark.usefixtures("late_reminder")
def test_while_sending_is_paused_nothing_can_be_said(house: House) -> None:
    with house.ground.database.tenant(house.tenant_id) as session:
        session.query(Tenant).one().sending = Sending.PAUSED
    page = house.owner.page("/catch-up")
    assert "Sending is paused" in page.text
    assert not page.has("input", type="radio")


def test_when_nothing_is_late_the_page_says_what_would_be_here(house: House) -> None:
    assert "Nothing is late" in house.stranger.page("/catch-up").text
    assert not house.stranger.page("/today").has("a", href="/catch-up")


def test_a_first_list_is_no_alarm_and_its_past_steps_can_be_skipped(house: House) -> None:
    with house.ground.database.tenant(house.tenant_id) as session:
        seeder = Seeder(house.ground, session, house.tenant_id)
        reminder = house.company.reminders["first_list"]
        week_ago = seeder.today - timedelta(days=7)
        session.query(ReminderInvoice).filter_by(reminder_id=reminder).update({"reached_on": week_ago})
    page = house.owner.page("/today")
    assert "1 reminder is for steps whose day has passed, the first on" in page.text
    assert "See what is late" not in page.text
    assert page.has("a", href="/catch-up")
