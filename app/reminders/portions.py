"""Portions of what may leave, each with its intents committed; the next is written while one is handed over."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from app.channels.base import Capabilities
from app.kit.errors import Retryable
from app.kit.ground import Ground
from app.kit.log import get_log
from app.kit.passing_faults import once_more_if_it_passes
from app.models import Attachment
from app.reminders import reasons
from app.reminders.attaching import Files, Wanted, attachment_of, fetch_invoices
from app.reminders.deliveries import Delivery, Intended
from app.reminders.delivering import hold_broken, intend

# Smaller portions cost more units of work; of a larger one the last would wait for longer between intent and call.
_PER_PLACE = 2

_log = get_log("reminders")


@dataclass(frozen=True, slots=True)
class Portion:
    """Messages whose rows are written, and when (monotonic) that began."""

    began: float
    intended: Sequence[Intended]


def intended_portions(
    ground: Ground, tenant_id: UUID, deliveries: Sequence[Delivery], can: Capabilities, *, scribe: Executor
) -> Iterator[Portion]:
    """Each portion once its intents are committed, and one more under way by `scribe`.

    Where nobody can be asked afterwards none is written ahead: a crash would leave it in doubt for nothing.
    """
    write_down = partial(_written_down, ground, tenant_id)
    if not can.answers_lookup:
        yield from map(write_down, _cut(deliveries, can.at_once))
        return
    present: Future[Portion] | None = None
    for portion in _cut(deliveries, can.at_once * _PER_PLACE):
        ready = (
            present.result() if present is not None else None
        )  # first: behind one that failed none is written
        present = scribe.submit(copy_context().run, write_down, portion)
        if ready is not None:
            yield ready
    if present is not None:
        yield present.result()


def _cut(deliveries: Sequence[Delivery], size: int) -> Iterator[Sequence[Delivery]]:
    for start in range(0, len(deliveries), size):
        yield deliveries[start : start + size]


def _written_down(ground: Ground, tenant_id: UUID, deliveries: Sequence[Delivery]) -> Portion:
    files = _fetched(ground, tenant_id, deliveries)
    began = time.monotonic()
    return Portion(began, _intended(ground, tenant_id, deliveries, files))


def _fetched(ground: Ground, tenant_id: UUID, portion: Sequence[Delivery]) -> Files:
    """The printed invoices that the portion's mails take along."""
    wanted = [
        Wanted(one.case, one.verdict.lines)
        for one in portion
        if attachment_of(one.batch, one.case, one.verdict.lines) is Attachment.INVOICE
    ]
    return fetch_invoices(ground, tenant_id, wanted)


def _intended(ground: Ground, tenant_id: UUID, portion: Sequence[Delivery], files: Files) -> list[Intended]:
    """The portion's messages. If they cannot be written together, one by one; what cannot be written is held.

    Raises Retryable while the database is away or busy: nothing of the portion is written down then.
    """
    try:
        return once_more_if_it_passes(partial(_together, ground, tenant_id, portion, files))
    except Retryable:  # says nothing about what was to be written
        raise
    except Exception as surprise:  # noqa: BLE001 (nothing has left; the row says so)
        _log.error("reminder.broken", reason=type(surprise).__name__)
    if len(portion) > 1:
        return [one for delivery in portion for one in _by_itself(ground, tenant_id, delivery, files)]
    once_more_if_it_passes(partial(_hold, ground, tenant_id, portion[0]))
    return []


def _together(ground: Ground, tenant_id: UUID, portion: Sequence[Delivery], files: Files) -> list[Intended]:
    with ground.database.tenant(tenant_id) as session:
        return intend(ground, session, portion, files)


def _by_itself(ground: Ground, tenant_id: UUID, delivery: Delivery, files: Files) -> list[Intended]:
    """The message, if it can be written now. Others are written down already, so that nothing is raised: whose
    lease runs out without a message is planned again."""
    try:
        return _intended(ground, tenant_id, [delivery], files)
    except Retryable as away:
        _log.warning("reminder.put_off", reason=away.reason)
        return []


def _hold(ground: Ground, tenant_id: UUID, delivery: Delivery) -> None:
    with ground.database.tenant(tenant_id) as session:
        hold_broken(session, delivery, reasons.BROKEN, now=ground.clock.now())
