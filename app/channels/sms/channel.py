"""Text messages: plain words from the business's number."""

from collections.abc import Mapping

from app.channels.base import Capabilities, Outgoing
from app.channels.twilio.access import TwilioAccess
from app.channels.twilio.channel import TwilioChannel
from app.channels.twilio.client import TwilioClient
from app.kit.settings import Settings

CAPABILITIES = Capabilities(
    name="sms", has_subject=False, has_html=False, longest_text=1600, answers_lookup=True, at_once=72
)


def sms_channel(settings: Settings, access: TwilioAccess | None) -> TwilioChannel | None:
    """The channel, or None while the business has no number."""
    if access is None or access.service_sid is None:
        return None
    service = access.service_sid

    def fields(message: Outgoing) -> Mapping[str, str]:
        return {"MessagingServiceSid": service, "Body": message.text}

    return TwilioChannel(
        TwilioClient(settings, access),
        CAPABILITIES,
        public_url=settings.public_url,
        address=lambda number: number,
        fields=fields,
    )
