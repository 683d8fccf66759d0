"""What text messages and WhatsApp do alike: hand over once, and look for what nobody knows.

Twilio has no key for repeats and no field for a marker of ours. Two things settle an unknown outcome: the status
callback, whose address carries the marker, and the list of messages to that number, in which ours is the one
with the same words taken since the attempt began (docs/decisions/0006).
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from urllib.parse import quote

from app.channels.base import Capabilities, Found, Outcome, Outgoing, Sought
from app.channels.twilio.client import TwilioClient
from app.channels.twilio.wire import Message, MessagePage, Named

# By how much Twilio's clock may be behind ours.
_CLOCKS_DIFFER = timedelta(minutes=5)
_MOST_PAGES = 5
Fields = Callable[[Outgoing], Mapping[str, str]]
Address = Callable[[str], str]


class TwilioChannel:
    """A channel at one business's account. `fields` makes a message's own part of the request."""

    def __init__(
        self,
        client: TwilioClient,
        capabilities: Capabilities,
        *,
        public_url: str,
        address: Address,
        fields: Fields,
    ) -> None:
        self._client, self._capabilities = client, capabilities
        self._public_url, self._address, self._fields = public_url, address, fields

    @property
    def capabilities(self) -> Capabilities:
        return self._capabilities

    def send(self, message: Outgoing) -> str:
        """Hand it over; Twilio's sid of it. Errors as the port has them."""
        form = {
            "To": self._address(message.recipient),
            "StatusCallback": status_address(self._public_url, message.marker),
            **self._fields(message),
        }
        return self._client.write(f"{self._client.account_url}/Messages.json", Named, form=form).sid

    def lookup(self, sought: Sought) -> Found:
        """Look for the same words to the same number since the attempt began. Raises Retryable or Refused."""
        begin, wanted = sought.began_at - _CLOCKS_DIFFER, _words(sought.text)
        page = self._client.read(
            f"{self._client.account_url}/Messages.json",
            MessagePage,
            To=self._address(sought.recipient),
            PageSize="100",
        )
        for _ in range(_MOST_PAGES):
            for message in page.messages:
                if message.created_at is not None and message.created_at < begin:
                    return Found(Outcome.NEVER_SEEN)
                if _is_ours(message) and _words(message.body or "") == wanted:
                    return Found(Outcome.TAKEN, message.sid)
            if page.next_page_uri is None:
                break
            page = self._client.next_page(page.next_page_uri, MessagePage)
        return Found(Outcome.NEVER_SEEN)

    def close(self) -> None:
        self._client.close()


def status_address(public_url: str, marker: str) -> str:
    """Where Twilio tells what became of the attempt with this marker."""
    return f"{public_url}/webhooks/twilio/status?m={quote(marker, safe='')}"


def _is_ours(message: Message) -> bool:
    return message.direction.startswith("outbound")


def _words(text: str) -> str:
    """The words whatever the spaces between them."""
    return " ".join(text.split())
