"""kill -9 while a mail is on its way to Amazon, which cannot be asked: never two mails, and events settle the rest."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest

from app.kit.ground import Ground
from app.kit.settings import Settings
from app.models import Reminder
from app.reminders.confirming import confirm
from app.tasks import kinds
from app.tasks.worker import run_task
from tests.reminders.by_amazon import ByAmazon, begin_by_amazon
from tests.reminders.stalling import StallingLine
from tests.reminders.test_kills import kill, messages, start_task, state, waiting_task, worker
from tests.sandbox.client import SandboxClient, wait_until
from tests.sandbox.receiver import Receiver

NOT_HANDED_OVER = {"client_says": b"POST /ses/v2/email/outbound-emails"}
HANDED_OVER = {"server_says": b"MessageId"}


@pytest.fixture
def amazon(
    make_settings: Callable[..., Settings],
    sandbox_ground: Ground,
    sandbox: SandboxClient,
    receiver: Receiver,
) -> Iterator[ByAmazon]:
    begun = begin_by_amazon(make_settings, sandbox_ground.settings, sandbox, receiver)
    yield begun
    begun.ground.database.close()


@pytest.fixture
def one(amazon: ByAmazon) -> Reminder:
    """A confirmed reminder that is due, with its dispatch asked for and not begun."""
    journey = amazon.journey
    wanted = next(r for r in journey.due_today() if r.reason_code == "first_list")
    with amazon.ground.database.tenant(journey.tenant_id) as session:
        confirm(session, [wanted.id], now=amazon.ground.clock.now())
    run_task(amazon.ground, waiting_task(journey, kinds.PLAN))
    return wanted


def test_killed_after_amazon_took_it_its_events_say_so(amazon: ByAmazon, one: Reminder) -> None:
    line = _stalling(amazon, HANDED_OVER)
    with worker(amazon.journey, ses_api_url=f"http://127.0.0.1:{line.port}/ses"):
        assert line.stalled.wait(60)
    line.close()
    assert (state(amazon.journey, one), messages(amazon.journey, one)) == ("sending", ["sending"])
    wait_until(lambda: "send" in amazon.told())
    _go_on(amazon)
    assert (state(amazon.journey, one), messages(amazon.journey, one)) == ("sent", ["sent"])
    assert len(amazon.journey.inbox()) == 1


def test_killed_before_amazon_had_it_a_person_decides_and_nothing_is_repeated(
    amazon: ByAmazon, one: Reminder
) -> None:
    line = _stalling(amazon, NOT_HANDED_OVER)
    with worker(amazon.journey, ses_api_url=f"http://127.0.0.1:{line.port}/ses"):
        assert line.stalled.wait(60)
    line.close()
    _go_on(amazon)
    assert (state(amazon.journey, one), messages(amazon.journey, one)) == ("unknown", ["unknown"])
    assert amazon.journey.inbox() == []


@pytest.mark.parametrize(
    ("stall", "arrived"), [(NOT_HANDED_OVER, 0), (HANDED_OVER, 1)], ids=["before Amazon had it", "after"]
)
def test_killed_while_an_answer_is_handed_on_it_is_not_handed_on_twice(
    amazon: ByAmazon, stall: dict[str, bytes], arrived: int
) -> None:
    journey = amazon.journey
    amazon.receive(amazon.reply_address(amazon.send_one()))
    wait_until(lambda: "received" in amazon.told())
    run_task(amazon.ground, waiting_task(journey, kinds.READ_REPLY))
    line = _stalling(amazon, stall)
    process = start_task(journey, kinds.FORWARD_REPLY, ses_api_url=f"http://127.0.0.1:{line.port}/ses")
    try:
        assert line.stalled.wait(60)
    finally:
        kill(process)
    line.close()
    assert journey.rows("SELECT forward_state FROM reply") == [("sending",)]
    _go_on(amazon)
    assert journey.rows("SELECT forward_state FROM reply") == [("unknown",)]
    assert len(amazon.forwarded()) == arrived


def _stalling(amazon: ByAmazon, stall: dict[str, bytes]) -> StallingLine:
    return StallingLine(urlsplit(amazon.sandbox.url).port or 0, **stall)


def _go_on(amazon: ByAmazon) -> None:
    """The leases have run out and other workers take over."""
    for _ in range(3):
        amazon.journey.lapse_leases()
        amazon.journey.run()
