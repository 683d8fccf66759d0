"""Brings a business's senders of text messages and WhatsApp to life, step by step; every step can be taken again."""

from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.channels.twilio import setting_up
from app.channels.twilio.client import TwilioClient
from app.kit.errors import Rejected
from app.kit.ground import Ground
from app.kit.languages import language_of_business
from app.models import PhoneTemplate, SenderState, Tenant
from app.payments.replan import replan
from app.reminders.cadences import cadences
from app.reminders.phone_accounts import access_of, own_account, phone_account
from app.reminders.phone_words import PhoneTemplateText, templates

_REGISTRATION = (
    "Carriers in the United States and Canada take messages from your number only after it is registered. "
    "That takes three to five working days. Then press Try again."
)
_DECIDED = ("approved", "rejected")


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
        account = own_account(session)
        account.number, account.service_sid, account.looked_at = number.phone_number, service, now
        account.sms_state = SenderState.PENDING if needs_registration else SenderState.READY
        account.sms_reason = _REGISTRATION if needs_registration else None
        session.flush()
        replan(session, now=now)


def _see_whatsapp_through(ground: Ground, tenant_id: UUID, client: TwilioClient, name: str) -> None:
    with ground.database.tenant(tenant_id) as session:
        account = own_account(session)
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
        account = own_account(session)
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
        account, present = own_account(session), _template(session, key)
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
        account = own_account(session)
        account.looked_at = ground.clock.now()
        if account.service_sid is None:
            account.sms_state, account.sms_reason = SenderState.BLOCKED, reason
        else:
            account.whatsapp_state, account.whatsapp_reason = SenderState.BLOCKED.value, reason


def _template(session: Session, key: str) -> PhoneTemplate | None:
    return session.scalars(select(PhoneTemplate).where(PhoneTemplate.key == key)).one_or_none()
