"""The blows: each meets one fact about money on its way, and says whether it did."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from app.tasks import kinds
from tests.sandbox.client import wait_until
from tests.storms.door import deliver, retold
from tests.storms.field import Field
from tests.storms.halts import HINT_STORED, MONEY, PLACES, blocked

STALL_SECONDS = 0.4
_TRIES = 5
_LOST = ("drop", "drop", "garbage")
_SPOILED = (*_LOST, "drop-before", "html", "500", "503", "429")


@dataclass(frozen=True)
class Call:
    """A call that a worker makes to a vendor about money."""

    vendor: str
    line: str
    kinds: tuple[str, ...]


_STRIPE = (
    Call("stripe", "GET /stripe/v1", MONEY),
    Call("stripe", "POST /stripe/v1/refunds", (kinds.REFUND,)),
)
_WRITES = {
    "xero": [Call("xero", f"{method} /xero/api", (kinds.WRITE_BACK,)) for method in ("PUT", "PUT", "POST")],
    "quickbooks": [Call("quickbooks", "POST /quickbooks", (kinds.WRITE_BACK,))],
}
_READS = {
    "xero": Call("xero", "GET /xero/api", (kinds.WRITE_BACK,)),
    "quickbooks": Call("quickbooks", "GET /quickbooks", (kinds.WRITE_BACK,)),
}


def _any_call(field: Field) -> Call:
    ledger = field.business.ledger
    return field.chance.choice([*_WRITES[ledger], *_WRITES[ledger], _READS[ledger], *_STRIPE])


def _is_met(field: Field, fault: str) -> bool:
    return all(one["id"] != fault for one in field.business.sandbox.get("/control/faults").json())


def _spoil(field: Field, call: Call, kind: str) -> bool:
    """One call goes wrong, of whichever due task makes it first."""
    fault = field.business.sandbox.fault(call.vendor, kind, match=call.line, times=1, value=2)
    for task in field.due(call.kinds)[:_TRIES]:
        field.do(task)
        if _is_met(field, fault):
            return True
    return False


def spoiled_call(field: Field) -> bool:
    """An answer is lost or garbled after the vendor has done it, or the call fails before."""
    return _spoil(field, _any_call(field), field.chance.choice(_SPOILED))


def forgotten_key(field: Field) -> bool:
    """The answer to an entry is lost, and whoever comes back does so after the ledger has forgotten the key."""
    call = field.chance.choice(_WRITES[field.business.ledger])
    if not _spoil(field, call, field.chance.choice([*_LOST, "drop-before"])):
        return False
    if field.chance.random() < 0.5:
        field.business.sandbox.fault(call.vendor, "500", match=_READS[field.business.ledger].line, times=1)
    field.business.sandbox.advance(seconds=field.chance.choice([361, 400, 485, 900]))
    for task in field.due([kinds.WRITE_BACK])[:_TRIES]:
        field.do(task)
    return True


def _is_over_or_met(field: Field, doing: "Future[None]", fault: str) -> bool:
    return doing.done() or _is_met(field, fault)


def overtaken(field: Field) -> bool:
    """A worker's call takes so long that its lease is over and another one does the same."""
    call = _any_call(field)
    fault = field.business.sandbox.fault(call.vendor, "latency", match=call.line, value=STALL_SECONDS)
    with ThreadPoolExecutor(1) as slow:
        for task in field.due(call.kinds)[:_TRIES]:
            doing = slow.submit(field.do, task)
            wait_until(partial(_is_over_or_met, field, doing, fault))
            if _is_met(field, fault):
                field.let_leases_run_out()
                field.do(task)
                doing.result()
                return True
    return False


def _at_call(field: Field, blow: Callable[[], None]) -> bool:
    """The worker process is struck while the vendor works on its call, which the vendor then carries out."""
    call = _any_call(field)
    tasks = field.due(call.kinds)[:3]
    fault = field.business.sandbox.fault(call.vendor, "latency", match=call.line, value=STALL_SECONDS)
    if not field.hand_out(tasks, until=lambda: _is_met(field, fault)):
        return False
    blow()
    time.sleep(STALL_SECONDS)
    return True


def _at_place(field: Field, blow: Callable[[], None] | None = None) -> bool:
    """The worker process is struck after it has written something and before that is committed."""
    place = field.chance.choice([place for place in PLACES if place.comes_by])
    tasks = field.due(place.comes_by)[:3]
    if not tasks:
        return False
    with blocked(field.admin_url, place) as halt:
        if not field.hand_out(tasks, until=lambda: halt.met() is not None):
            return False
        (blow or halt.cut)()
    return True


def worker_killed_at_call(field: Field) -> bool:
    return _at_call(field, field.kill_worker)


def worker_killed_at_place(field: Field) -> bool:
    return _at_place(field, field.kill_worker)


def worker_stopped_at_call(field: Field) -> bool:
    """It stands still, its lease runs out, another worker does its tasks, and it goes on."""

    def overtake() -> None:
        worker = field.worker()
        worker.stop()
        field.let_leases_run_out()
        for task in field.due()[:_TRIES]:
            field.do(task)
        worker.go_on()

    return _at_call(field, overtake)


def connection_cut(field: Field) -> bool:
    return _at_place(field)


def postgres_killed(field: Field) -> bool:
    strike = field.chance.choice([_at_call, _at_place])
    return strike(field, field.postgres.die)


def redis_killed(field: Field) -> bool:
    strike = field.chance.choice([_at_call, _at_place])
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
    spoiled_call: 36,
    forgotten_key: 12,
    overtaken: 6,
    connection_cut: 8,
    worker_killed_at_call: 6,
    worker_killed_at_place: 6,
    worker_stopped_at_call: 2,
    postgres_killed: 4,
    redis_killed: 4,
    told_twice_at_once: 5,
    told_under_two_ids: 5,
    not_told: 3,
    intake_cut: 3,
}
"""How many of a hundred rounds."""
