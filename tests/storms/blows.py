"""The blows: each meets one fact about money on its way, and says whether it did."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

from app.tasks import kinds
from tests.sandbox.client import wait_until
from tests.storms.aims import READS, STALL_SECONDS, TRIES, WRITES, any_call, at_call, at_place, is_met, spoil
from tests.storms.door import deliver, retold
from tests.storms.field import Field
from tests.storms.halts import HINT_STORED, blocked
from tests.storms.outages import (
    commit_unknown,
    disk_full,
    intake_unknown,
    intake_without_space,
    never_answered,
    redis_flushed,
    redis_refuses,
)

_LOST = ("drop", "drop", "garbage")
_SPOILED = (*_LOST, "drop-before", "html", "500", "503", "429")


def spoiled_call(field: Field) -> bool:
    """An answer is lost or garbled after the vendor has done it, or the call fails before."""
    return spoil(field, any_call(field), field.chance.choice(_SPOILED))


def forgotten_key(field: Field) -> bool:
    """The answer to an entry is lost, and whoever comes back does so after the ledger has forgotten the key."""
    call = field.chance.choice(WRITES[field.business.ledger])
    if not spoil(field, call, field.chance.choice([*_LOST, "drop-before"])):
        return False
    if field.chance.random() < 0.5:
        field.business.sandbox.fault(call.vendor, "500", match=READS[field.business.ledger].line, times=1)
    field.business.sandbox.advance(seconds=field.chance.choice([361, 400, 485, 900]))
    for task in field.due([kinds.WRITE_BACK])[:TRIES]:
        field.do(task)
    return True


def _is_over_or_met(field: Field, doing: "Future[None]", fault: str) -> bool:
    return doing.done() or is_met(field, fault)


def overtaken(field: Field) -> bool:
    """A worker's call takes so long that its lease is over and another one does the same."""
    call = any_call(field)
    fault = field.business.sandbox.fault(call.vendor, "latency", match=call.line, value=STALL_SECONDS)
    with ThreadPoolExecutor(1) as slow:
        for task in field.due(call.kinds)[:TRIES]:
            doing = slow.submit(field.do, task)
            wait_until(partial(_is_over_or_met, field, doing, fault))
            if is_met(field, fault):
                field.let_leases_run_out()
                field.do(task)
                doing.result()
                return True
    return False


def worker_killed_at_call(field: Field) -> bool:
    return at_call(field, field.crew.kill)


def worker_killed_at_place(field: Field) -> bool:
    return at_place(field, field.crew.kill)


def worker_stopped_at_call(field: Field) -> bool:
    """It stands still, its lease runs out, another worker does its tasks, and it goes on."""

    def overtake() -> None:
        worker = field.crew.worker()
        worker.stop()
        field.let_leases_run_out()
        for task in field.due()[:TRIES]:
            field.do(task)
        worker.go_on()

    return at_call(field, overtake)


def connection_cut(field: Field) -> bool:
    return at_place(field)


def postgres_killed(field: Field) -> bool:
    strike = field.chance.choice([at_call, at_place])
    return strike(field, field.postgres.die)


def redis_killed(field: Field) -> bool:
    strike = field.chance.choice([at_call, at_place])
    return strike(field, field.redis.die)


def told_twice_at_once(field: Field) -> bool:
    """Two deliveries of the same webhook arrive at once."""
    field.deeds.one()
    webhook = field.fresh_webhook()
    if webhook is None:
        return False
    with ThreadPoolExecutor(2) as senders:
        answers = list(senders.map(lambda _: deliver(field.business, webhook), range(2)))
    assert answers == [200, 200]
    return True


def told_under_two_ids(field: Field) -> bool:
    """Two webhooks with ids of their own tell of the same fact, at once."""
    field.deeds.one()
    webhook = field.fresh_webhook()
    if webhook is None:
        return False
    again = retold(webhook)
    with ThreadPoolExecutor(2) as senders:
        answers = list(senders.map(lambda one: deliver(field.business, one), [webhook, again]))
    assert answers == [200, 200]
    return True


def not_told(field: Field) -> bool:
    """No webhook tells of it; Stripe's list of events does."""
    field.deeds.one()
    if field.fresh_webhook() is None:
        return False
    field.deeds.miss()
    field.hear()
    return True


def intake_cut(field: Field) -> bool:
    """The door's database goes away while a webhook is being stored: no answer of 200, and Stripe sends it again."""
    field.deeds.one()
    webhook = field.fresh_webhook()
    if webhook is None:
        return False
    again = retold(webhook)
    with ThreadPoolExecutor(1) as sender, blocked(field.admin_url, HINT_STORED) as halt:
        answer = sender.submit(deliver, field.business, again)
        wait_until(lambda: halt.met() or answer.done())
        if not halt.met():
            return False
        field.chance.choice([halt.cut, halt.cut, field.postgres.die])()
        assert answer.result() >= 500
    assert deliver(field.business, again) == 200
    return True


BLOWS: dict[Callable[[Field], bool], int] = {
    spoiled_call: 22,
    forgotten_key: 10,
    overtaken: 5,
    connection_cut: 6,
    worker_killed_at_call: 5,
    worker_killed_at_place: 5,
    worker_stopped_at_call: 2,
    postgres_killed: 4,
    redis_killed: 3,
    told_twice_at_once: 4,
    told_under_two_ids: 4,
    not_told: 3,
    intake_cut: 3,
    disk_full: 5,
    intake_without_space: 2,
    commit_unknown: 7,
    intake_unknown: 2,
    never_answered: 3,
    redis_flushed: 2,
    redis_refuses: 3,
}
"""How many of a hundred rounds."""
