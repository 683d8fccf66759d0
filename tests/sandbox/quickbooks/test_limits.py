"""The limits of one company, in rolling minutes."""

from datetime import UTC, datetime, timedelta

from sandbox.quickbooks.limits import Concurrency, Limits

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def test_five_hundred_calls_fit_into_any_minute() -> None:
    limits = Limits()
    waits = [limits.take("1", NOON + seconds(n / 10), batch=False) for n in range(500)]
    assert waits == [0] * 500
    assert limits.take("1", NOON + seconds(50), batch=False) == 10
    assert limits.take("1", NOON + seconds(59.9), batch=False) == 1
    assert limits.take("1", NOON + seconds(60), batch=False) == 0
    assert limits.take("1", NOON + seconds(60), batch=False) == 1


def test_each_company_has_a_minute_of_its_own() -> None:
    limits = Limits()
    for _ in range(500):
        limits.take("1", NOON, batch=False)
    assert limits.take("1", NOON, batch=False) == 60
    assert limits.take("2", NOON, batch=False) == 0


def test_batches_are_limited_twice() -> None:
    limits = Limits()
    assert [limits.take("1", NOON, batch=True) for _ in range(40)] == [0] * 40
    assert limits.take("1", NOON, batch=True) == 60
    assert limits.take("1", NOON, batch=False) == 0


def test_every_other_refusal_says_when_to_come_back() -> None:
    limits = Limits()
    assert [limits.tells_when() for _ in range(4)] == [True, False, True, False]


def test_ten_calls_may_be_under_way_at_once() -> None:
    concurrency = Concurrency()
    assert all(concurrency.enter("1") for _ in range(10))
    assert not concurrency.enter("1")
    assert concurrency.enter("2")
    concurrency.leave("1")
    assert concurrency.enter("1")
