"""Sends a mail about a payment: intent, commit; the mail, once; outcome, commit (law 2).

A payer who asked for no more reminders still gets the receipt of what they pay; an address that nothing reaches gets
neither. Pausing reminders does not keep a receipt back.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from app.channels.base import Channel, Found, Meaning, Outcome, Refused, Sought
from app.channels.registry import EMAIL
from app.kit.errors import OutcomeUnknown, Rejected, Retryable
from app.kit.ground import Ground
from app.kit.log import get_log
from app.models import PaymentMail, PaymentMailState
from app.reminders.openings import opened
from app.reminders.payment_mail_events import note_dead_address
from app.reminders.payment_mail_rows import Due, locked, recipients, write, written

_OPEN = (PaymentMailState.WAITING, PaymentMailState.SENDING, PaymentMailState.UNKNOWN)
_IS_NEWS_FOR = timedelta(days=3)
_ASK_AGAIN = timedelta(minutes=5)
_log = get_log("reminders")

NO_CHANNEL = "Mail is not set up, so nothing could be sent."
NO_ADDRESS = "There is no e-mail address that mail reaches."
TOO_LATE = "Mail could not leave for three days; by then it was no news any more."
INTERRUPTED = "The sending was interrupted, and the mail server cannot say whether the mail left."


@dataclass(frozen=True, slots=True)
class _Sending:
    """One mail in the hands of one worker."""

    ground: Ground
    tenant_id: UUID
    mail_id: UUID

    def record(
        self, state: PaymentMailState, reason: str | None = None, vendor_id: str | None = None
    ) -> None:
        with self.ground.database.tenant(self.tenant_id) as session:
            row = locked(session, self.mail_id)
            if row is not None and row.state in _OPEN:
                _settle(row, state, reason, self.ground)
                row.vendor_id = vendor_id or row.vendor_id


def send_payment_mail(ground: Ground, tenant_id: UUID, mail_id: UUID, *, renew: Callable[[], None]) -> None:
    """See one through. Raises Retryable while the mail server is away or may still tell what became of it.

    `renew` raises if another worker has taken over: this one may have been stopped for longer than its lease.
    """
    sending = _Sending(ground, tenant_id, mail_id)
    with opened(ground, tenant_id) as channels:
        channel = channels.get(EMAIL)
        due = _intend(sending, has_channel=channel is not None)
        if due is None or channel is None:
            return
        if due.had_begun and not _may_begin_again(sending, channel, due):
            return
        renew()
        _hand_over(sending, channel, due)


def _intend(sending: _Sending, *, has_channel: bool) -> Due | None:
    """What is to leave, written down and committed before the channel hears of it."""
    ground = sending.ground
    with ground.database.tenant(sending.tenant_id) as session:
        row = locked(session, sending.mail_id)
        if row is None or row.state not in _OPEN:
            return None
        had_begun = row.state is not PaymentMailState.WAITING
        if not has_channel:
            _settle(
                row, PaymentMailState.UNKNOWN if had_begun else PaymentMailState.SKIPPED, NO_CHANNEL, ground
            )
            return None
        if not had_begun and ground.clock.now() - row.created_at > _IS_NEWS_FOR:
            _settle(row, PaymentMailState.SKIPPED, TOO_LATE, ground)
            return None
        if row.content_sealed is None:
            to = recipients(session, ground, row)
            if not to:
                _settle(row, PaymentMailState.SKIPPED, NO_ADDRESS, ground)
                return None
            write(session, ground, row, to)
        row.state = PaymentMailState.SENDING
        return Due(written(session, ground, row), row.created_at, had_begun)


def _may_begin_again(sending: _Sending, channel: Channel, due: Due) -> bool:
    """A worker or an answer was lost: only a vendor that never saw the mail lets it go again."""
    outgoing = due.outgoing
    found: Found | None = channel.lookup(
        Sought(outgoing.marker, outgoing.recipient, outgoing.text, due.created_at)
    )
    if found is None:
        sending.record(PaymentMailState.UNKNOWN, INTERRUPTED)
        return False
    if found.outcome is Outcome.NEVER_SEEN:
        return True
    sending.record(PaymentMailState.SENT, vendor_id=found.vendor_id)
    return False


def _hand_over(sending: _Sending, channel: Channel, due: Due) -> None:
    try:
        vendor_id = channel.send(due.outgoing)
    except Retryable as busy:
        sending.record(PaymentMailState.WAITING, busy.reason)
        raise
    except Rejected as refused:
        sending.record(PaymentMailState.FAILED, refused.reason)
        if isinstance(refused, Refused) and refused.meaning is Meaning.BAD_ADDRESS:
            note_dead_address(sending.ground, sending.tenant_id, sending.mail_id, code=refused.code)
    except OutcomeUnknown as unknown:
        sending.record(PaymentMailState.UNKNOWN, unknown.reason)
        if channel.capabilities.answers_lookup:
            raise Retryable(unknown.reason, after=_ASK_AGAIN) from unknown
    except Exception as surprise:  # noqa: BLE001 (whatever it was, it may have left)
        _log.error("payment_mail.surprise", reason=type(surprise).__name__)
        sending.record(PaymentMailState.UNKNOWN, "Something unexpected happened.")
    else:
        sending.record(PaymentMailState.SENT, vendor_id=vendor_id)


def _settle(row: PaymentMail, state: PaymentMailState, reason: str | None, ground: Ground) -> None:
    row.state, row.reason = state, reason
    row.finished_at = None if state is PaymentMailState.WAITING else ground.clock.now()
