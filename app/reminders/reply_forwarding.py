"""Hands a customer's answer on to the business's own inbox: intent, commit; the mail, once; outcome, commit.

The customer is the one it answers to, so that the business goes on by a plain answer and nobody stands between.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.channels.base import Attachment, Channel, Found, Outcome, Outgoing, Sought
from app.channels.registry import EMAIL
from app.kit.errors import OutcomeUnknown, Rejected, Retryable
from app.kit.ground import Ground
from app.kit.log import get_log
from app.models import Customer, ForwardState, Reply, Tenant
from app.reminders.addresses import is_valid
from app.reminders.openings import opened
from app.reminders.replies import SENDER_COLUMN, SUBJECT_COLUMN, opened_raw, words_of_reply
from app.reminders.sender import reply_to_of

_OPEN = (ForwardState.WAITING, ForwardState.SENDING)
_GIVES_UP_AFTER = timedelta(days=3)
_SUSPICIOUS = (
    "The mail filter took this for unwanted or dangerous, or could not confirm who sent it, so the original is not "
    "attached."
)
_log = get_log("reminders")


@dataclass(frozen=True, slots=True)
class Forward:
    """A reply on its way, and whether an earlier worker had begun with it."""

    outgoing: Outgoing = field(repr=False)
    received_at: datetime
    had_begun: bool


def forward(ground: Ground, tenant_id: UUID, reply_id: UUID, *, renew: Callable[[], None]) -> None:
    """See one reply through. Raises Retryable while the mail server is away.

    `renew` raises if another worker has taken over: this one may have been stopped for longer than its lease.
    """
    with opened(ground, tenant_id) as channels:
        channel = channels.get(EMAIL)
        with ground.database.tenant(tenant_id) as session:
            intended = _intended(session, ground, reply_id, has_channel=channel is not None)
        if intended is None or channel is None:
            return
        if intended.had_begun and not _may_begin_again(ground, tenant_id, reply_id, channel, intended):
            return
        renew()
        _hand_over(ground, tenant_id, reply_id, channel, intended)


def _intended(session: Session, ground: Ground, reply_id: UUID, *, has_channel: bool) -> Forward | None:
    reply = session.scalars(select(Reply).where(Reply.id == reply_id).with_for_update()).one_or_none()
    if reply is None or reply.forward_state not in _OPEN:
        return None
    sealer, tenant = ground.sealer(session), session.scalars(select(Tenant)).one()
    inbox = reply_to_of(tenant, sealer)
    if inbox is None or not has_channel or _is_ours(inbox, ground):
        reply.forward_state, reply.raw_sealed = ForwardState.NOT_WANTED, None
        return None
    had_begun = reply.forward_state is ForwardState.SENDING
    reply.forward_state = ForwardState.SENDING
    return Forward(_outgoing(session, ground, reply, inbox), reply.received_at, had_begun)


def _is_ours(address: str, ground: Ground) -> bool:
    """Mail to ourselves would go round in circles."""
    return address.rpartition("@")[2].lower() == ground.settings.reply_domain.lower()


def _outgoing(session: Session, ground: Ground, reply: Reply, inbox: str) -> Outgoing:
    sealer = ground.sealer(session)
    name = session.scalars(select(Customer.name).where(Customer.id == reply.customer_id)).one()
    sender = (
        sealer.open(reply.sender_sealed, column=SENDER_COLUMN, row=reply.id) if reply.sender_sealed else ""
    )
    subject = sealer.open(reply.subject_sealed or b"", column=SUBJECT_COLUMN, row=reply.id)
    words = words_of_reply(sealer, reply)
    original = () if reply.is_suspicious else (_original(opened_raw(sealer, reply)[1]),)
    told = f"{name} ({sender or 'no address'}) has answered a reminder. Reminders to them stop for a week."
    parts = [told, *([_SUSPICIOUS] if reply.is_suspicious else []), words]
    return Outgoing(
        marker=str(reply.id),
        sender_name=name,
        reply_to=sender if is_valid(sender) else None,
        recipient=inbox,
        subject=subject or f"Answer from {name}",
        text="\n\n".join(parts),
        headers={"Auto-Submitted": "auto-generated"},
        attachments=original,
    )


def _original(raw: bytes) -> Attachment:
    """As a file to open, not as a part of our own mail: what is in it is a stranger's."""
    return Attachment(name="original.eml", media_type="application/octet-stream", content=raw)


def _may_begin_again(
    ground: Ground, tenant_id: UUID, reply_id: UUID, channel: Channel, intended: Forward
) -> bool:
    """A worker was lost while it handed this over: only a vendor that never saw it lets it go again."""
    outgoing = intended.outgoing
    sought = Sought(outgoing.marker, outgoing.recipient, outgoing.text, intended.received_at)
    found: Found | None = channel.lookup(sought)
    if found is not None and found.outcome is Outcome.NEVER_SEEN:
        return True
    state = ForwardState.SENT if found is not None else ForwardState.UNKNOWN
    _record(ground, tenant_id, reply_id, state, None if found else "The sending was interrupted.")
    return False


def _hand_over(ground: Ground, tenant_id: UUID, reply_id: UUID, channel: Channel, intended: Forward) -> None:
    try:
        channel.send(intended.outgoing)
    except Retryable as busy:
        is_late = ground.clock.now() - intended.received_at > _GIVES_UP_AFTER
        state = ForwardState.FAILED if is_late else ForwardState.WAITING
        _record(ground, tenant_id, reply_id, state, busy.reason)
        if not is_late:
            raise
    except Rejected as refused:
        _record(ground, tenant_id, reply_id, ForwardState.FAILED, refused.reason)
    except OutcomeUnknown as unknown:
        _record(ground, tenant_id, reply_id, ForwardState.UNKNOWN, unknown.reason)
    except Exception as surprise:  # noqa: BLE001 (whatever it was, it may have left)
        _log.error("reply.surprise", reason=type(surprise).__name__)
        _record(ground, tenant_id, reply_id, ForwardState.UNKNOWN, "Something unexpected happened.")
    else:
        _record(ground, tenant_id, reply_id, ForwardState.SENT, None)


def _record(ground: Ground, tenant_id: UUID, reply_id: UUID, state: ForwardState, reason: str | None) -> None:
    with ground.database.tenant(tenant_id) as session:
        reply = session.scalars(select(Reply).where(Reply.id == reply_id).with_for_update()).one()
        reply.forward_state, reply.forward_reason = state, reason
        if state is not ForwardState.WAITING:
            reply.raw_sealed, reply.forwarded_at = None, ground.clock.now()
