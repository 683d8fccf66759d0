"""What the owner asks for on the way to text messages and WhatsApp; `phone_senders` goes it with the provider."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.channels.base import Outgoing
from app.channels.registry import SMS
from app.channels.twilio import setting_up
from app.channels.twilio.access import TwilioAccess
from app.channels.twilio.client import TwilioClient
from app.kit.database import tenant_of
from app.kit.errors import Rejected
from app.kit.ground import Ground
from app.models import ConsentBasis, PhoneAccount, Route, SenderState, Tenant
from app.payments.replan import replan
from app.reminders.compose import clean
from app.reminders.openings import opened
from app.reminders.phone_accounts import ROUTE_KIND, TOKEN_COLUMN, own_account, phone_account
from app.reminders.phone_numbers import mobile_number
from app.tasks import kinds
from app.tasks.queue import enqueue

_NOT_OFFERED = "Text messages are not offered by this installation."


def begin(ground: Ground, tenant_id: UUID) -> None:
    """Give the business an account of its own. Raises Rejected, Retryable or OutcomeUnknown; safe to repeat."""
    settings = ground.settings
    if not settings.twilio_account_sid:
        raise Rejected(_NOT_OFFERED)
    with ground.database.tenant(tenant_id) as session:
        if phone_account(session) is not None:
            return
    access = TwilioAccess(settings.twilio_account_sid, settings.twilio_auth_token.get_secret_value())
    platform = TwilioClient(settings, access)
    try:
        made = setting_up.find_or_make_subaccount(platform, f"DueMate {tenant_id}")
    finally:
        platform.close()
    now, account_id = ground.clock.now(), uuid4()
    with ground.database.tenant(tenant_id) as session:
        session.scalars(select(Tenant).with_for_update(key_share=True)).one()
        if phone_account(session) is not None:
            return
        sealed = ground.sealer(session).seal(made.auth_token, column=TOKEN_COLUMN, row=account_id)
        session.add(
            PhoneAccount(
                tenant_id=tenant_id,
                id=account_id,
                account_sid=made.sid,
                token_sealed=sealed,
                created_at=now,
            )
        )
        session.add(Route(kind=ROUTE_KIND, outside_key=made.sid, tenant_id=tenant_id, subject_id=account_id))
        session.flush()
        ask_to_set_up(session, tenant_id, now=now)


def ask_to_set_up(session: Session, tenant_id: UUID, *, now: datetime) -> None:
    """Take whatever step is next."""
    key = f"{kinds.PHONE_SET_UP}:{tenant_id}"
    enqueue(session, kind=kinds.PHONE_SET_UP, tenant_id=tenant_id, key=key, run_at=now, now=now)


def state_basis(session: Session, basis: ConsentBasis, *, user_id: UUID, now: datetime) -> None:
    """Keep on what word of its customers the business writes to their phones, and who said so."""
    account = own_account(session)
    account.basis, account.basis_by, account.basis_at = basis, user_id, now
    session.flush()
    replan(session, now=now)


def ask_for_whatsapp(session: Session, *, now: datetime) -> None:
    """The business wants WhatsApp too."""
    account = own_account(session)
    if account.whatsapp_state == SenderState.OFF:
        account.whatsapp_state, account.whatsapp_reason = SenderState.PENDING.value, None
    ask_to_set_up(session, tenant_of(session), now=now)


def try_again(session: Session, *, now: datetime) -> None:
    """The owner has mended what blocked a sender: the next message shows whether that is so."""
    account = own_account(session)
    if account.sms_state in (SenderState.BLOCKED, SenderState.PENDING) and account.service_sid:
        account.sms_state, account.sms_reason = SenderState.READY, None
    if account.whatsapp_state == SenderState.BLOCKED:
        account.whatsapp_state, account.whatsapp_reason = SenderState.PENDING.value, None
    session.flush()
    ask_to_set_up(session, tenant_of(session), now=now)
    replan(session, now=now)


def send_test(ground: Ground, tenant_id: UUID, written: str) -> str:
    """Text the owner's own phone; the number it went to. Raises Rejected, Retryable or OutcomeUnknown."""
    with ground.database.tenant(tenant_id) as session:
        tenant = session.scalars(select(Tenant)).one()
        country, name = tenant.country_code, tenant.name
    number = mobile_number(written, country)
    if number is None:
        raise Rejected("That is not a mobile number, such as +44 7911 123456.")
    with opened(ground, tenant_id) as channels:
        channel = channels.get(SMS)
        if channel is None:
            raise Rejected("Your number is not ready yet.")
        channel.send(
            Outgoing(
                marker=f"test-{uuid4()}",
                sender_name=name,
                reply_to=None,
                recipient=number,
                subject="",
                text=f"{clean(name)}: this is a test of your text messages. Reply STOP to get no more of these.",
            )
        )
    return number
