"""One message on its way: intent, commit; the channel, once; outcome, commit (law 2)."""

import time
from datetime import timedelta
from uuid import UUID

from app.channels.base import Channel, Outgoing
from app.kit.errors import OutcomeUnknown, Rejected, Retryable
from app.kit.ground import Ground
from app.kit.log import get_log
from app.reminders import outcomes, reasons
from app.reminders.delivering import Delivery, intend
from app.reminders.gate import next_try
from app.reminders.wording import WordingFault

# With the pauses below and the nights between, this bridges several working days: RFC 5321, 4.5.4.1 asks for four to
# five. A mail server that is away for a day must not cost every customer of that day their reminder.
_MOST_ATTEMPTS = 40
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=2)
# Between the intent and the call nothing takes long; a worker that was stopped there must not go on.
_HESITATION_SECONDS = 20.0

_log = get_log("reminders")


def deliver(ground: Ground, tenant_id: UUID, channel: Channel, delivery: Delivery) -> None:
    """See one reminder through. Every end is on its row; nothing is raised but what no row can hold."""
    began = time.monotonic()
    outgoing = _intended(ground, tenant_id, delivery)
    if outgoing is None:
        return
    message_id = UUID(outgoing.marker)
    if time.monotonic() - began > _HESITATION_SECONDS:
        _not_taken(ground, tenant_id, delivery, message_id, Retryable("The sending was interrupted."))
        return
    try:
        vendor_id = channel.send(outgoing)
    except Retryable as busy:
        _not_taken(ground, tenant_id, delivery, message_id, busy)
    except Rejected as refused:
        with ground.database.tenant(tenant_id) as session:
            outcomes.record_failed(session, message_id, reason=refused.reason, now=ground.clock.now())
    except OutcomeUnknown as unknown:
        _nobody_knows(ground, tenant_id, message_id, unknown.reason)
    except Exception as surprise:  # noqa: BLE001 (whatever it was, the message may have left)
        _log.error("message.surprise", reason=type(surprise).__name__)
        _nobody_knows(
            ground, tenant_id, message_id, "Something unexpected happened while it was handed over."
        )
    else:
        outcomes.record_sent(ground, tenant_id, message_id, vendor_id=vendor_id)


def _intended(ground: Ground, tenant_id: UUID, delivery: Delivery) -> Outgoing | None:
    """The message to send. One that cannot be made is held, so that it never stands in the way of others."""
    try:
        with ground.database.tenant(tenant_id) as session:
            return intend(ground, session, delivery)
    except WordingFault as fault:
        why = reasons.wording(fault.reason)
    except Exception as surprise:  # noqa: BLE001 (nothing has left; the row says so)
        _log.error("reminder.broken", reason=type(surprise).__name__)
        why = reasons.BROKEN
    with ground.database.tenant(tenant_id) as session:
        outcomes.hold(
            session,
            delivery.case.claim.reminder_id,
            why,
            until=next_try(delivery.facts),
            now=ground.clock.now(),
        )
    return None


def _not_taken(
    ground: Ground, tenant_id: UUID, delivery: Delivery, message_id: UUID, busy: Retryable
) -> None:
    now, attempt = ground.clock.now(), delivery.case.attempt
    with ground.database.tenant(tenant_id) as session:
        if attempt >= _MOST_ATTEMPTS:
            reason = f"{busy.reason} It was tried {attempt} times."
            outcomes.record_failed(session, message_id, reason=reason, now=now)
            return
        pause = max(busy.after, min(_FIRST_PAUSE * 2 ** (attempt - 1), _LONGEST_PAUSE))
        outcomes.record_not_taken(session, message_id, reason=busy.reason, now=now, again_at=now + pause)


def _nobody_knows(ground: Ground, tenant_id: UUID, message_id: UUID, reason: str) -> None:
    with ground.database.tenant(tenant_id) as session:
        outcomes.record_unknown(session, message_id, reason=reason, now=ground.clock.now())
