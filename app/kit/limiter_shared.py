"""The limiter's counts in Redis, shared by all processes. Keys hold ids, values are numbers, and all expire."""

import threading
import time
from datetime import datetime, timedelta
from uuid import uuid4

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from app.kit.limiter_rules import (
    LOOK_AGAIN,
    PLACE_SECONDS,
    Ask,
    Budget,
    Full,
    Place,
    Room,
    milliseconds,
    room_in,
)

# A call waits no longer than this for Redis before its process counts for itself.
_PATIENCE_SECONDS = 0.25

# KEYS: places, pauses, budgets. ARGV: now, token, places, place ms, number of pauses, then per budget calls, part
# ms, parts, then tokens of places to give back. Times are the caller's (the clock is injected), except those of
# places, which must die with a machine. Answers {kind, wait in ms}: 0 admitted, 1 no room until then, 2 no place.
_ENTER = """
local now, token, most, hold = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local pauses, wait, live = tonumber(ARGV[5]), 0, {}
for i = 2, 1 + pauses do
  wait = math.max(wait, tonumber(redis.call('GET', KEYS[i]) or '0') - now)
end
for i = 2 + pauses, #KEYS do
  local at = 6 + (i - 2 - pauses) * 3
  local calls, part, parts = tonumber(ARGV[at]), tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  local current, sum, counted = math.floor(now / part), 0, {}
  local kept = redis.call('HGETALL', KEYS[i])
  for j = 1, #kept, 2 do
    local index, count = tonumber(kept[j]), tonumber(kept[j + 1])
    if index <= current - parts or index > current + parts then
      redis.call('HDEL', KEYS[i], kept[j])
    else
      sum = sum + count
      counted[#counted + 1] = {index, count}
    end
  end
  if sum >= calls then
    table.sort(counted, function(a, b) return a[1] < b[1] end)
    local over = sum - calls
    for _, one in ipairs(counted) do
      over = over - one[2]
      if over < 0 then
        wait = math.max(wait, (one[1] + parts) * part - now)
        break
      end
    end
  end
  live[#live + 1] = {KEYS[i], current, part * (parts + 1)}
end
for i = 6 + (#KEYS - 1 - pauses) * 3, #ARGV do redis.call('ZREM', KEYS[1], ARGV[i]) end
if wait > 0 then return {1, math.ceil(wait)} end
local time = redis.call('TIME')
local real = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', real)
if redis.call('ZCARD', KEYS[1]) >= most then return {2, 0} end
redis.call('ZADD', KEYS[1], real + hold, token)
redis.call('PEXPIRE', KEYS[1], hold)
for _, one in ipairs(live) do
  redis.call('HINCRBY', one[1], string.format('%d', one[2]), 1)
  redis.call('PEXPIRE', one[1], one[3])
end
return {0, 0}
"""


class SharedLimiter:
    """Counts for every process on this Redis. Each method raises RedisError if it does not answer at once."""

    def __init__(self, url: str) -> None:
        """Connects to nothing yet."""
        self._redis = redis.Redis.from_url(
            url,
            socket_connect_timeout=_PATIENCE_SECONDS,
            socket_timeout=_PATIENCE_SECONDS,
            # A connection from before Redis was started anew is found dead once; the next one is fresh.
            retry=Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,)),
        )
        self._enter = self._redis.register_script(_ENTER)
        self._lost = _LostPlaces()

    def enter(self, ask: Ask) -> Place | Full:
        """Count the call and give it a place, or say how long there is no room. All of it or nothing."""
        place = Place(ask.places_key, uuid4().hex)
        keys = [place.key, *ask.pauses, *(budget.key for budget in ask.budgets)]
        told: list[int | str] = [ask.now_ms, place.token, ask.places, PLACE_SECONDS * 1000, len(ask.pauses)]
        for budget in ask.budgets:
            told += [budget.calls, budget.part_ms, budget.parts]
        try:
            kind, wait = self._enter(keys=keys, args=[*told, *self._lost.of(place.key)])
        except redis.RedisError:
            self._lost.add(place)
            raise
        if kind == 0:
            return place
        return Full(LOOK_AGAIN if kind == 2 else timedelta(milliseconds=wait), is_for_a_place=kind == 2)

    def room(self, budget: Budget, *, now: datetime) -> Room:
        """What is left of a budget. Nothing is counted."""
        counts = self._redis.hgetall(budget.key)
        return room_in(budget, {int(part): int(calls) for part, calls in counts.items()}, now=now)

    def leave(self, place: Place) -> None:
        """Give the place back."""
        try:
            self._redis.zrem(place.key, place.token)
        except redis.RedisError:
            self._lost.add(place)
            raise

    def pause(self, key: str, *, until: datetime, now: datetime) -> None:
        """Let nobody in who minds this key before `until`."""
        lasts = max(milliseconds(until) - milliseconds(now), 1)
        self._redis.set(key, milliseconds(until), px=lasts)

    def resume(self, key: str) -> None:
        """End a pause."""
        self._redis.delete(key)


class _LostPlaces:
    """Places that Redis may hold though nobody has them: a Redis that was frozen does what it was told all the same.

    They are given back with every call of their key for as long as they could be held, because what was told first
    need not be done first. Safe to use from any thread.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until: dict[Place, float] = {}

    def add(self, place: Place) -> None:
        """Nobody has this place."""
        with self._lock:
            self._until[place] = time.monotonic() + PLACE_SECONDS

    def of(self, key: str) -> list[str]:
        """The tokens to give back."""
        if not self._until:
            return []
        now = time.monotonic()
        with self._lock:
            self._until = {place: until for place, until in self._until.items() if until > now}
            return [place.token for place in self._until if place.key == key]
