"""Messages on their way: intent, commit; the channel, once for each; outcome, commit (law 2).

They go in portions: one unit of work for a portion's intents, one for the outcomes that have come in meanwhile.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import timedelta
from uuid import UUID

from app.channels.base import Capabilities, Channel
from app.kit.errors import OutcomeUnknown, Rejected, Retryable
from app.kit.ground import Ground
from app.kit.log import get_log
from app.models import Attachment
from app.reminders import outcomes, reasons
from app.reminders.attaching import Files, Wanted, attachment_of, fetch_invoices
from app.reminders.consequences import record_refused
from app.reminders.deliveries import Delivery, Intended
from app.reminders.delivering import hold_broken, intend

# With the pauses below and the nights between, this bridges several working days: RFC 5321, 4.5.4.1 asks for four to
# five. A mail server that is away for a day must not cost every customer of that day their reminder.
_MOST_ATTEMPTS = 40
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=2)
# Between the intent and the call nothing takes long; a worker that was stopped there must not go on.
_HESITATION_SECONDS = 20.0
_RENEW_EVERY_SECONDS = 5.0
_PER_PLACE = 4

Renew = Callable[[], None]

_log = get_log("reminders")


def deliver_all(
    ground: Ground, tenant_id: UUID, channel: Channel, deliveries: Sequence[Delivery], *, renew: Renew
) -> None:
    """See these through on one channel. Every end is on its row.

    A lost lease (`renew` raises) stops what has not begun.
    """
    pool = ThreadPoolExecutor(
        min(channel.capabilities.at_once, len(deliveries) or 1), thread_name_prefix="deliver"
    )
    try:
        for portion in _portions(deliveries, channel.capabilities):
            files = _fetched(ground, tenant_id, portion)
            began = time.monotonic()
            intended = _intended(ground, tenant_id, portion, files)
            renew()
            _hand_over(ground, tenant_id, channel, intended, pool=pool, began=began, renew=renew)
    finally:
        pool.shutdown(cancel_futures=True)


def _portions(deliveries: Sequence[Delivery], can: Capabilities) -> Iterator[Sequence[Delivery]]:
    """Where nobody can be asked afterwards, a crash leaves no more in doubt than were being handed over."""
    size = can.at_once * (_PER_PLACE if can.answers_lookup else 1)
    for start in range(0, len(deliveries), size):
        yield deliveries[start : start + size]


def _fetched(ground: Ground, tenant_id: UUID, portion: Sequence[Delivery]) -> Files:
    """The printed invoices that the portion's mails take along."""
    wanted = [
        Wanted(one.case, one.verdict.lines)
        for one in portion
        if attachment_of(one.batch, one.case, one.verdict.lines) is Attachment.INVOICE
    ]
    return fetch_invoices(ground, tenant_id, wanted)


def _intended(ground: Ground, tenant_id: UUID, portion: Sequence[Delivery], files: Files) -> list[Intended]:
    """The portion's messages. If they cannot be written together, one by one; what cannot be written is held."""
    try:
        with ground.database.tenant(tenant_id) as session:
            return intend(ground, session, portion, files)
    except Exception as surprise:  # noqa: BLE001 (nothing has left; the row says so)
        _log.error("reminder.broken", reason=type(surprise).__name__)
    if len(portion) > 1:
        return [one for delivery in portion for one in _intended(ground, tenant_id, [delivery], files)]
    with ground.database.tenant(tenant_id) as session:
        hold_broken(session, portion[0], reasons.BROKEN, now=ground.clock.now())
    return []


def _hand_over(
    ground: Ground,
    tenant_id: UUID,
    channel: Channel,
    intended: Sequence[Intended],
    *,
    pool: ThreadPoolExecutor,
    began: float,
    renew: Renew,
) -> None:
    futures = {pool.submit(_send, channel, one, began): one for one in intended}
    under_way, renewed = set(futures), time.monotonic()
    while under_way:
        done, under_way = wait(under_way, _RENEW_EVERY_SECONDS, FIRST_COMPLETED)
        _record(ground, tenant_id, [(futures[future], future) for future in done])
        if time.monotonic() - renewed > _RENEW_EVERY_SECONDS:
            renew()
            renewed = time.monotonic()


def _send(channel: Channel, one: Intended, began: float) -> str:
    if time.monotonic() - began > _HESITATION_SECONDS:
        raise Retryable("The sending was interrupted.")
    return channel.send(one.outgoing)


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
