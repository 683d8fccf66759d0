"""Sets a business up for text messages and WhatsApp, step by step; every step can be taken again."""

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
from app.models import ConsentBasis, PhoneAccount, PhoneTemplate, Route, SenderState, Tenant
from app.payments.replan import replan
from app.reminders.cadences import cadences
from app.reminders.compose import clean
from app.reminders.languages import language_of_business
from app.reminders.openings import opened
from app.reminders.phone_accounts import ROUTE_KIND, TOKEN_COLUMN, access_of, phone_account
from app.reminders.phone_numbers import mobile_number
from app.reminders.phone_words import PhoneTemplateText, templates
from app.tasks import kinds
from app.tasks.queue import enqueue

_NOT_OFFERED = "Text messages are not offered by this installation."
_REGISTRATION = (
    "Carriers in the United States and Canada take messages from your number only after it is registered. "
    "That takes three to five working days. Then press Try again."
)
_DECIDED = ("approved", "rejected")


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
    account = _account(session)
    account.basis, account.basis_by, account.basis_at = basis, user_id, now
    session.flush()
    replan(session, now=now)


def ask_for_whatsapp(session: Session, *, now: datetime) -> None:
    """The business wants WhatsApp too."""
    account = _account(session)
    if account.whatsapp_state == SenderState.OFF:
        account.whatsapp_state, account.whatsapp_reason = SenderState.PENDING.value, None
    ask_to_set_up(session, tenant_of(session), now=now)


def try_again(session: Session, *, now: datetime) -> None:
    """The owner has mended what blocked a sender: the next message shows whether that is so."""
    account = _account(session)
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


def see_through(ground: Ground, tenant_id: UUID) -> None:
    """The steps that can be taken now. Raises what the provider's errors are; nothing is made twice."""
    with ground.database.tenant(tenant_id) as session:
        account = phone_account(session)
        if account is None:
            return
        session.expunge(account)
        tenant = session.scalars(select(Tenant)).one()
        access, country, name = access_of(session, ground, account), tenant.country_code, tenant.name
    client = TwilioClient(ground.settings, access)
    try:
        if account.service_sid is None:
            _get_number(ground, tenant_id, client, country)
        if account.whatsapp_state != SenderState.OFF:
            _see_whatsapp_through(ground, tenant_id, client, name)
    except Rejected as refused:
        _note_refusal(ground, tenant_id, refused.reason)
    finally:
        client.close()


def _get_number(ground: Ground, tenant_id: UUID, client: TwilioClient, country: str) -> None:
    number = setting_up.find_or_buy_number(client, country)
    service = setting_up.find_or_make_service(client, number, public_url=ground.settings.public_url)
    needs_registration = number.phone_number.startswith("+1")
    now = ground.clock.now()
    with ground.database.tenant(tenant_id) as session:
        account = _account(session)
        account.number, account.service_sid, account.looked_at = number.phone_number, service, now
        account.sms_state = SenderState.PENDING if needs_registration else SenderState.READY
        account.sms_reason = _REGISTRATION if needs_registration else None
        session.flush()
        replan(session, now=now)


def _see_whatsapp_through(ground: Ground, tenant_id: UUID, client: TwilioClient, name: str) -> None:
    with ground.database.tenant(tenant_id) as session:
        account = _account(session)
        sid, number, state = account.whatsapp_sid, account.number, account.whatsapp_state
    if number is None:
        return
    if sid is None:
        sender = setting_up.make_whatsapp_sender(
            client, number, name=name, public_url=ground.settings.public_url
        )
    else:
        sender = setting_up.whatsapp_sender(client, sid)
    is_online = sender.status == "ONLINE"
    now = ground.clock.now()
    with ground.database.tenant(tenant_id) as session:
        account = _account(session)
        account.whatsapp_sid, account.looked_at = sender.sid, now
        if state == SenderState.PENDING and is_online:
            account.whatsapp_state, account.whatsapp_reason = SenderState.READY.value, None
            session.flush()
            replan(session, now=now)
    for text in templates_of(ground, tenant_id):
        _see_template_through(ground, tenant_id, client, text)


def templates_of(ground: Ground, tenant_id: UUID) -> list[PhoneTemplateText]:
    """The WhatsApp texts in the languages of the business's cadences."""
    with ground.database.tenant(tenant_id) as session:
        languages = {cadence.language for cadence in cadences(session)}
        country = session.scalars(select(Tenant.country_code)).one()
    return templates(sorted(languages or {language_of_business(country)}))


def _see_template_through(
    ground: Ground, tenant_id: UUID, client: TwilioClient, text: PhoneTemplateText
) -> None:
    with ground.database.tenant(tenant_id) as session:
        present = _template(session, text.key)
        sid, status = (present.content_sid, present.status) if present else (None, "unsubmitted")
    if sid is None:
        sid = setting_up.find_or_make_template(
            client, name=text.key, language=text.language, body=text.body, examples=text.examples
        )
    decision = setting_up.approval(client, sid)
    if decision.status == "unsubmitted":
        setting_up.ask_for_approval(client, sid, name=text.key)
        decision = setting_up.approval(client, sid)
    if present is not None and decision.status == status:
        return
    _keep_template(
        ground, tenant_id, text.key, sid, status=decision.status, reason=decision.rejection_reason or None
    )


def _keep_template(
    ground: Ground, tenant_id: UUID, key: str, sid: str, *, status: str, reason: str | None
) -> None:
    now = ground.clock.now()
    with ground.database.tenant(tenant_id) as session:
        account, present = _account(session), _template(session, key)
        if present is None:
            present = PhoneTemplate(
                tenant_id=tenant_id, id=uuid4(), account_id=account.id, key=key, asked_at=now
            )
            session.add(present)
        present.content_sid, present.status, present.reason = sid, status, reason
        session.flush()
        if status in _DECIDED:
            replan(session, now=now)


def _note_refusal(ground: Ground, tenant_id: UUID, reason: str) -> None:
    with ground.database.tenant(tenant_id) as session:
        account = _account(session)
        account.looked_at = ground.clock.now()
        if account.service_sid is None:
            account.sms_state, account.sms_reason = SenderState.BLOCKED, reason
        else:
            account.whatsapp_state, account.whatsapp_reason = SenderState.BLOCKED.value, reason


def _template(session: Session, key: str) -> PhoneTemplate | None:
    return session.scalars(select(PhoneTemplate).where(PhoneTemplate.key == key)).one_or_none()


def _account(session: Session) -> PhoneAccount:
    """Raises Rejected before the business has begun."""
    account = phone_account(session)
    if account is None:
        raise Rejected("Set up text messages first.")
    return account
