"""The parts of Twilio's answers that are read. Everything else is ignored."""

from datetime import datetime
from email.utils import parsedate_to_datetime

import msgspec


class Message(msgspec.Struct):
    """A message as the API has it, in or out."""

    sid: str
    status: str
    direction: str
    to: str
    body: str | None = None
    sender: str | None = msgspec.field(name="from", default=None)
    error_code: int | None = None
    date_created: str | None = None

    @property
    def created_at(self) -> datetime | None:
        """When Twilio took it; None if it does not say."""
        return parsedate_to_datetime(self.date_created) if self.date_created else None


class MessagePage(msgspec.Struct):
    """One page of the list, newest first."""

    messages: list[Message]
    next_page_uri: str | None = None


class Refusal(msgspec.Struct):
    """What a refusal says."""

    code: int | None = None


class Account(msgspec.Struct):
    """A subaccount just made: the one time its token is told."""

    sid: str
    auth_token: str
    friendly_name: str = ""


class Accounts(msgspec.Struct):
    accounts: list[Account]


class Named(msgspec.Struct):
    """Anything made, by its sid."""

    sid: str


class PhoneNumber(msgspec.Struct):
    phone_number: str
    sid: str = ""


class ToBeHad(msgspec.Struct):
    available_phone_numbers: list[PhoneNumber]


class Bought(msgspec.Struct):
    incoming_phone_numbers: list[PhoneNumber]


class Service(msgspec.Struct):
    sid: str
    friendly_name: str


class Services(msgspec.Struct):
    services: list[Service]


class Sender(msgspec.Struct):
    """A WhatsApp sender and whether it is ONLINE."""

    sid: str
    status: str
    sender_id: str


class Content(msgspec.Struct):
    sid: str
    friendly_name: str


class Contents(msgspec.Struct):
    contents: list[Content]


class Decision(msgspec.Struct):
    """What WhatsApp thinks of a template."""

    status: str
    rejection_reason: str | None = None


class Approval(msgspec.Struct):
    whatsapp: Decision
