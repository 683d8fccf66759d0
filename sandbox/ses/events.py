"""The events of a mail, worded as docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-examples.html."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any


@dataclass(frozen=True)
class Sent:
    """A mail that was taken."""

    id: str
    sender: str
    recipient: str
    """Whom an event is about: each recipient has events of their own."""
    destination: tuple[str, ...]
    """Everybody it went to, copies among them."""
    tags: Mapping[str, str]
    configuration_set: str
    sent_at: datetime


class Event(Enum):
    """What can be told of it."""

    SEND = "send"
    DELIVERY = "delivery"
    PERMANENT_BOUNCE = "permanent bounce"
    SUPPRESSED_BOUNCE = "suppressed bounce"
    TRANSIENT_BOUNCE = "transient bounce"
    DELAY = "delay"
    COMPLAINT = "complaint"
    REJECT = "reject"

    def body(self, sent: Sent, now: datetime) -> str:
        kind, part = _WORDED[self](sent, moment(now))
        name = kind[0].lower() + kind[1:]
        return json.dumps({"eventType": kind, "mail": _mail(sent), name: part})


class Fate(Enum):
    """What becomes of the mails to an address: the events in their order."""

    DELIVERED = "delivered"
    GONE = "gone"
    SUPPRESSED = "suppressed"
    FULL = "full"
    SLOW = "slow"
    COMPLAINT = "complaint"
    GONE_LATER = "gone later"
    VIRUS = "virus"

    @property
    def events(self) -> tuple[Event, ...]:
        return _EVENTS[self]


_EVENTS = {
    Fate.DELIVERED: (Event.DELIVERY,),
    Fate.GONE: (Event.PERMANENT_BOUNCE,),
    Fate.SUPPRESSED: (Event.SUPPRESSED_BOUNCE,),
    Fate.FULL: (Event.TRANSIENT_BOUNCE,),
    Fate.SLOW: (Event.DELAY, Event.DELIVERY),
    Fate.COMPLAINT: (Event.DELIVERY, Event.COMPLAINT),
    Fate.GONE_LATER: (Event.DELIVERY, Event.PERMANENT_BOUNCE),
    Fate.VIRUS: (Event.REJECT,),
}
_SIMULATOR = "@simulator.amazonses.com"
_SIMULATED = {"bounce": Fate.GONE, "complaint": Fate.COMPLAINT, "suppressionlist": Fate.SUPPRESSED}


def fate_of(address: str) -> Fate:
    """The fate of the mailbox simulator's addresses; all others are delivered to."""
    name, _, domain = address.lower().partition("@")
    if f"@{domain}" != _SIMULATOR:
        return Fate.DELIVERED
    return _SIMULATED.get(name.partition("+")[0], Fate.DELIVERED)


def moment(at: datetime) -> str:
    """Milliseconds and a Z, as Amazon writes times."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def _mail(sent: Sent) -> dict[str, Any]:
    return {
        "timestamp": moment(sent.sent_at),
        "source": sent.sender,
        "sourceArn": "arn:aws:ses:eu-west-1:111122223333:identity/duemate.example",
        "sendingAccountId": "111122223333",
        "messageId": sent.id,
        "destination": list(sent.destination),
        "headersTruncated": False,
        "headers": [{"name": "To", "value": sent.destination[0]}],
        "tags": {
            "ses:operation": ["SendEmail"],
            "ses:configuration-set": [sent.configuration_set],
            **{name: [value] for name, value in sent.tags.items()},
        },
    }


def _bounce(kind: str, subtype: str, status: str) -> Any:
    def worded(sent: Sent, at: str) -> tuple[str, dict[str, Any]]:
        recipient = {
            "emailAddress": sent.recipient,
            "action": "failed",
            "status": status,
            "diagnosticCode": f"smtp; 550 {status} <{sent.recipient}> not taken",
        }
        return "Bounce", {
            "bounceType": kind,
            "bounceSubType": subtype,
            "bouncedRecipients": [recipient],
            "timestamp": at,
            "feedbackId": f"{sent.id}-feedback",
            "reportingMTA": "dsn; a8-70.smtp-out.amazonses.com",
        }

    return worded


def _send(_sent: Sent, _at: str) -> tuple[str, dict[str, Any]]:
    return "Send", {}


def _delivery(sent: Sent, at: str) -> tuple[str, dict[str, Any]]:
    return "Delivery", {
        "timestamp": at,
        "processingTimeMillis": 3786,
        "recipients": [sent.recipient],
        "smtpResponse": "250 2.6.0 Message received",
        "reportingMTA": "mta.example.com",
    }


def _delay(sent: Sent, at: str) -> tuple[str, dict[str, Any]]:
    return "DeliveryDelay", {
        "timestamp": at,
        "delayType": "MailboxFull",
        "expirationTime": at,
        "delayedRecipients": [{"emailAddress": sent.recipient, "status": "4.2.2"}],
    }


def _complaint(sent: Sent, at: str) -> tuple[str, dict[str, Any]]:
    return "Complaint", {
        "complainedRecipients": [{"emailAddress": sent.recipient}],
        "timestamp": at,
        "feedbackId": f"{sent.id}-complaint",
        "complaintSubType": None,
        "complaintFeedbackType": "abuse",
        "userAgent": "Some Mail Program/1.0",
    }


def _reject(_sent: Sent, _at: str) -> tuple[str, dict[str, Any]]:
    return "Reject", {"reason": "Bad content"}


_WORDED = {
    Event.SEND: _send,
    Event.DELIVERY: _delivery,
    Event.PERMANENT_BOUNCE: _bounce("Permanent", "General", "5.1.1"),
    Event.SUPPRESSED_BOUNCE: _bounce("Permanent", "OnAccountSuppressionList", "5.1.1"),
    Event.TRANSIENT_BOUNCE: _bounce("Transient", "MailboxFull", "4.2.2"),
    Event.DELAY: _delay,
    Event.COMPLAINT: _complaint,
    Event.REJECT: _reject,
}
