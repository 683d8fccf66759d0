"""The one list of channels. A new channel is one folder and one line here."""

from collections.abc import Callable, Mapping

from app.channels.base import Channel
from app.channels.email.transport import MailAccess, email_channel
from app.channels.sms.channel import sms_channel
from app.channels.twilio.access import TwilioAccess
from app.channels.whatsapp.channel import whatsapp_channel
from app.kit.settings import Settings

EMAIL, SMS, WHATSAPP = "email", "sms", "whatsapp"
PHONE_CHANNELS = (SMS, WHATSAPP)

CHANNELS: Mapping[str, Callable[[Settings, TwilioAccess | None, MailAccess | None], Channel | None]] = {
    EMAIL: lambda settings, _phone, mail: email_channel(settings, mail),
    SMS: lambda settings, phone, _mail: sms_channel(settings, phone),
    WHATSAPP: lambda settings, phone, _mail: whatsapp_channel(settings, phone),
}
"""By name, how the channel is opened for a business; None when it has not been set up."""


def open_channel(
    settings: Settings, name: str, access: TwilioAccess | None = None, mail: MailAccess | None = None
) -> Channel | None:
    """A channel ready to use, or None when it is not set up. Close it after the batch."""
    return CHANNELS[name](settings, access, mail)


def has_channel(
    settings: Settings, name: str, access: TwilioAccess | None = None, mail: MailAccess | None = None
) -> bool:
    """Whether messages can leave on this channel. Connects to nothing."""
    channel = open_channel(settings, name, access, mail)
    if channel is not None:
        channel.close()
    return channel is not None
