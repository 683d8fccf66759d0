"""Blows that last: a full disk, a database that fails over, a vendor that never answers, a Redis that forgets or
refuses."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import redis
from pydantic import SecretStr
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from app.kit.ground import Ground
from app.tasks.worker import run_task
from tests.sandbox.client import wait_until
from tests.storms.aims import TRIES, any_call, at_call, at_place
from tests.storms.door import deliver, retold
from tests.storms.field import Field
from tests.storms.halts import HINT_STORED, PLACES, out_of_space
from tests.storms.line import Line
from tests.storms.patient import Patient

_COMMIT = b"COMMIT\x00"
_MOST_COMMITS = 6
_ADDRESSES = {"xero": "xero_api_url", "quickbooks": "quickbooks_api_url", "stripe": "stripe_api_url"}


def disk_full(field: Field) -> bool:
    """PostgreSQL's disk is full for a while: at some places nobody who comes by can write."""
    full = field.chance.sample(PLACES, field.chance.randint(1, len(PLACES)))
    with out_of_space(field.admin_url, full) as space:
        for task in field.due()[:TRIES]:
            with suppress(DBAPIError):
                field.do(task)
        return space.was_met()


def intake_without_space(field: Field) -> bool:
    """A webhook that cannot be stored is not answered with 200, and Stripe sends it again."""
    field.deeds.one()
    webhook = field.fresh_webhook()
    if webhook is None:
        return False
    again = retold(webhook)
    with out_of_space(field.admin_url, [HINT_STORED]) as space:
        answer = deliver(field.business, again)
        if not space.was_met():
            return False
        assert answer >= 500
    assert deliver(field.business, again) == 200
    return True


def commit_unknown(field: Field) -> bool:
    """The database fails over while somebody commits: done or not, nobody is told, and no other is there at once."""
    with _failing_over(field) as (line, ground):
        for task in field.due()[:TRIES]:
            with suppress(DBAPIError):
                run_task(ground, task)
            if line.met.is_set():
                return True
    return False


def intake_unknown(field: Field) -> bool:
    """The same while a webhook is being stored: no answer of 200, and it comes again."""
    field.deeds.one()
    webhook = field.fresh_webhook()
    if webhook is None:
        return False
    again = retold(webhook)
    with _failing_over(field, most_commits=1) as (line, ground):
        answer = deliver(replace(field.business, ground=ground), again)
        if not line.met.is_set():
            return False
        assert answer >= 500
    assert deliver(field.business, again) == 200
    return True


@contextmanager
def _failing_over(field: Field, *, most_commits: int = _MOST_COMMITS) -> Iterator[tuple[Line, Ground]]:
    """A way to the database that is cut in the middle of one of the next commits."""
    chance = field.chance
    with Line(
        field.postgres.running.port,
        _COMMIT,
        nth=chance.randint(1, most_commits),
        is_heard=chance.random() < 0.6,
        is_cut=True,
        refuses=chance.randint(0, 3),
    ) as line:
        known = make_url(field.business.ground.settings.database_url.get_secret_value())
        address = known.set(port=line.port).render_as_string(hide_password=False)
        ground = _ground(field, database_url=SecretStr(address))
        with closing(ground.database):
            yield line, ground


def never_answered(field: Field) -> bool:
    """A vendor takes a call, does it or not, and says nothing more, to whoever asks from there.

    Its worker waits until its own time-outs end that; meanwhile everything goes on, and others do what it did.
    """
    call = any_call(field)
    name = _ADDRESSES[call.vendor]
    known = urlsplit(getattr(field.business.ground.settings, name))
    is_heard = field.chance.random() < 0.7
    line = Line(known.port or 0, call.line.encode(), is_heard=is_heard, is_cut=False)
    patient = Patient(_ground(field, **{name: f"http://127.0.0.1:{line.port}{known.path}"}), line)
    field.patients.append(patient)
    for task in field.due(call.kinds)[:TRIES]:
        doing = patient.begin(task)
        wait_until(partial(lambda doing: line.met.is_set() or doing.done(), doing))
        if line.met.is_set():
            return True
    field.patients.remove(patient)
    patient.end()
    return False


def redis_flushed(field: Field) -> bool:
    """Somebody empties Redis: every ring, count and place is forgotten."""
    with closing(redis.Redis.from_url(field.redis.running.url)) as admin:
        return _at_either(field, admin.flushall)


def redis_refuses(field: Field) -> bool:
    """Redis is a replica of nobody for a while (READONLY), or has no memory left (OOM); money goes on meanwhile."""
    with closing(redis.Redis.from_url(field.redis.running.url)) as admin:
        begin, end = field.chance.choice([_read_only, _no_memory])(admin)
        try:
            if not _at_either(field, begin):
                return False
            for task in field.due()[:TRIES]:
                field.do(task)
        finally:
            end()
    return True


def _read_only(admin: redis.Redis) -> tuple[Callable[[], Any], Callable[[], Any]]:
    return partial(admin.replicaof, "127.0.0.1", 1), partial(admin.replicaof, "NO", "ONE")


def _no_memory(admin: redis.Redis) -> tuple[Callable[[], Any], Callable[[], Any]]:
    kept = admin.config_get("maxmemory")["maxmemory"]
    return partial(admin.config_set, "maxmemory", 1), partial(admin.config_set, "maxmemory", str(kept))


def _at_either(field: Field, blow: Callable[[], Any]) -> bool:
    strike = field.chance.choice([at_call, at_place])
    return strike(field, blow)


def _ground(field: Field, **changes: object) -> Ground:
    """A process's own, with other settings."""
    known = field.business.ground
    return Ground.from_settings(known.settings.model_copy(update=changes), clock=known.clock, pool_size=2)
