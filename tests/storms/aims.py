"""How a blow aims: at a call that a worker makes to a vendor, or at a place in the database."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from app.tasks import kinds
from tests.storms.field import Field
from tests.storms.halts import MONEY, PLACES, blocked

STALL_SECONDS = 0.4
TRIES = 5


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
WRITES = {
    "xero": [Call("xero", f"{method} /xero/api", (kinds.WRITE_BACK,)) for method in ("PUT", "PUT", "POST")],
    "quickbooks": [Call("quickbooks", "POST /quickbooks", (kinds.WRITE_BACK,))],
}
READS = {
    "xero": Call("xero", "GET /xero/api", (kinds.WRITE_BACK,)),
    "quickbooks": Call("quickbooks", "GET /quickbooks", (kinds.WRITE_BACK,)),
}


def any_call(field: Field) -> Call:
    ledger = field.business.ledger
    return field.chance.choice([*WRITES[ledger], *WRITES[ledger], READS[ledger], *_STRIPE])


def is_met(field: Field, fault: str) -> bool:
    return all(one["id"] != fault for one in field.business.sandbox.get("/control/faults").json())


def spoil(field: Field, call: Call, kind: str) -> bool:
    """One call goes wrong, of whichever due task makes it first."""
    fault = field.business.sandbox.fault(call.vendor, kind, match=call.line, times=1, value=2)
    for task in field.due(call.kinds)[:TRIES]:
        field.do(task)
        if is_met(field, fault):
            return True
    return False


def at_call(field: Field, blow: Callable[[], None]) -> bool:
    """The worker process is struck while the vendor works on its call, which the vendor then carries out."""
    call = any_call(field)
    tasks = field.due(call.kinds)[:3]
    fault = field.business.sandbox.fault(call.vendor, "latency", match=call.line, value=STALL_SECONDS)
    if not field.crew.hand_out(tasks, until=lambda: is_met(field, fault)):
        return False
    blow()
    time.sleep(STALL_SECONDS)
    return True


def at_place(field: Field, blow: Callable[[], None] | None = None) -> bool:
    """The worker process is struck after it has written something and before that is committed."""
    place = field.chance.choice([place for place in PLACES if place.comes_by])
    tasks = field.due(place.comes_by)[:3]
    if not tasks:
        return False
    with blocked(field.admin_url, place) as halt:
        if not field.crew.hand_out(tasks, until=lambda: halt.met() is not None):
            return False
        (blow or halt.cut)()
    return True
