"""The e-mail channel against the sandbox's mail server."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from app.channels.base import Outgoing, Sought
from app.channels.email.channel import SmtpChannel
from app.channels.email.smtp import HESITATION_SECONDS, Conversation, Transaction
from app.channels.email.transport import email_channel
from app.kit.errors import OutcomeUnknown, Retryable
from app.kit.settings import Settings
from tests.channels.contract import Arrived, Break, ChannelContract
from tests.channels.mails import another, mail_server, smtp_settings
from tests.sandbox.client import SandboxClient

FAULTS = {"busy": "451", "refuse": "550", "lose the answer": "drop", "hang up before": "drop-before"}


class TestEmail(ChannelContract):
    @pytest.fixture
    def channel(
        self, make_settings: Callable[..., Settings], sandbox: SandboxClient
    ) -> Iterator[SmtpChannel]:
        channel = SmtpChannel(mail_server(smtp_settings(make_settings, sandbox)))
        yield channel
        channel.close()

    @pytest.fixture
    def recipient(self) -> str:
        return f"accounts-{uuid4().hex[:8]}@customer.example"

    @pytest.fixture
    def arrived(self, sandbox: SandboxClient, recipient: str) -> Arrived:
        return lambda: list(sandbox.get("/mail/api/messages", params={"to": recipient}).json())

    @pytest.fixture
    def breaking(self, sandbox: SandboxClient) -> Break:
        def misbehave(how: str) -> None:
            sandbox.fault("mail", FAULTS[how])

        return misbehave

    def test_the_mail_has_text_first_then_html_and_the_business_as_its_sender(
        self, channel: SmtpChannel, outgoing: Outgoing, arrived: Arrived
    ) -> None:
        channel.send(outgoing)
        (mail,) = arrived()
        headers = dict(mail["headers"])
        assert mail["text"].replace("\r\n", "\n").strip() == outgoing.text
        assert "Hello Zoë" in mail["html"]
        assert headers["From"] == "Harbour Lane Joinery <reminders@duemate.example>"
        assert headers["Reply-To"] == "Harbour Lane Joinery <office@harbour.example>"
        assert mail["subject"] == outgoing.subject
        assert outgoing.marker in mail["message_id"]

    def test_a_connection_that_the_server_closed_meanwhile_is_opened_anew(
        self, channel: SmtpChannel, outgoing: Outgoing, arrived: Arrived, breaking: Break
    ) -> None:
        breaking("lose the answer")
        with pytest.raises(OutcomeUnknown):
            channel.send(outgoing)
        channel.send(another(outgoing))
        assert len(arrived()) == 2

    def test_a_worker_that_was_stopped_before_the_content_does_not_go_on(
        self, make_settings: Callable[..., Settings], sandbox: SandboxClient, recipient: str, arrived: Arrived
    ) -> None:
        conversation = Conversation(mail_server(smtp_settings(make_settings, sandbox)))
        with pytest.raises(Retryable):
            conversation.hand_over(
                Transaction(
                    sender="reminders@duemate.example",
                    recipient=recipient,
                    content=b"Subject: late\r\n\r\nlate\r\n",
                    needs_utf8=False,
                    since=time.monotonic() - HESITATION_SECONDS - 1,
                )
            )
        conversation.close()
        assert arrived() == []

    def test_without_a_message_search_the_vendor_cannot_tell(
        self, make_settings: Callable[..., Settings], sandbox: SandboxClient
    ) -> None:
        channel = email_channel(smtp_settings(make_settings, sandbox, mail_search_url=""), None)
        assert channel is not None
        assert channel.lookup(_anything()) is None
        assert not channel.capabilities.answers_lookup

    def test_a_message_search_that_fails_is_to_be_asked_again(
        self, channel: SmtpChannel, sandbox: SandboxClient
    ) -> None:
        sandbox.fault("mail-search", "500", times=5)
        with pytest.raises(Retryable):
            channel.lookup(_anything())

    def test_an_installation_without_a_mail_server_has_no_such_channel(
        self, make_settings: Callable[..., Settings]
    ) -> None:
        assert email_channel(make_settings(smtp_host=""), None) is None
        assert email_channel(make_settings(smtp_host="127.0.0.1", mail_sender=""), None) is None


def _anything() -> Sought:
    return Sought(str(uuid4()), "accounts@customer.example", "Hello", datetime.now(UTC))
