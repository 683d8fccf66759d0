"""What the messaging provider told: stored as ids, then looked into by one task for each business (law 3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.channels.base import Refused
from app.channels.twilio.client import TwilioClient
from app.channels.twilio.wire import Message as Told
from app.connectors.base import ChangeNotice
from app.kit.errors import DueMateError, Retryable
from app.kit.ground import Ground
from app.kit.log import get_log
from app.models import InboundEvent, Message, MessageState, PhoneAccount, Route
from app.reminders.phone_accounts import ROUTE_KIND, TOKEN_COLUMN, access_of, phone_account
from app.reminders.phone_inbound import take_in
from app.reminders.phone_receipts import apply_status
from app.tasks import kinds
from app.tasks.queue import enqueue

# What is on its way says nothing yet; `sent` proves that the message was taken.
_TOLD = frozenset({"sent", "delivered", "read", "undelivered", "failed"})
_BATCH = 100
_NOT_THERE = ("20404", "404")
# A callback that got lost is never repeated, so whatever has no end after this time is asked about, for two days.
_UNANSWERED_AFTER, _UNANSWERED_UNTIL = timedelta(minutes=10), timedelta(days=2)

_log = get_log("phones")


@dataclass(frozen=True, slots=True)
class PhoneOwner:
    """Whose account a webhook names."""

    tenant_id: UUID
    account_id: UUID


def owner_of(ground: Ground, account_sid: str) -> PhoneOwner | None:
    """The business behind an account; None if it is none of ours."""
    with ground.database.platform() as session:
        route = session.get(Route, (ROUTE_KIND, account_sid))
        return PhoneOwner(route.tenant_id, route.subject_id) if route else None


def token_of(ground: Ground, owner: PhoneOwner) -> str:
    """What the account's webhooks are signed with."""
    with ground.database.tenant(owner.tenant_id) as session:
        account = session.get_one(PhoneAccount, (owner.tenant_id, owner.account_id))
        return ground.sealer(session).open(account.token_sealed, column=TOKEN_COLUMN, row=account.id)


def event_of(kind: str, fields: Mapping[str, str], *, marker: str) -> ChangeNotice | None:
    """A webhook as ids; None if it says nothing that anybody waits for."""
    sid = fields.get("MessageSid", "")
    if not sid or len(sid) > 64 or len(marker) > 64:
        return None
    if kind == "inbound":
        word = fields.get("OptOutType", "")
        kind = f"inbound {word}" if word in ("STOP", "START") else kind
        return ChangeNotice(f"inbound {sid}", fields["AccountSid"], kind, sid)
    status = fields.get("MessageStatus", "")
    if status not in _TOLD:
        return None
    return ChangeNotice(f"{sid} {status}", fields["AccountSid"], kind, f"{sid} {marker}".strip())


def ask_to_look(session: Session, tenant_id: UUID, *, now: datetime) -> None:
    """One task for each business: a storm of webhooks becomes one look, or two."""
    key = f"{kinds.PHONE_EVENTS}:{tenant_id}"
    enqueue(session, kind=kinds.PHONE_EVENTS, tenant_id=tenant_id, key=key, run_at=now, now=now)


def look_into_events(ground: Ground, tenant_id: UUID) -> bool:
    """Read what the stored events name, and keep what it means. True if there is more."""
    with ground.database.tenant(tenant_id) as session:
        account = phone_account(session)
        access = access_of(session, ground, account) if account else None
    if access is None:
        return False
    client = TwilioClient(ground.settings, access)
    try:
        return _look(ground, tenant_id, client)
    finally:
        client.close()


def _look(ground: Ground, tenant_id: UUID, client: TwilioClient) -> bool:
    with ground.database.platform() as session:
        events = session.scalars(
            select(InboundEvent)
            .where(
                InboundEvent.source == ROUTE_KIND,
                InboundEvent.outside_org == client.access.account_sid,
                InboundEvent.handled_at.is_(None),
            )
            .order_by(InboundEvent.received_at, InboundEvent.id)
            .limit(_BATCH)
        ).all()
    by_sid: dict[str, list[InboundEvent]] = {}
    for event in events:
        by_sid.setdefault(event.subject.partition(" ")[0], []).append(event)
    refused = [_look_at(ground, tenant_id, client, sid, about) for sid, about in by_sid.items()]
    for failure in filter(None, refused):
        # It may be a STOP. What is only refused now, for a token that was changed say, is asked for again.
        raise Retryable(failure.reason) from failure
    if not events:
        _ask_about_unanswered(ground, tenant_id, client)
    return len(events) == _BATCH


def _look_at(
    ground: Ground, tenant_id: UUID, client: TwilioClient, sid: str, about: Sequence[InboundEvent]
) -> DueMateError | None:
    """One read settles all that was told of a message; what refused it. One that is not there is left out, for good."""
    try:
        told = client.read(f"{client.account_url}/Messages/{sid}.json", Told)
    except Refused as refused:
        _log.warning("event.unreadable", reason=refused.reason, code=refused.code)
        if refused.code not in _NOT_THERE:
            return refused
    else:
        _apply(ground, tenant_id, told, about)
    with ground.database.platform() as session:
        session.execute(
            update(InboundEvent)
            .where(InboundEvent.id.in_([event.id for event in about]))
            .values(handled_at=ground.clock.now())
        )
    return None


def _apply(ground: Ground, tenant_id: UUID, told: Told, about: Sequence[InboundEvent]) -> None:
    markers = [marker for event in about if (marker := event.subject.partition(" ")[2])]
    with ground.database.tenant(tenant_id) as session:
        if told.direction == "inbound":
            take_in(session, ground, told, word=about[0].kind.partition(" ")[2])
        else:
            apply_status(session, ground, told, marker=markers[0] if markers else None)


def _ask_about_unanswered(ground: Ground, tenant_id: UUID, client: TwilioClient) -> None:
    now = ground.clock.now()
    with ground.database.tenant(tenant_id) as session:
        waiting = session.scalars(
            select(Message.vendor_id)
            .where(
                Message.channel.in_(["sms", "whatsapp"]),
                Message.state == MessageState.SENT,
                Message.delivery.is_(None),
                Message.vendor_id.like("_M%"),
                Message.started_at.between(now - _UNANSWERED_UNTIL, now - _UNANSWERED_AFTER),
            )
            .order_by(Message.started_at)
            .limit(_BATCH)
        ).all()
    for sid in waiting:
        _look_at(ground, tenant_id, client, sid or "", ())


def businesses_with_phones(session: Session) -> Sequence[UUID]:
    """Every tenant that has an account at the provider."""
    return session.scalars(select(Route.tenant_id).where(Route.kind == ROUTE_KIND).distinct()).all()
