"""What is needed to act for one business at Twilio: its own subaccount and senders."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class TwilioAccess:
    """Credentials of an account, and the senders that a business has there."""

    account_sid: str
    token: str = field(repr=False)
    service_sid: str | None = None
    """The Messaging Service that text messages leave by."""
    whatsapp_sender: str | None = None
    """`whatsapp:+...`, once it is online."""
