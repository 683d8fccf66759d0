"""Messages on their way: intent, commit; the channel, once for each; outcome, commit (law 2).

They go in portions: one unit of work for a portion's intents, one for the outcomes that have come in meanwhile.
The next portion's intents are written down while the present one is being handed over.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import timedelta
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from app.channels.base import Channel
from app.kit.errors import OutcomeUnknown, Rejected, Retryable
from app.kit.ground import Ground
from app.kit.log import get_log
from app.reminders import outcomes
from app.reminders.consequences import record_refused
from app.reminders.deliveries import Delivery, Intended
from app.reminders.fencing import Fence
from app.reminders.portions import Portion, intended_portions

# With the pauses below and the nights between, this bridges several working days: RFC 5321, 4.5.4.1 asks for four to
# five. A mail server that is away for a day must not cost every customer of that day their reminder.
_MOST_ATTEMPTS = 40
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=2)
# Between the intent and the call nothing takes long; a worker that was stopped there must not go on.
_HESITATION_SECONDS = 20.0
_RENEW_EVERY_SECONDS = 5.0

Renew = Callable[[], None]

_log = get_log("reminders")


def deliver_all(
    ground: Ground, tenant_id: UUID, channel: Channel, deliveries: Sequence[Delivery], *, renew: Renew
) -> None:
    """See these through on one channel. Every end is on its row.

    A lost lease (`renew` raises) stops what has not begun.
    """
    can = channel.capabilities
    pool = ThreadPoolExecutor(min(can.at_once, len(deliveries) or 1), thread_name_prefix="deliver")
    scribe = ThreadPoolExecutor(1, thread_name_prefix="intend")
    try:
        for portion in intended_portions(ground, tenant_id, deliveries, can, scribe=scribe):
            renew()
            _hand_over(ground, tenant_id, channel, portion, pool=pool, renew=renew)
    finally:
        scribe.shutdown(cancel_futures=True)
        pool.shutdown(cancel_futures=True)


def _hand_over(
    ground: Ground,
    tenant_id: UUID,
    channel: Channel,
    portion: Portion,
    *,
    pool: ThreadPoolExecutor,
    renew: Renew,
) -> None:
    fence = Fence(ground, tenant_id, [one.message_id for one in portion.intended], since=portion.began)
    futures = {pool.submit(_send, channel, one, portion.began, fence): one for one in portion.intended}
    under_way, renewed = set(futures), time.monotonic()
    while under_way:
        done, under_way = wait(under_way, _RENEW_EVERY_SECONDS, FIRST_COMPLETED)
        _record(ground, tenant_id, [(futures[future], future) for future in done])
        if time.monotonic() - renewed > _RENEW_EVERY_SECONDS:
            renew()
            renewed = time.monotonic()


def _send(channel: Channel, one: Intended, began: float, fence: Fence) -> str:
    if time.monotonic() - began > _HESITATION_SECONDS or not _is_ours(one, fence):
        raise Retryable("The sending was interrupted.")
    return channel.send(one.outgoing)


def _is_ours(one: Intended, fence: Fence) -> bool:
    """Whoever cannot ask does not know, so nothing leaves."""
    try:
        return fence.lets_pass(one.message_id)
    except SQLAlchemyError as away:
        raise Retryable("The sending was interrupted: the database did not answer.") from away


def _record(ground: Ground, tenant_id: UUID, done: Sequence[tuple[Intended, Future[str]]]) -> None:
    """Those that were taken together, each other one by itself."""
    taken = {one.message_id: future.result() for one, future in done if future.exception() is None}
    if taken:
        outcomes.record_sent(ground, tenant_id, taken)
    for one, future in done:
        failure = future.exception()
        if failure is not None:
            _record_failure(ground, tenant_id, one, failure)


def _record_failure(ground: Ground, tenant_id: UUID, one: Intended, failure: BaseException) -> None:
    match failure:
        case Retryable():
            _not_taken(ground, tenant_id, one, failure)
        case Rejected():
            with ground.database.tenant(tenant_id) as session:
                record_refused(session, ground, one.message_id, failure, now=ground.clock.now())
        case OutcomeUnknown():
            _nobody_knows(ground, tenant_id, one.message_id, failure.reason)
        case Exception():
            _log.error("message.surprise", reason=type(failure).__name__)
            reason = "Something unexpected happened while it was handed over."
            _nobody_knows(ground, tenant_id, one.message_id, reason)
        case _:
            raise failure


def _not_taken(ground: Ground, tenant_id: UUID, one: Intended, busy: Retryable) -> None:
    now, attempt = ground.clock.now(), one.delivery.case.attempt
    with ground.database.tenant(tenant_id) as session:
        if attempt >= _MOST_ATTEMPTS:
            reason = f"{busy.reason} It was tried {attempt} times."
            outcomes.record_failed(session, one.message_id, reason=reason, now=now)
            return
        pause = max(busy.after, min(_FIRST_PAUSE * 2 ** (attempt - 1), _LONGEST_PAUSE))
        outcomes.record_not_taken(session, one.message_id, reason=busy.reason, now=now, again_at=now + pause)


def _nobody_knows(ground: Ground, tenant_id: UUID, message_id: UUID, reason: str) -> None:
    with ground.database.tenant(tenant_id) as session:
        outcomes.record_unknown(session, message_id, reason=reason, now=ground.clock.now())
