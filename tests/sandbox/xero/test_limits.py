"""Counting calls in windows of virtual time."""

from datetime import UTC, datetime, timedelta

from sandbox.xero.limits import Concurrency, Limits

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)


def refused(limits: Limits, now: datetime) -> tuple[str, datetime]:
    """The limit that refuses a call, and when it lets calls through again."""
    exceeded = limits.take("t", now)
    assert exceeded is not None
    assert exceeded.retry_after is not None
    return exceeded.problem, now + timedelta(seconds=exceeded.retry_after)


def test_a_refused_call_is_not_counted_and_the_minute_is_named_before_the_day() -> None:
    limits = Limits(calls_a_day=61)
    for _ in range(60):
        assert limits.take("t", NOW) is None
    for _ in range(5):
        problem, next_minute = refused(limits, NOW)
        assert problem == "minute"
    assert limits.take("t", next_minute) is None
    problem, next_day = refused(limits, next_minute)
    assert problem == "day"
    assert limits.take("t", next_day) is None


def test_the_whole_app_has_a_limit_across_organisations() -> None:
    limits = Limits(calls_a_day=5000)
    for number in range(10_000):
        assert limits.take(str(number), NOW) is None
    exceeded = limits.take("another", NOW)
    assert exceeded is not None
    assert exceeded.problem == "appminute"
    assert limits.headers("another", NOW)["X-AppMinLimit-Remaining"] == "0"


def test_a_call_that_ended_makes_room_for_another() -> None:
    concurrency = Concurrency()
    assert [concurrency.enter("t") for _ in range(6)] == [True] * 5 + [False]
    assert concurrency.enter("other")
    concurrency.leave("t")
    assert concurrency.enter("t")
