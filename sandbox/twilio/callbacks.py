"""Requests to the customer of Twilio, signed as twilio.com/docs/usage/security has it."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from sandbox.webhooks import WebhookSender

if TYPE_CHECKING:
    from sandbox.twilio.state import Account, Text


class Callbacks:
    """Posts forms. Twilio does not repeat a status callback unless its address asks for it, so neither is this."""

    def __init__(self, webhooks: WebhookSender) -> None:
        self._webhooks = webhooks

    def status(self, text: "Text", status: str) -> None:
        """Tell the address that the message named."""
        fields = {
            "MessageSid": text.sid,
            "SmsSid": text.sid,
            "MessageStatus": status,
            "SmsStatus": status,
            "To": text.to,
            "From": text.sender,
            "AccountSid": text.account.sid,
            "ApiVersion": "2010-04-01",
        }
        if text.service:
            fields["MessagingServiceSid"] = text.service
        if text.error is not None:
            fields["ErrorCode"] = str(text.error)
        if text.is_whatsapp:
            fields |= {"ChannelPrefix": "whatsapp", "ChannelToAddress": text.to}
        self.post(text.account, text.callback, fields, name=f"status {status}")

    def inbound(self, text: "Text", url: str, *, opt_out_type: str) -> None:
        """Tell the service's address that somebody wrote."""
        fields = {
            "MessageSid": text.sid,
            "SmsMessageSid": text.sid,
            "AccountSid": text.account.sid,
            "From": text.sender,
            "To": text.to,
            "Body": text.body,
            "NumMedia": "0",
            "NumSegments": "1",
            "ApiVersion": "2010-04-01",
            "SmsStatus": "received",
        }
        if text.service:
            fields["MessagingServiceSid"] = text.service
        if opt_out_type:
            fields["OptOutType"] = opt_out_type
        self.post(text.account, url, fields, name="inbound")

    def post(self, account: "Account", url: str, fields: Mapping[str, str], *, name: str) -> None:
        """One signed form."""
        self._webhooks.send(
            vendor="twilio",
            url=url,
            body=urlencode(fields).encode(),
            headers=lambda: {
                "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
                "User-Agent": "TwilioProxy/1.1",
                "X-Twilio-Signature": signature(account.token, url, fields),
            },
            retry_after=(),
            name=name,
        )


def signature(token: str, url: str, fields: Mapping[str, str]) -> str:
    """HMAC-SHA1 over the whole address and the fields in order of their names, in base64."""
    told = url + "".join(f"{name}{fields[name]}" for name in sorted(fields))
    return base64.b64encode(hmac.new(token.encode(), told.encode(), hashlib.sha1).digest()).decode()
