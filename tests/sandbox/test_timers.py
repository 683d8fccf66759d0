import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from sandbox.clock import Clock
from sandbox.timers import Timers
from tests.sandbox.client import wait_until


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def timers(clock: Clock) -> Iterator[Timers]:
    timers = Timers(clock)
    timers.start()
    yield timers
    timers.stop()


def test_a_call_waits_for_virtual_time(clock: Clock, timers: Timers) -> None:
    ran = threading.Event()
    timers.at(clock.now() + timedelta(days=1), ran.set)
    assert not ran.wait(0.12)
    clock.advance(timedelta(days=1))
    assert ran.wait(60)


def test_what_falls_due_together_runs_earliest_first(clock: Clock, timers: Timers) -> None:
    order: list[str] = []
    timers.at(clock.now() + timedelta(hours=3), lambda: order.append("late"))
    timers.at(clock.now() + timedelta(hours=1), lambda: order.append("early"))
    timers.at(clock.now() + timedelta(hours=2), lambda: order.append("middle"))
    clock.advance(timedelta(days=1))
    assert timers.settle(2)
    assert order == ["early", "middle", "late"]


def test_settling_waits_for_calls_that_calls_asked_for(clock: Clock, timers: Timers) -> None:
    ran: list[str] = []
    timers.at(clock.now(), lambda: timers.at(clock.now(), lambda: ran.append("second")))
    assert timers.settle(2)
    assert ran == ["second"]


def test_a_failing_call_does_not_stop_the_next(
    clock: Clock, timers: Timers, caplog: pytest.LogCaptureFixture
) -> None:
    ran: list[str] = []

    def fail() -> None:
        raise RuntimeError("broken on purpose")

    timers.at(clock.now(), fail)
    timers.at(clock.now(), lambda: ran.append("next"))
    wait_until(lambda: ran)
    assert "a timer failed" in caplog.text


def test_cleared_calls_never_run(clock: Clock, timers: Timers) -> None:
    ran: list[str] = []
    timers.at(clock.now() + timedelta(hours=1), lambda: ran.append("cleared"))
    timers.clear()
    timers.at(clock.now() + timedelta(hours=2), lambda: ran.append("kept"))
    clock.advance(timedelta(hours=3))
    assert timers.settle(2)
    assert ran == ["kept"]
