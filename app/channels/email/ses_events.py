"""What Amazon SES tells of a mail, in our words. Facts, and whom they are about; no word of a mail.

docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html. Event publishing names the kind
`eventType` and repeats the mail's tags; feedback of an identity (`notificationType`) has no tags and is passed over.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parseaddr
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from app.channels.email.ses import MARKER_TAG, TENANT_TAG, as_amazon_has_it
from app.kit.errors import Rejected

_STATUS = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
_WORD = re.compile(r"[A-Za-z0-9_.-]{1,60}")


class MailFact(StrEnum):
    """What became of a mail."""

    TAKEN = "taken"
    """Amazon has it and tries to deliver it."""
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    """Came back for good: nothing will ever arrive there."""
    NOT_DELIVERED = "not_delivered"
    """Came back this time, or was never let out."""
    COMPLAINED = "complained"
    """The recipient reported it as unwanted."""


@dataclass(frozen=True, slots=True)
class MailEvent:
    """One event of one mail."""

    tenant_id: UUID
    marker: UUID
    vendor_id: str
    fact: MailFact
    code: str | None
    """The vendor's own word or an enhanced status code (RFC 3463), such as `5.1.1`."""
    happened_at: datetime
    recipients: tuple[str, ...] = field(default=(), repr=False)
    """The addresses it is about, in lower case; none: the whole mail."""


def read_event(content: str, *, told_at: datetime) -> MailEvent | None:
    """The event, or None for one that is not about a mail of ours or tells nothing that changes anything."""
    try:
        told = msgspec.json.decode(content)
    except (msgspec.DecodeError, RecursionError):
        return None
    if not isinstance(told, dict):
        return None
    mail = _part(told, "mail")
    tags = _part(mail, "tags")
    tenant_id, marker = _uuid(_first(tags.get(TENANT_TAG))), _uuid(_first(tags.get(MARKER_TAG)))
    read = _fact(told)
    if tenant_id is None or marker is None or read is None:
        return None
    fact, code, at = read
    return MailEvent(
        tenant_id=tenant_id,
        marker=marker,
        vendor_id=_word(mail.get("messageId")) or "told by an event",
        fact=fact,
        code=code,
        happened_at=_moment(at, told_at),
        recipients=_recipients(told),
    )


def as_told(address: str) -> str:
    """An address that we wrote to, as events name it in `recipients`; empty for one that was never written to."""
    try:
        return as_amazon_has_it(address).lower()
    except Rejected:
        return ""


def _fact(told: dict[str, Any]) -> tuple[MailFact, str | None, object] | None:
    match told.get("eventType"):
        case "Send":
            return MailFact.TAKEN, None, _part(told, "mail").get("timestamp")
        case "Delivery":
            return MailFact.DELIVERED, None, _part(told, "delivery").get("timestamp")
        case "Bounce":
            bounce = _part(told, "bounce")
            is_final = bounce.get("bounceType") == "Permanent"
            fact = MailFact.BOUNCED if is_final else MailFact.NOT_DELIVERED
            return fact, _bounce_code(bounce), bounce.get("timestamp")
        case "Complaint":
            complaint = _part(told, "complaint")
            return MailFact.COMPLAINED, _complaint_code(complaint), complaint.get("timestamp")
        case "Reject":
            return MailFact.NOT_DELIVERED, "rejected", None
        case _:  # delays end in one of the above; opens and clicks are not looked at
            return None


def _recipients(told: dict[str, Any]) -> tuple[str, ...]:
    """Amazon tells of each recipient by itself, or of several together; never of others than the mail's."""
    named = {
        "Delivery": _part(told, "delivery").get("recipients"),
        "Bounce": _part(told, "bounce").get("bouncedRecipients"),
        "Complaint": _part(told, "complaint").get("complainedRecipients"),
    }.get(str(told.get("eventType")))
    listed = named if isinstance(named, list) else []
    found = (one.get("emailAddress") if isinstance(one, dict) else one for one in listed)
    return tuple(parseaddr(one)[1].lower() for one in found if isinstance(one, str) and "@" in one)


def _bounce_code(bounce: dict[str, Any]) -> str | None:
    recipients = bounce.get("bouncedRecipients")
    first = recipients[0] if isinstance(recipients, list) and recipients else {}
    status = first.get("status") if isinstance(first, dict) else None
    found = _STATUS.search(status) if isinstance(status, str) else None
    return found[0] if found else _word(bounce.get("bounceSubType"))


def _complaint_code(complaint: dict[str, Any]) -> str | None:
    return _word(complaint.get("complaintFeedbackType")) or _word(complaint.get("complaintSubType"))


def _part(told: dict[str, Any], name: str) -> dict[str, Any]:
    part = told.get(name)
    return part if isinstance(part, dict) else {}


def _first(values: object) -> object:
    return values[0] if isinstance(values, list) and values else None


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _word(value: object) -> str | None:
    return value if isinstance(value, str) and _WORD.fullmatch(value) else None


def _moment(value: object, otherwise: datetime) -> datetime:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else otherwise
    except ValueError:
        return otherwise
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
