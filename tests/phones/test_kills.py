"""kill -9 while a text message is on its way: in the end exactly one arrived, on one channel."""

from urllib.parse import urlsplit
from uuid import UUID

import pytest

from app.models import Reminder
from app.tasks import kinds
from app.tasks.worker import run_task
from tests.phones.business import PhoneBusiness
from tests.reminders.stalling import StallingLine
from tests.reminders.test_kills import (
    messages,
    state,
    worker,
)


@pytest.fixture
def one(business: PhoneBusiness) -> Reminder:
    wanted = business.due_by("sms", "email")
    plan = business.rows(
        "SELECT id FROM task WHERE kind = :kind AND state = 'waiting' ORDER BY run_at LIMIT 1",
        kind=kinds.PLAN,
    )
    run_task(business.ground, UUID(str(plan[0][0])))
    return wanted


@pytest.mark.parametrize(
    ("stall", "has_arrived"),
    [
        ({"client_says": b"POST /twilio/api"}, False),
        ({"server_says": b"201 CREATED"}, True),
    ],
    ids=["before the provider heard of it", "after it was taken"],
)
def test_killed_while_the_text_is_handed_over(
    business: PhoneBusiness, one: Reminder, stall: dict[str, bytes], has_arrived: bool
) -> None:
    line = StallingLine(urlsplit(business.journey.sandbox.url).port or 0, **stall)
    with worker(business.journey, twilio_api_url=f"http://127.0.0.1:{line.port}/twilio/api"):
        assert line.stalled.wait(60)
    line.close()
    assert (state(business.journey, one), messages(business.journey, one)) == ("sending", ["sending"])
    assert len(business.texts()) == int(has_arrived)
    assert_one_text_in_the_end(business, one)


def assert_one_text_in_the_end(business: PhoneBusiness, one: Reminder) -> None:
    """After the leases have run out another worker takes over; receipts change nothing about it."""
    for _ in range(3):
        business.journey.lapse_leases()
        business.journey.run()
    business.pass_time()
    assert state(business.journey, one) == "sent"
    assert len(business.texts()) == 1
    assert business.journey.inbox() == []
