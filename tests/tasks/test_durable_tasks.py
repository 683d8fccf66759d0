"""A task runs once it has committed, survives its worker, and is parked with a reason rather than lost."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from app.kit.clock import SetClock
from app.kit.errors import Paused, Rejected, Retryable
from app.kit.ground import Ground
from app.models import Task, TaskState
from app.tasks import lease
from app.tasks.handlers import HANDLERS, Assignment, Handler, handles
from app.tasks.lease import LeaseLost
from app.tasks.queue import about_to_run, enqueue, retry
from app.tasks.sweeper import due_tasks
from app.tasks.worker import MOST_ATTEMPTS, run_task

KIND = "test.kind"


@pytest.fixture
def ran() -> Iterator[list[Assignment]]:
    """What the handler of the test's own kind was given, in order."""
    calls: list[Assignment] = []
    handles(KIND)(lambda _ground, task: calls.append(task))
    yield calls
    del HANDLERS[KIND]


def failing(failure: Exception) -> Handler:
    def fail(_ground: Ground, _task: Assignment) -> None:
        raise failure

    return fail


def put(ground: Ground, *, key: str | None = None, after: timedelta = timedelta()) -> None:
    with ground.database.platform() as session:
        now = ground.clock.now()
        enqueue(session, kind=KIND, run_at=now + after, now=now, key=key)


def only_task(ground: Ground) -> Task:
    with ground.database.platform() as session:
        return session.query(Task).one()


def run_all(ground: Ground) -> int:
    return sum(run_task(ground, task_id) for task_id in due_tasks(ground, now=ground.clock.now()))


def forget_ring(ground: Ground) -> None:
    with ground.database.platform() as session:
        session.execute(text("UPDATE task SET rung_at = NULL"))


def test_a_task_of_a_rolled_back_unit_of_work_does_not_exist(ground: Ground, ran: list[Assignment]) -> None:
    def put_and_fail() -> None:
        with ground.database.platform() as session:
            enqueue(session, kind=KIND, run_at=ground.clock.now(), now=ground.clock.now())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        put_and_fail()
    assert run_all(ground) == 0
    assert ran == []


def test_a_task_runs_once_however_often_it_is_rung(ground: Ground, ran: list[Assignment]) -> None:
    put(ground)
    task_id = only_task(ground).id
    assert [run_task(ground, task_id) for _ in range(3)] == [True, False, False]
    assert len(ran) == 1
    assert only_task(ground).state is TaskState.DONE


def test_a_task_waits_for_its_time_by_the_injected_clock(ground: Ground, ran: list[Assignment]) -> None:
    put(ground, after=timedelta(days=2))
    assert run_all(ground) == 0
    assert isinstance(ground.clock, SetClock)
    ground.clock.advance(timedelta(days=2))
    assert run_all(ground) == 1
    assert len(ran) == 1


def test_a_key_keeps_one_unfinished_task_and_brings_its_time_forward(
    ground: Ground, ran: list[Assignment]
) -> None:
    put(ground, key="only-one", after=timedelta(hours=1))
    put(ground, key="only-one")
    put(ground, key="only-one", after=timedelta(hours=2))
    assert run_all(ground) == 1
    put(ground, key="only-one")
    assert run_all(ground) == 1
    assert len(ran) == 2


def test_asking_again_while_it_runs_makes_it_run_once_more(ground: Ground) -> None:
    calls: list[int] = []

    def ask_again(inner: Ground, _task: Assignment) -> None:
        calls.append(1)
        if len(calls) == 1:
            put(inner, key="busy")

    handles(KIND)(ask_again)
    try:
        put(ground, key="busy")
        run_all(ground)
        run_all(ground)
    finally:
        del HANDLERS[KIND]
    assert len(calls) == 2
    assert only_task(ground).state is TaskState.DONE


def test_asking_for_a_later_time_while_it_runs_waits_for_that_time(ground: Ground) -> None:
    calls: list[int] = []

    def ask_for_tomorrow(inner: Ground, _task: Assignment) -> None:
        calls.append(1)
        if len(calls) == 1:
            put(inner, key="daily", after=timedelta(days=1))

    handles(KIND)(ask_for_tomorrow)
    try:
        put(ground, key="daily")
        run_all(ground)
        forget_ring(ground)
        assert run_all(ground) == 0
        assert isinstance(ground.clock, SetClock)
        ground.clock.advance(timedelta(days=1))
        assert run_all(ground) == 1
    finally:
        del HANDLERS[KIND]
    assert len(calls) == 2


def test_only_a_task_that_begins_after_the_question_makes_asking_needless(ground: Ground) -> None:
    now = ground.clock.now()

    def is_about_to_run() -> bool:
        with ground.database.platform() as session:
            return about_to_run(session, ["only-one", "another"], now=now) == {"only-one"}

    put(ground, key="only-one", after=timedelta(hours=1))
    assert not is_about_to_run()
    put(ground, key="only-one")
    assert is_about_to_run()
    with ground.database.platform() as session:
        lease.claim(session, only_task(ground).id, owner="w1", now=now)
    assert not is_about_to_run()
    put(ground, key="only-one")
    assert is_about_to_run()
    with ground.database.platform() as session:
        lease.park(session, only_task(ground).id, owner="w1", now=now, reason="No use.")
    assert not is_about_to_run()


def test_the_work_of_a_dead_worker_is_taken_over_and_the_dead_one_cannot_record(
    ground: Ground, ran: list[Assignment]
) -> None:
    put(ground)
    task_id = only_task(ground).id
    with ground.database.platform() as session:
        assert lease.claim(session, task_id, owner="dead", now=ground.clock.now())
    assert run_task(ground, task_id) is False
    with ground.database.platform() as session:
        session.execute(text("UPDATE task SET lease_until = now() - interval '1 second'"))
    assert run_all(ground) == 1
    with pytest.raises(LeaseLost), ground.database.platform() as session:
        lease.finish(session, task_id, owner="dead", now=ground.clock.now())
    assert len(ran) == 1


@pytest.mark.parametrize(
    ("failure", "state", "reason"),
    [
        (Retryable("Xero is busy.", after=timedelta(minutes=1)), TaskState.WAITING, "Xero is busy."),
        (Rejected("The period is closed."), TaskState.PARKED, "The period is closed."),
        (ZeroDivisionError("secret detail"), TaskState.WAITING, "ZeroDivisionError"),
    ],
)
def test_a_failure_stays_on_the_row_with_its_reason(
    ground: Ground, failure: Exception, state: TaskState, reason: str
) -> None:
    HANDLERS[KIND] = failing(failure)
    try:
        put(ground)
        run_all(ground)
    finally:
        del HANDLERS[KIND]
    task = only_task(ground)
    assert (task.state, task.reason) == (state, reason)


def test_a_poison_task_is_parked_after_bounded_tries_and_others_go_on(
    ground: Ground, ran: list[Assignment]
) -> None:
    HANDLERS["test.poison"] = failing(ZeroDivisionError())
    try:
        with ground.database.platform() as session:
            enqueue(session, kind="test.poison", run_at=ground.clock.now(), now=ground.clock.now())
        put(ground)
        assert isinstance(ground.clock, SetClock)
        for _ in range(MOST_ATTEMPTS + 3):
            run_all(ground)
            ground.clock.advance(timedelta(minutes=20))
            forget_ring(ground)
    finally:
        del HANDLERS["test.poison"]
    with ground.database.platform() as session:
        poison = session.query(Task).filter_by(kind="test.poison").one()
    assert (poison.state, poison.attempts) == (TaskState.PARKED, MOST_ATTEMPTS)
    assert len(ran) == 1


def test_waiting_for_room_is_no_try_and_never_parks(ground: Ground) -> None:
    assert isinstance(ground.clock, SetClock)
    full = Paused("Xero lets us ask only so often.", after=timedelta(minutes=1))
    try:
        put(ground)
        for failure in (ZeroDivisionError(), *[full] * (MOST_ATTEMPTS + 3), ZeroDivisionError()):
            HANDLERS[KIND] = failing(failure)
            forget_ring(ground)
            assert run_all(ground) == 1
            ground.clock.advance(timedelta(minutes=11))
    finally:
        del HANDLERS[KIND]
    assert (only_task(ground).state, only_task(ground).attempts) == (TaskState.WAITING, 2)


def test_a_parked_task_runs_again_when_a_person_says_so(ground: Ground, ran: list[Assignment]) -> None:
    put(ground)
    task_id = only_task(ground).id
    with ground.database.platform() as session:
        session.execute(text("UPDATE task SET state = 'parked', reason = 'closed'"))
    assert run_all(ground) == 0
    with ground.database.platform() as session:
        assert retry(session, task_id, now=ground.clock.now())
        assert not retry(session, uuid4(), now=ground.clock.now())
    assert run_all(ground) == 1
    assert len(ran) == 1


def test_a_ring_that_was_followed_by_nobody_is_repeated_after_a_while(
    ground: Ground, ran: list[Assignment]
) -> None:
    put(ground)
    assert len(due_tasks(ground, now=ground.clock.now())) == 1
    assert due_tasks(ground, now=ground.clock.now()) == []
    with ground.database.platform() as session:
        session.execute(text("UPDATE task SET rung_at = now() - interval '6 seconds'"))
    assert len(due_tasks(ground, now=ground.clock.now())) == 1
    assert ran == []
