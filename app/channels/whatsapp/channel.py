"""WhatsApp: an approved template and what fills it. Free words are never sent, since a reminder begins the talk."""

import json
from collections.abc import Mapping

from app.channels.base import Capabilities, Meaning, Outgoing, Refused
from app.channels.twilio.access import TwilioAccess
from app.channels.twilio.channel import TwilioChannel
from app.channels.twilio.client import TwilioClient
from app.kit.settings import Settings

CAPABILITIES = Capabilities(
    name="whatsapp", has_subject=False, has_html=False, longest_text=1024, answers_lookup=True, at_once=72
)


def whatsapp_channel(settings: Settings, access: TwilioAccess | None) -> TwilioChannel | None:
    """The channel, or None while the business has no sender that is online."""
    if access is None or access.whatsapp_sender is None:
        return None
    sender = access.whatsapp_sender

    def fields(message: Outgoing) -> Mapping[str, str]:
        if message.template is None:
            reason = "There is no approved WhatsApp text for this message."
            raise Refused(reason, meaning=Meaning.TEMPLATE, code="none")
        variables = json.dumps(dict(message.variables))
        return {"From": sender, "ContentSid": message.template, "ContentVariables": variables}

    return TwilioChannel(
        TwilioClient(settings, access),
        CAPABILITIES,
        public_url=settings.public_url,
        address=lambda number: f"whatsapp:{number}",
        fields=fields,
    )
