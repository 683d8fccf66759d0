"""The channel by Amazon SES against the sandbox's, and what it makes of every way of saying no."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from botocore.exceptions import ClientError

from app.channels.base import Channel, Meaning, Outgoing, Refused
from app.channels.email.ses import SesChannel
from app.channels.email.ses_refusals import refusal
from app.channels.email.transport import MailAccess, email_channel, installation_sends_mail
from app.kit.errors import DueMateError, OutcomeUnknown, Rejected, Retryable
from app.kit.settings import Settings
from tests.channels.contract import Arrived, Break, ChannelContract
from tests.channels.ses_settings import IDENTITY, ses_settings
from tests.sandbox.client import SandboxClient, wait_until

TENANT = UUID("6f5f3a52-0000-4000-8000-000000000001")
FAULTS = {"busy": "429", "lose the answer": "drop", "hang up before": "drop-before"}


class TestSes(ChannelContract):
    @pytest.fixture
    def settings(self, make_settings: Callable[..., Settings], sandbox: SandboxClient) -> Settings:
        return ses_settings(make_settings, sandbox)

    @pytest.fixture
    def channel(self, settings: Settings) -> Iterator[Channel]:
        channel = email_channel(settings, MailAccess(TENANT))
        assert isinstance(channel, SesChannel)
        yield channel
        channel.close()

    @pytest.fixture
    def recipient(self) -> str:
        return f"accounts-{uuid4().hex[:8]}@customer.example"

    @pytest.fixture
    def arrived(self, sandbox: SandboxClient, recipient: str) -> Arrived:
        return lambda: list(sandbox.get("/mail/api/messages", params={"to": recipient}).json())

    @pytest.fixture
    def breaking(self, sandbox: SandboxClient, recipient: str) -> Break:
        def misbehave(how: str) -> None:
            if how == "refuse":
                sandbox.control("ses/refuse", sentence=f"Address <{recipient}> contains something odd")
            else:
                sandbox.fault("ses", FAULTS[how])

        return misbehave

    def test_a_marker_that_is_no_tag_is_refused(self, channel: Channel, outgoing: Outgoing) -> None:
        with pytest.raises(Rejected, match="Invalid tag"):
            channel.send(replace(outgoing, marker="not a tag"))

    def test_the_mail_is_the_same_as_by_smtp_but_for_its_id(
        self, channel: Channel, outgoing: Outgoing, arrived: Arrived
    ) -> None:
        vendor_id = channel.send(replace(outgoing, headers={"List-Unsubscribe": "<https://x.example/u>"}))
        (mail,) = arrived()
        headers = dict(mail["headers"])
        assert mail["text"].replace("\r\n", "\n").strip() == outgoing.text
        assert "Hello Zoë" in mail["html"]
        assert headers["From"] == "Harbour Lane Joinery <reminders@duemate.example>"
        assert headers["Reply-To"] == "Harbour Lane Joinery <office@harbour.example>"
        assert headers["List-Unsubscribe"] == "<https://x.example/u>"
        assert mail["subject"] == outgoing.subject
        assert mail["message_id"] == f"<{vendor_id}@eu-west-1.amazonses.com>"

    def test_events_name_the_organisation_and_the_attempt(
        self, channel: Channel, outgoing: Outgoing, sandbox: SandboxClient
    ) -> None:
        channel.send(outgoing)
        assert wait_until(lambda: self._told(sandbox)) == ["send"]
        sandbox.advance(seconds=2)
        assert wait_until(lambda: self._told(sandbox)[1:]) == ["delivery"]

    @staticmethod
    def _told(sandbox: SandboxClient) -> list[str]:
        rows = sandbox.get("/control/deliveries").json()
        return [row["name"] for row in reversed(rows) if row["vendor"] == "ses"]

    def test_an_organisation_becomes_a_tenant_at_amazon_when_it_first_sends(
        self, settings: Settings, outgoing: Outgoing, arrived: Arrived, sandbox: SandboxClient
    ) -> None:
        own = settings.model_copy(update={"ses_identity_arn": IDENTITY})
        for _ in range(2):  # another process finds it there
            with closing(SesChannel(own, TENANT)) as channel:
                channel.send(replace(outgoing, marker=str(uuid4())))
                channel.send(replace(outgoing, marker=str(uuid4())))
        assert len(arrived()) == 4
        calls = sandbox.get("/control/counters").json()["calls"]
        assert calls["ses POST /ses/v2/email/tenants"] == 1

    def test_an_address_that_amazon_cannot_write_to_is_refused_before_it_is_asked(
        self, channel: Channel, outgoing: Outgoing
    ) -> None:
        with pytest.raises(Rejected, match="plain English"):
            channel.send(replace(outgoing, recipient="zoë@customer.example"))

    def test_a_domain_with_other_letters_is_written_to(
        self, channel: Channel, outgoing: Outgoing, sandbox: SandboxClient
    ) -> None:
        channel.send(replace(outgoing, recipient="zoe@bücher.example"))
        (mail,) = sandbox.get("/mail/api/messages").json()
        assert mail["to"] == ["zoe@xn--bcher-kva.example"]

    def test_hidden_copies_leave_and_nobody_reads_of_them(
        self, channel: Channel, outgoing: Outgoing, sandbox: SandboxClient
    ) -> None:
        hidden = "diary@us.example"
        channel.send(replace(outgoing, cc=("cfo@c.example",), bcc=(hidden, "zoë@c.example")))
        (mail,) = sandbox.get("/mail/api/messages").json()
        assert mail["to"] == [outgoing.recipient, "cfo@c.example", hidden]
        headers = dict(mail["headers"])
        assert headers["Cc"] == "cfo@c.example"
        assert hidden not in str(headers) + mail["text"] + mail["html"]

    def test_an_answer_that_cannot_be_read_leaves_the_outcome_open(
        self, channel: Channel, outgoing: Outgoing, sandbox: SandboxClient
    ) -> None:
        for kind in ("garbage", "html", "500"):
            sandbox.fault("ses", kind)
            with pytest.raises(OutcomeUnknown):
                channel.send(outgoing)

    def test_what_is_wrong_with_our_account_fails_no_message_for_good(
        self, settings: Settings, outgoing: Outgoing, sandbox: SandboxClient, arrived: Arrived
    ) -> None:
        sandbox.control("ses/pause", paused=True)
        _waits(SesChannel(settings, TENANT), outgoing, "paused our sending")
        sandbox.control("ses/pause", paused=False)
        for change, why in (
            ({"ses_access_key_id": "a-stranger"}, "does not accept our credentials"),
            ({"mail_sender": "reminders@other.example"}, "sender's address as verified"),
            ({"ses_configuration_set": "other"}, "what we send by"),
        ):
            _waits(SesChannel(settings.model_copy(update=change), TENANT), outgoing, why)
        assert arrived() == []

    def test_amazon_that_nobody_reaches_is_to_be_asked_again(
        self, settings: Settings, outgoing: Outgoing
    ) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            nowhere = f"http://127.0.0.1:{free.getsockname()[1]}"
        _waits(SesChannel(settings.model_copy(update={"ses_api_url": nowhere}), TENANT), outgoing, "reached")

    def test_an_installation_without_a_region_or_a_sender_has_no_such_channel(
        self, settings: Settings
    ) -> None:
        assert installation_sends_mail(settings)
        for missing in ("ses_region", "mail_sender"):
            without = settings.model_copy(update={missing: ""})
            assert email_channel(without, MailAccess(TENANT)) is None
            assert not installation_sends_mail(without)
        assert email_channel(settings, None) is None


def _waits(channel: SesChannel, outgoing: Outgoing, why: str) -> None:
    with closing(channel), pytest.raises(Retryable, match=why):
        channel.send(outgoing)


@pytest.mark.parametrize(
    ("status", "code", "said", "error", "why"),
    [
        (400, "LimitExceededException", "Daily message quota exceeded.", Retryable, "quota"),
        (400, "AccountSuspendedException", "", Retryable, "suspended"),
        (400, "MailFromDomainNotVerifiedException", "", Retryable, "domain"),
        (403, "AccessDeniedException", "User is not authorized", Retryable, "may not send"),
        (403, "SomethingNew", "", Retryable, "SomethingNew"),
        (503, "ServiceUnavailable", "", Retryable, "no more mails"),
        (500, "InternalFailure", "", OutcomeUnknown, "may have left"),
        (200, "Odd", "", OutcomeUnknown, "may have left"),
        (400, "MessageRejected", "Message length is more than 41943040 bytes long", Rejected, "too large"),
        (
            400,
            "MessageRejected",
            "<a@b.example> is on the suppression list",
            Refused,
            "comes? back|came back",
        ),
        (400, "BadRequestException", "Illegal address x@y.example", Rejected, "Illegal address the address"),
    ],
)
def test_a_refusal_says_what_can_be_done(
    status: int, code: str, said: str, error: type[DueMateError], why: str
) -> None:
    response: Any = {
        "Error": {"Code": code, "Message": said},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    found = refusal(ClientError(response, "SendEmail"))
    assert type(found) is error
    with pytest.raises(error, match=why):
        raise found
    assert "@" not in found.reason
    assert not isinstance(found, Refused) or found.meaning is Meaning.BAD_ADDRESS
    assert json.dumps(found.reason)
