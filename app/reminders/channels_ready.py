"""By which channels a business's messages can leave, told from its settings alone: nothing is opened."""

from sqlalchemy.orm import Session

from app.channels.email.transport import installation_sends_mail
from app.channels.registry import EMAIL, SMS, WHATSAPP
from app.kit.settings import Settings
from app.models import SenderState
from app.reminders.mail_servers import can_send_mail
from app.reminders.phone_accounts import phone_account


def channels_of_the_house(settings: Settings) -> frozenset[str]:
    """What a business without senders of its own has: the installation's mail, if it sends any."""
    return frozenset({EMAIL}) if installation_sends_mail(settings) else frozenset()


def ready_channels(session: Session, settings: Settings) -> frozenset[str]:
    """Mail with a server to leave by, and each way to a phone whose sender the provider has let in."""
    account = phone_account(session)
    can = {
        EMAIL: can_send_mail(session, settings),
        SMS: account is not None
        and account.service_sid is not None
        and account.sms_state is SenderState.READY,
        WHATSAPP: account is not None and account.whatsapp_state == SenderState.READY,
    }
    return frozenset(name for name, is_ready in can.items() if is_ready)
