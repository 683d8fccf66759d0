"""The limiter: never one call too many, shared by processes, harmless when Redis dies, and quick."""

import os
import signal
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.kit.embedded.redis import start_redis
from app.kit.limiter import Limiter
from app.kit.limiter_alone import LoneLimiter
from app.kit.limiter_rules import Ask, Budget, Full, Place
from app.kit.limiter_shared import SharedLimiter

START = datetime(2026, 11, 20, 10, tzinfo=UTC)
MINUTE = Budget("minute", calls=60, seconds=60)
SECOND = Budget("second", calls=10, seconds=1)
NEVER = "redis://127.0.0.1:1/0"

Enter = Callable[[Ask], Place | Full]


@pytest.fixture
def shared(redis_url: str) -> SharedLimiter:
    with redis.Redis.from_url(redis_url) as client:
        client.flushall()
    return SharedLimiter(redis_url)


@pytest.fixture(params=["shared", "alone"])
def enter(request: pytest.FixtureRequest, shared: SharedLimiter) -> Enter:
    """Both counts follow the same rules; alone with a quarter of every limit."""
    return shared.enter if request.param == "shared" else LoneLimiter().enter


def ask(
    now: datetime = START, *budgets: Budget, places: int = 4_000, pauses: tuple[str, ...] = ("pause",)
) -> Ask:
    return Ask(now=now, places_key="places", places=places, budgets=budgets, pauses=pauses)


def admitted(enter: Enter, moments: list[datetime], *budgets: Budget) -> list[datetime]:
    return [moment for moment in moments if isinstance(enter(ask(moment, *budgets)), Place)]


def most_within(moments: list[datetime], seconds: float) -> int:
    return max(sum(start <= one < start + timedelta(seconds=seconds) for one in moments) for start in moments)


@pytest.mark.parametrize("budget", [MINUTE, SECOND, Budget("day", calls=50, seconds=86_400)])
def test_no_window_ever_holds_more_than_it_may(enter: Enter, budget: Budget) -> None:
    step = timedelta(seconds=budget.seconds) / (budget.calls * 3)
    moments = [START + step * number for number in range(budget.calls * 9)]
    let_in = admitted(enter, moments, budget)
    assert most_within(let_in, budget.seconds) <= budget.calls
    assert len(let_in) >= 2 * budget.calls // 4


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(gaps=st.lists(st.integers(min_value=0, max_value=9_000), min_size=20, max_size=120))
def test_no_burst_finds_a_gap(shared: SharedLimiter, redis_url: str, gaps: list[int]) -> None:
    with redis.Redis.from_url(redis_url) as client:
        client.flushall()
    now, moments = START, []
    for gap in gaps:
        now += timedelta(milliseconds=gap)
        moments.append(now)
    let_in = admitted(shared.enter, moments, Budget("seven", calls=7, seconds=20))
    assert most_within(let_in, 20) <= 7


def test_a_full_window_says_exactly_how_long(enter: Enter) -> None:
    for _ in range(60):
        enter(ask(START, MINUTE))
    full = enter(ask(START + timedelta(seconds=5), MINUTE))
    assert isinstance(full, Full)
    assert timedelta(seconds=55) <= full.wait <= timedelta(seconds=59)
    then = START + timedelta(seconds=5) + full.wait
    assert isinstance(enter(ask(then - timedelta(milliseconds=2), MINUTE)), Full)
    assert isinstance(enter(ask(then, MINUTE)), Place)


def test_a_refused_call_uses_up_nothing(enter: Enter) -> None:
    later = START + timedelta(seconds=30)
    while isinstance(enter(ask(START, MINUTE)), Place):
        pass
    for _ in range(100):
        assert isinstance(enter(ask(later, MINUTE, Budget("other", calls=4, seconds=60))), Full)
    assert isinstance(enter(ask(later, Budget("other", calls=4, seconds=60))), Place)


def test_looking_says_what_is_left_and_uses_up_nothing(shared: SharedLimiter) -> None:
    for count, limiter in ((60, shared), (15, LoneLimiter())):
        for left in range(count, 0, -1):
            assert limiter.room(MINUTE, now=START).calls == left
            assert isinstance(limiter.enter(ask(START, MINUTE)), Place)
        later = START + timedelta(seconds=5)
        none = limiter.room(MINUTE, now=later)
        full = limiter.enter(ask(later, MINUTE))
        assert isinstance(full, Full)
        assert (none.calls, none.more_after) == (0, full.wait)
        assert limiter.room(MINUTE, now=later + full.wait).calls == count


def test_an_empty_window_says_when_there_is_more_once_it_is_used_up(shared: SharedLimiter) -> None:
    told = shared.room(MINUTE, now=START)
    assert len(admitted(shared.enter, [START] * 60, MINUTE)) == told.calls
    assert shared.room(MINUTE, now=START + told.more_after - timedelta(milliseconds=2)).calls == 0
    assert shared.room(MINUTE, now=START + told.more_after).calls == 60


def test_a_lesser_share_leaves_room_for_a_greater_one(shared: SharedLimiter) -> None:
    lesser = Budget("minute", calls=42, seconds=60)
    assert len(admitted(shared.enter, [START] * 60, lesser)) == 42
    assert len(admitted(shared.enter, [START] * 60, MINUTE)) == 18
    assert isinstance(shared.enter(ask(START, lesser)), Full)


def test_a_clock_that_jumps_ahead_finds_an_empty_window(enter: Enter) -> None:
    assert admitted(enter, [START] * 60, MINUTE)
    assert isinstance(enter(ask(START, MINUTE)), Full)
    assert isinstance(enter(ask(START + timedelta(days=7), MINUTE)), Place)


def test_a_clock_that_was_set_back_is_not_held_up_by_the_future(enter: Enter) -> None:
    admitted(enter, [START + timedelta(days=7)] * 60, MINUTE)
    assert isinstance(enter(ask(START, MINUTE)), Place)


def test_places_are_given_back(shared: SharedLimiter) -> None:
    first, second = shared.enter(ask(places=2)), shared.enter(ask(places=2))
    assert isinstance(first, Place)
    assert isinstance(second, Place)
    full = shared.enter(ask(places=2))
    assert isinstance(full, Full)
    assert full.is_for_a_place
    shared.leave(first)
    assert isinstance(shared.enter(ask(places=2)), Place)


def test_the_place_of_a_holder_that_died_becomes_free(shared: SharedLimiter, redis_url: str) -> None:
    held = shared.enter(ask(places=1))
    assert isinstance(held, Place)
    with redis.Redis.from_url(redis_url) as client:
        ends_at = client.zscore("places", held.token)
        seconds, _ = client.time()
        assert isinstance(ends_at, float)
        assert 60 < ends_at / 1000 - seconds <= 76
        client.zadd("places", {held.token: seconds * 1000 - 1})
    assert isinstance(shared.enter(ask(places=1)), Place)


def test_a_pause_holds_until_its_end_and_may_be_ended_before(shared: SharedLimiter) -> None:
    shared.pause("pause", until=START + timedelta(seconds=90), now=START)
    full = shared.enter(ask(START + timedelta(seconds=30)))
    assert full == Full(timedelta(seconds=60), is_for_a_place=False)
    assert isinstance(shared.enter(ask(START, pauses=("another",))), Place)
    assert isinstance(shared.enter(ask(START + timedelta(seconds=90))), Place)
    shared.resume("pause")
    assert isinstance(shared.enter(ask(START)), Place)


def test_everything_in_redis_ends_by_itself_and_is_a_number_or_an_id(
    shared: SharedLimiter, redis_url: str
) -> None:
    shared.enter(ask(START, MINUTE, SECOND))
    shared.pause("pause", until=START + timedelta(seconds=5), now=START)
    with redis.Redis.from_url(redis_url, decode_responses=True) as client:
        keys = set(client.keys("*"))
        assert keys == {"places", "minute", "second", "pause"}
        assert all(0 < client.pttl(key) <= 75_000 for key in keys)
        assert all(value == "1" for value in client.hgetall("minute").values())


@pytest.mark.usefixtures("shared")
def test_many_threads_of_many_limiters_never_exceed_the_places(redis_url: str) -> None:
    under_way, most, lock = 0, 0, threading.Lock()

    def work(limiter: SharedLimiter) -> None:
        nonlocal under_way, most
        for _ in range(40):
            while isinstance(place := limiter.enter(ask(places=5)), Full):
                time.sleep(0.001)
            with lock:
                under_way += 1
                most = max(most, under_way)
            time.sleep(0.0005)
            with lock:
                under_way -= 1
            limiter.leave(place)

    threads = [threading.Thread(target=work, args=(SharedLimiter(redis_url),)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert most == 5


def test_without_redis_a_process_takes_a_quarter_and_loses_little_time() -> None:
    limiter, began = Limiter(NEVER), time.monotonic()
    assert len(admitted(limiter.enter, [START] * 60, MINUTE)) == 15
    assert time.monotonic() - began < 5


def test_a_pause_is_kept_without_redis() -> None:
    limiter = Limiter(NEVER)
    limiter.pause("pause", until=START + timedelta(seconds=9), now=START)
    full = limiter.enter(ask(START))
    assert isinstance(full, Full)
    assert (full.wait, full.is_for_a_place) == (timedelta(seconds=9), False)
    limiter.resume("pause")
    assert isinstance(limiter.enter(ask(START)), Place)


def test_redis_dies_in_the_middle_and_comes_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = start_redis(folder=tmp_path)
    limiter = Limiter(first.url)
    held = limiter.enter(ask(START, MINUTE))
    assert isinstance(held, Place)
    first.stop()
    limiter.leave(held)
    assert len(admitted(limiter.enter, [START] * 60, MINUTE)) == 15
    with start_redis(folder=tmp_path, port=first.port) as second, redis.Redis.from_url(second.url) as client:
        client.flushall()
        gives_up_at = time.monotonic() + 60
        while not client.exists("minute"):
            assert time.monotonic() < gives_up_at
            limiter.enter(ask(START, MINUTE, places=1_000))
            time.sleep(0.05)
        assert len(admitted(limiter.enter, [START] * 80, MINUTE)) in (58, 59)
    said = capsys.readouterr()
    told = said.out + said.err
    assert (told.count("limiter.alone"), told.count("limiter.together")) == (1, 1)


def test_a_redis_that_was_frozen_leaves_no_place_taken(tmp_path: Path) -> None:
    with start_redis(folder=tmp_path) as server, redis.Redis.from_url(server.url) as client:
        limiters = [Limiter(server.url) for _ in range(3)]
        three = ask(START, places=3)
        for limiter in limiters:  # what is on its way through an open connection is done later
            warm = limiter.enter(three)
            assert isinstance(warm, Place)
            limiter.leave(warm)
        process_id = client.info("server")["process_id"]
        os.kill(process_id, signal.SIGSTOP)
        try:
            assert all(isinstance(limiter.enter(three), Place) for limiter in limiters)
        finally:
            os.kill(process_id, signal.SIGCONT)
        time.sleep(2.1)  # then they are together again
        assert all(isinstance(limiter.enter(three), Place) for limiter in limiters)
        assert client.zcard("places") == 3
        assert isinstance(limiters[0].enter(three), Full)


def test_a_turn_costs_little_beside_a_call_to_a_vendor(shared: SharedLimiter) -> None:
    wide = Budget("wide", calls=1_000_000, seconds=60)
    costs = []
    for number in range(400):
        began = time.thread_time()
        place = shared.enter(ask(START + timedelta(milliseconds=150 * number), wide, MINUTE, SECOND))
        if isinstance(place, Place):
            shared.leave(place)
            costs.append(time.thread_time() - began)
    median = sorted(costs)[len(costs) // 2]
    print(f"a turn costs {median * 1000:.2f} ms")
    assert median < 0.005


def test_waits_are_told_in_order(shared: SharedLimiter) -> None:
    """The more there is before it, the later a call's turn: never a time in the past."""
    waits = []
    for number in range(70):
        answer = shared.enter(ask(START + timedelta(seconds=number / 10), MINUTE))
        if isinstance(answer, Full):
            waits.append(START + timedelta(seconds=number / 10) + answer.wait)
    assert len(waits) == 10
    assert all(earlier <= later for earlier, later in pairwise(waits))


def test_who_finds_no_room_alone_asks_again_as_soon_as_redis_may_be_back(tmp_path: Path) -> None:
    first = start_redis(folder=tmp_path)
    limiter = Limiter(first.url)
    first.stop()
    assert len(admitted(limiter.enter, [START] * 60, MINUTE)) == 15
    with start_redis(folder=tmp_path, port=first.port):
        full = limiter.enter(ask(START, MINUTE))
        while isinstance(full, Full):
            assert full.ask_again_in is not None
            assert full.ask_again_in <= timedelta(seconds=2) < full.wait
            time.sleep(full.ask_again_in.total_seconds())
            full = limiter.enter(ask(START, MINUTE))
