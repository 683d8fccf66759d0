"""A business's account at the messaging provider, as our own row has it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.channels.registry import SMS, WHATSAPP
from app.channels.twilio.access import TwilioAccess
from app.kit.errors import Rejected
from app.kit.ground import Ground
from app.models import PhoneAccount, PhoneTemplate, SenderState

ROUTE_KIND = "twilio"
TOKEN_COLUMN = "phone_account.token"  # noqa: S105 (a column's name)
APPROVED = "approved"


def phone_account(session: Session) -> PhoneAccount | None:
    """The tenant's account; None while phones are not set up."""
    return session.scalars(select(PhoneAccount)).one_or_none()


def own_account(session: Session) -> PhoneAccount:
    """The tenant's account. Raises Rejected before the business has begun."""
    account = phone_account(session)
    if account is None:
        raise Rejected("Set up text messages first.")
    return account


def access_of(session: Session, ground: Ground, account: PhoneAccount) -> TwilioAccess:
    """What is needed to act for it. Senders that are not ready are left out."""
    token = ground.sealer(session).open(account.token_sealed, column=TOKEN_COLUMN, row=account.id)
    has_whatsapp = account.whatsapp_state == SenderState.READY
    return TwilioAccess(
        account_sid=account.account_sid,
        token=token,
        service_sid=account.service_sid if account.sms_state is SenderState.READY else None,
        whatsapp_sender=f"whatsapp:{account.number}" if has_whatsapp else None,
    )


def approved_templates(session: Session) -> dict[str, str]:
    """The provider's ids of the texts that WhatsApp has approved, by key."""
    rows = session.execute(
        select(PhoneTemplate.key, PhoneTemplate.content_sid).where(PhoneTemplate.status == APPROVED)
    )
    return {key: sid for key, sid in rows}  # noqa: C416 (a Row is not a pair of types)


def block(session: Session, channel: str, reason: str) -> None:
    """The provider does not let this sender write: nothing more is tried by it before it has been looked at."""
    account = phone_account(session)
    if account is None:
        return
    if channel == SMS:
        account.sms_state, account.sms_reason = SenderState.BLOCKED, reason
    elif channel == WHATSAPP:
        account.whatsapp_state, account.whatsapp_reason = SenderState.BLOCKED.value, reason
