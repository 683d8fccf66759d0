"""Mail through Amazon SES, version 2 of its API. What became of a mail is told by events, not by asking.

A mail is handed over whole (`Content.Raw`), so that it is the same as by SMTP; SES puts its own Message-ID in the
place of ours, and our marker travels as a tag that every event repeats. SDK calls are never repeated by the SDK:
SES has no key that would tell a second request from a repeated one.
"""

from functools import lru_cache
from typing import Any
from uuid import UUID

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from app.channels.base import Capabilities, Found, Outgoing, Sought
from app.channels.email.envelope import as_mail, parsed_address, with_plain_copies
from app.channels.email.ses_refusals import broken_line, refusal
from app.channels.email.ses_tenants import ensure_tenant, tenant_name
from app.kit.errors import Rejected
from app.kit.settings import Settings

TENANT_TAG, MARKER_TAG = "tenant", "marker"
_CONNECT_SECONDS, _ANSWER_SECONDS = 5, 15
_AT_ONCE = 16


class SesChannel:
    """Mail of one business through the installation's account at Amazon. Its client is made for many threads."""

    def __init__(self, settings: Settings, tenant_id: UUID, *, sender: str | None = None) -> None:
        """`sender` is an address at the business's own, proven domain; None: the installation's."""
        self._settings, self._tenant_id = settings, tenant_id
        self._sender = sender or settings.mail_sender
        self._client = ses_client(settings)
        self._has_tenant = not settings.ses_identity_arn

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            name="email",
            has_subject=True,
            has_html=True,
            longest_text=None,
            answers_lookup=False,
            at_once=_AT_ONCE,
        )

    def send(self, message: Outgoing) -> str:
        """Hand the mail over; the id that Amazon gave it. Errors as the port has them."""
        request = self._request(message)
        try:
            return self._hand_over(request)
        except ClientError as refused:
            raise refusal(refused) from refused
        except (BotoCoreError, KeyError, ValueError) as broken:
            raise broken_line(broken) from broken

    def lookup(self, sought: Sought) -> Found | None:  # noqa: ARG002 (the port's signature)
        """None: Amazon cannot be asked by marker. Its events settle what it took."""
        return None

    def close(self) -> None:
        """Nothing to give back: the client serves the next batch, whosever it is."""

    def _request(self, message: Outgoing) -> dict[str, Any]:
        message = with_plain_copies(message)
        if parsed_address(message.recipient).ascii_email is None:
            raise Rejected("Amazon SES does not take addresses with letters beyond plain English ones.")
        mail = as_mail(message, sender=self._sender, needs_utf8=False)
        request: dict[str, Any] = {
            "FromEmailAddress": str(mail["From"]),
            "Destination": _destination(message),
            "Content": {"Raw": {"Data": mail.as_bytes()}},
            "EmailTags": [
                {"Name": TENANT_TAG, "Value": str(self._tenant_id)},
                {"Name": MARKER_TAG, "Value": message.marker},
            ],
        }
        if self._settings.ses_configuration_set:
            request["ConfigurationSetName"] = self._settings.ses_configuration_set
        if self._settings.ses_identity_arn:
            request["TenantName"] = tenant_name(self._tenant_id)
        return request

    def _hand_over(self, request: dict[str, Any]) -> str:
        try:
            return str(self._client.send_email(**request)["MessageId"])
        except ClientError as refused:
            # Amazon knew no such tenant, so it took nothing: the one refusal after which we ask a second time.
            if self._has_tenant or refused.response["Error"]["Code"] != "NotFoundException":
                raise
        ensure_tenant(self._client, self._settings, self._tenant_id)
        self._has_tenant = True
        return str(self._client.send_email(**request)["MessageId"])


def _destination(message: Outgoing) -> dict[str, list[str]]:
    """Everybody who gets it; each address in letters that Amazon takes."""
    destination = {"ToAddresses": [as_amazon_has_it(one) for one in (message.recipient, *message.also_to)]}
    if message.cc:
        destination["CcAddresses"] = [as_amazon_has_it(one) for one in message.cc]
    if message.bcc:
        destination["BccAddresses"] = [as_amazon_has_it(one) for one in message.bcc]
    return destination


def as_amazon_has_it(address: str) -> str:
    """The address in the letters in which Amazon is given it, and names it in its events. Raises Rejected."""
    parsed = parsed_address(address)
    return parsed.ascii_email or parsed.normalized


def has_ses(settings: Settings) -> bool:
    """Whether a region and a sender's address are set."""
    return bool(settings.ses_region and settings.mail_sender)


def ses_client(settings: Settings) -> Any:
    """The API of SES with the installation's credentials."""
    return _client(
        settings.ses_region,
        settings.ses_api_url,
        settings.ses_access_key_id,
        settings.ses_secret_access_key.get_secret_value(),
    )


@lru_cache(maxsize=4)
def _client(region: str, url: str, key_id: str, secret: str) -> Any:
    """Made once in a process: it takes a tenth of a second and may be used by several threads.

    Credentials are our own if they are set, else what the machine was given (its role).
    """
    session = boto3.session.Session(
        aws_access_key_id=key_id or None, aws_secret_access_key=secret or None, region_name=region
    )
    policy = Config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_ANSWER_SECONDS,
        retries={"total_max_attempts": 1},
        max_pool_connections=_AT_ONCE,
        proxies={},
    )
    return session.client("sesv2", endpoint_url=url or None, config=policy)
