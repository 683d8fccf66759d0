"""A business's own domain at Amazon SES, proven by DKIM (docs.aws.amazon.com/ses/latest/dg/creating-identities.html).

Amazon gives three tokens; each becomes a CNAME record that the domain's owner publishes. Amazon looks for them for
72 hours and goes on watching them afterwards.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from botocore.exceptions import BotoCoreError, ClientError

from app.channels.email.ses import TENANT_TAG, ses_client
from app.channels.email.ses_refusals import broken_line, refusal
from app.channels.email.ses_tenants import associate
from app.kit.errors import Rejected, Retryable
from app.kit.settings import Settings


class Proof(StrEnum):
    """Whether Amazon has seen the records."""

    PENDING = "pending"
    SEEN = "seen"
    NOT_SEEN = "not_seen"
    """Not within 72 hours. It has to be asked for anew."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A domain as Amazon has it."""

    tokens: tuple[str, ...]
    proof: Proof


@dataclass(frozen=True, slots=True)
class DnsRecord:
    """A CNAME record to publish."""

    name: str
    target: str


def records(domain: str, tokens: tuple[str, ...]) -> list[DnsRecord]:
    """The records that prove the domain."""
    return [DnsRecord(f"{token}._domainkey.{domain}", f"{token}.dkim.amazonses.com") for token in tokens]


def ask_for_domain(settings: Settings, domain: str, *, owner: UUID) -> Identity:
    """Make the identity; one that is there is read. Raises Retryable or Rejected; safe to repeat."""
    tags = [{"Key": TENANT_TAG, "Value": str(owner)}]
    try:
        return _identity(ses_client(settings).create_email_identity(EmailIdentity=domain, Tags=tags))
    except ClientError as refused:
        if refused.response["Error"]["Code"] != "AlreadyExistsException":
            raise _said(refused) from refused
    except (BotoCoreError, KeyError, ValueError) as broken:
        raise Retryable(broken_line(broken).reason) from broken
    return look_at_domain(settings, domain, owner=owner)


def look_at_domain(settings: Settings, domain: str, *, owner: UUID) -> Identity:
    """How the domain stands. Raises Retryable, or Rejected for one that is not there or not this organisation's.

    Whose an identity is stands on its tag: the account has others too, which nobody may take for theirs.
    """
    try:
        told = ses_client(settings).get_email_identity(EmailIdentity=domain)
        if {"Key": TENANT_TAG, "Value": str(owner)} not in told.get("Tags", ()):
            raise Rejected("This domain is in use here already. Write to support if it is yours.")
        return _identity(told)
    except ClientError as refused:
        raise _said(refused) from refused
    except (BotoCoreError, KeyError, ValueError) as broken:
        raise Retryable(broken_line(broken).reason) from broken


def forget_domain(settings: Settings, domain: str) -> None:
    """Take the identity away; one that is gone already is no fault. Raises Retryable or Rejected."""
    try:
        ses_client(settings).delete_email_identity(EmailIdentity=domain)
    except ClientError as refused:
        if refused.response["Error"]["Code"] != "NotFoundException":
            raise _said(refused) from refused
    except BotoCoreError as broken:
        raise Retryable(broken_line(broken).reason) from broken


def let_tenant_send(settings: Settings, tenant_id: UUID, domain: str) -> None:
    """Where organisations are tenants at Amazon, one sends only by identities of its own. Raises Retryable."""
    if not settings.ses_identity_arn:
        return
    arn = f"{settings.ses_identity_arn.partition(':identity/')[0]}:identity/{domain}"
    try:
        associate(ses_client(settings), settings, tenant_id, arn)
    except ClientError as refused:
        raise _said(refused) from refused
    except BotoCoreError as broken:
        raise Retryable(broken_line(broken).reason) from broken


def _identity(told: dict[str, Any]) -> Identity:
    """Names from the API's model. A domain counts as proven once Amazon lets it send, and its DKIM signs."""
    dkim = told["DkimAttributes"]
    is_seen = bool(told.get("VerifiedForSendingStatus")) and dkim.get("Status") == "SUCCESS"
    failed = dkim.get("Status") == "FAILED"
    proof = Proof.SEEN if is_seen else Proof.NOT_SEEN if failed else Proof.PENDING
    return Identity(tuple(str(token) for token in dkim.get("Tokens", ())), proof)


def _said(refused: ClientError) -> Retryable | Rejected:
    """Nothing here is worth more than another try, but for what Amazon takes for no domain or does not have."""
    code = refused.response["Error"]["Code"]
    if code == "NotFoundException":
        return Rejected("Amazon does not know this domain any more. Forget it here and ask again.")
    if code == "BadRequestException":
        return Rejected("Amazon takes this for no domain that mails can come from.")
    return Retryable(refusal(refused).reason)
