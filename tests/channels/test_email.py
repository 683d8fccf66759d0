"""The e-mail channel against the sandbox's mail server, and mails against hostile names."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from app.channels.base import Attachment, Outgoing, Sought
from app.channels.email.channel import SmtpChannel
from app.channels.email.dialling import outside_address
from app.channels.email.envelope import as_mail
from app.channels.email.server import MailServer, installed_server
from app.channels.email.smtp import HESITATION_SECONDS, MOST_MAILS, Conversation, Transaction
from app.channels.email.transport import email_channel
from app.kit.errors import OutcomeUnknown, Rejected, Retryable
from app.kit.settings import Settings
from tests.channels.contract import Arrived, Break, ChannelContract
from tests.sandbox.client import SandboxClient
from tests.support.sandbox import started_sandbox

FAULTS = {"busy": "451", "refuse": "550", "lose the answer": "drop", "hang up before": "drop-before"}


class TestEmail(ChannelContract):
    @pytest.fixture
    def channel(
        self, make_settings: Callable[..., Settings], sandbox: SandboxClient
    ) -> Iterator[SmtpChannel]:
        channel = SmtpChannel(_server(_settings(make_settings, sandbox)))
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
        channel.send(_another(outgoing))
        assert len(arrived()) == 2

    def test_a_thread_keeps_its_connection_over_several_mails(
        self, make_settings: Callable[..., Settings], outgoing: Outgoing
    ) -> None:
        with _stub_server() as server:
            channel = SmtpChannel(_server(make_settings(smtp_host="127.0.0.1", smtp_port=server.port)))
            for _ in range(3):
                channel.send(_another(outgoing))
            channel.close()
            assert (server.connections, server.mails) == (1, 3)

    def test_a_connection_carries_so_many_mails_and_no_more(
        self, make_settings: Callable[..., Settings], outgoing: Outgoing
    ) -> None:
        with _stub_server() as server:
            channel = SmtpChannel(_server(make_settings(smtp_host="127.0.0.1", smtp_port=server.port)))
            for _ in range(MOST_MAILS + 1):
                channel.send(_another(outgoing))
            channel.close()
            assert (server.connections, server.mails) == (2, MOST_MAILS + 1)

    @pytest.mark.parametrize("says_so", [True, False])
    def test_a_server_that_ends_a_used_connection_gets_the_mail_by_a_new_one_once(
        self, make_settings: Callable[..., Settings], outgoing: Outgoing, says_so: bool
    ) -> None:
        with _stub_server(most=2, says_so=says_so) as server:
            channel = SmtpChannel(_server(make_settings(smtp_host="127.0.0.1", smtp_port=server.port)))
            for _ in range(5):
                channel.send(_another(outgoing))
            channel.close()
            assert (server.connections, server.mails) == (3, 5)

    def test_a_server_that_is_closing_is_asked_again_later(
        self, make_settings: Callable[..., Settings], outgoing: Outgoing
    ) -> None:
        with _stub_server(most=0) as server:
            channel = SmtpChannel(_server(make_settings(smtp_host="127.0.0.1", smtp_port=server.port)))
            with pytest.raises(Retryable, match="421: closing"):
                channel.send(outgoing)
            channel.close()
            assert (server.connections, server.mails) == (1, 0)

    def test_a_used_connection_that_breaks_after_the_content_is_never_tried_again(
        self, make_settings: Callable[..., Settings], outgoing: Outgoing
    ) -> None:
        with _stub_server(loses=2) as server:
            channel = SmtpChannel(_server(make_settings(smtp_host="127.0.0.1", smtp_port=server.port)))
            channel.send(outgoing)
            with pytest.raises(OutcomeUnknown):
                channel.send(_another(outgoing))
            channel.close()
            assert (server.connections, server.mails) == (1, 2)

    def test_a_worker_that_was_stopped_before_the_content_does_not_go_on(
        self, make_settings: Callable[..., Settings], sandbox: SandboxClient, recipient: str, arrived: Arrived
    ) -> None:
        conversation = Conversation(_server(_settings(make_settings, sandbox)))
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

    def test_a_server_that_refuses_our_sender_fails_no_customer_s_message_for_good(
        self, make_settings: Callable[..., Settings], outgoing: Outgoing
    ) -> None:
        with _stub_server(refused=b"MAIL") as server:
            channel = SmtpChannel(_server(make_settings(smtp_host="127.0.0.1", smtp_port=server.port)))
            with pytest.raises(Retryable, match="our sender's address"):
                channel.send(outgoing)
            channel.close()

    def test_an_address_that_the_server_repeats_is_not_in_the_reason(
        self, make_settings: Callable[..., Settings], outgoing: Outgoing
    ) -> None:
        with _stub_server(refused=b"RCPT") as server:
            channel = SmtpChannel(_server(make_settings(smtp_host="127.0.0.1", smtp_port=server.port)))
            with pytest.raises(Rejected) as refused:
                channel.send(outgoing)
            channel.close()
        assert "550: the address is unknown here" in refused.value.reason
        assert "@" not in refused.value.reason

    def test_a_server_that_nobody_reaches_is_to_be_asked_again(
        self, make_settings: Callable[..., Settings], outgoing: Outgoing
    ) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        channel = SmtpChannel(_server(make_settings(smtp_host="127.0.0.1", smtp_port=port)))
        with pytest.raises(Retryable):
            channel.send(outgoing)

    def test_without_a_message_search_the_vendor_cannot_tell(
        self, make_settings: Callable[..., Settings], sandbox: SandboxClient
    ) -> None:
        channel = email_channel(_settings(make_settings, sandbox, mail_search_url=""), None)
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


def test_a_server_without_encryption_gets_neither_mail_nor_password(
    make_settings: Callable[..., Settings], sandbox: SandboxClient
) -> None:
    settings = _settings(make_settings, sandbox, smtp_security="starttls", smtp_user="u", smtp_password="p")
    with pytest.raises(Retryable, match="does not offer the protection"):
        SmtpChannel(_server(settings)).send(_some_mail())
    assert sandbox.get("/mail/api/messages").json() == []


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(
    make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    with _tls_server(tmp_path) as port:
        settings = make_settings(smtp_host="127.0.0.1", smtp_port=port, smtp_security="tls")
        with pytest.raises(Retryable, match="certificate cannot be trusted"):
            SmtpChannel(_server(settings)).send(_some_mail())


def test_a_user_name_and_password_open_the_server_and_a_wrong_one_does_not(
    make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    secrets = {"SANDBOX_SMTP_USER": "mailer", "SANDBOX_SMTP_PASSWORD": "right"}
    with started_sandbox(tmp_path, "http://127.0.0.1:9", **secrets) as sandbox:
        with pytest.raises(Retryable, match="user name and password") as refused:
            SmtpChannel(
                _server(_settings(make_settings, sandbox, smtp_user="mailer", smtp_password="wrong"))
            ).send(_some_mail())
        assert "wrong" not in refused.value.reason
        channel = SmtpChannel(
            _server(_settings(make_settings, sandbox, smtp_user="mailer", smtp_password="right"))
        )
        channel.send(_some_mail())
        channel.close()
        assert len(sandbox.get("/mail/api/messages").json()) == 1


HOSTILE = [
    "Eve\r\nBcc: victim@elsewhere.example",
    "Eve\nSubject: other",
    'Eve" <eve@evil.example>, "',
    "Eve\x00\x1b[31m",
    "Eve\u202egpj.exe\u2066",
    "é" * 2000,
    "<script>alert(1)</script>",
    "",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_a_name(name: str) -> None:
    message = Outgoing(
        marker=str(uuid4()),
        sender_name=name,
        reply_to="office@harbour.example",
        recipient="accounts@customer.example",
        subject=f"{name}: due",
        text=name,
        headers={"List-Unsubscribe": f"<https://x.example/{name}>", "To": "victim@elsewhere.example"},
    )
    raw = as_mail(message, sender="reminders@duemate.example", needs_utf8=False).as_bytes()
    mail = message_from_bytes(raw, _class=EmailMessage, policy=policy.default)
    allowed = ["From", "To", "Reply-To", "Subject", "Message-ID", "List-Unsubscribe", "Content-Type"]
    allowed += ["Content-Transfer-Encoding", "MIME-Version"]
    assert sorted(mail.keys()) == sorted(allowed)
    assert [a.addr_spec for a in mail["From"].addresses] == ["reminders@duemate.example"]
    assert [a.addr_spec for a in mail["To"].addresses] == ["accounts@customer.example"]
    assert not mail.defects


def test_a_file_goes_with_the_mail_under_its_name_whatever_that_is() -> None:
    file = Attachment('inv"oice\r\nBcc: x@y.example.pdf', "application/pdf", b"%PDF-1.7 \xff")
    message = replace(_some_mail(), attachments=(file,))
    raw = as_mail(message, sender="reminders@duemate.example", needs_utf8=False).as_bytes()
    mail = message_from_bytes(raw, _class=EmailMessage, policy=policy.default)
    (sent,) = mail.iter_attachments()
    assert sent.get_content() == b"%PDF-1.7 \xff"
    assert sent.get_content_type() == "application/pdf"
    assert sent.get_filename() == 'inv"oice Bcc: x@y.example.pdf'
    assert mail["Bcc"] is None


def test_a_name_that_leads_into_our_own_network_is_not_dialled(
    make_settings: Callable[..., Settings],
) -> None:
    for host in ("localhost", "127.0.0.1", "10.0.0.1", "169.254.169.254", "::1"):
        with pytest.raises(Rejected, match="no address on the internet"):
            outside_address(host, 587)
    server = replace(_server(make_settings(smtp_host="localhost", smtp_port=1)), is_foreign=True)
    with pytest.raises(Rejected, match="no address on the internet"):
        SmtpChannel(server).send(_some_mail())


@pytest.mark.parametrize(
    "address", ["", "nobody", "a@b@c.example", "a b@c.example", "a@c.example\r\nRCPT TO:<x@y.example>"]
)
def test_an_address_that_is_none_is_refused_without_repeating_it(address: str) -> None:
    message = Outgoing(marker="m", sender_name="H", reply_to=None, recipient=address, subject="s", text="t")
    with pytest.raises(Rejected, match="not a valid one"):
        as_mail(message, sender="reminders@duemate.example", needs_utf8=False)


def _settings(make: Callable[..., Settings], sandbox: SandboxClient, **changes: object) -> Settings:
    values: dict[str, object] = {
        "smtp_host": "127.0.0.1",
        "smtp_port": sandbox.smtp_port,
        "mail_search_url": f"{sandbox.url}/mail/api/accepted",
    }
    return make(**(values | changes))


def _server(settings: Settings) -> MailServer:
    server = installed_server(settings)
    assert server is not None
    return server


def _some_mail() -> Outgoing:
    return Outgoing(
        marker=str(uuid4()),
        sender_name="Harbour Lane Joinery",
        reply_to=None,
        recipient="accounts@customer.example",
        subject="s",
        text="t",
    )


@contextmanager
def _tls_server(folder: Path) -> Iterator[int]:
    """Speaks TLS under a certificate of its own making."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_certificate(folder))

    def serve() -> None:
        with suppress(OSError):
            line, _ = listening.accept()
            context.wrap_socket(line, server_side=True)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1]


def _certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    began = datetime(2026, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(began)
        .not_valid_after(began + timedelta(days=3650))
        .sign(key, SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path = folder / "server.pem"
    path.write_bytes(private + made.public_bytes(Encoding.PEM))
    return path


def _anything() -> Sought:
    return Sought(str(uuid4()), "accounts@customer.example", "Hello", datetime.now(UTC))


def _another(outgoing: Outgoing) -> Outgoing:
    return replace(outgoing, marker=str(uuid4()))


class _stub_server:  # noqa: N801 (used like a function)
    """Counts connections and mails; says yes to everything but `refused`.

    After `most` mails on a connection it hangs up, with or without a word; it keeps the mail numbered `loses` and
    hangs up instead of an answer.
    """

    def __init__(
        self, *, refused: bytes = b"-", most: int = 1_000_000, says_so: bool = True, loses: int = 0
    ) -> None:
        self._refused, self._most, self._says_so, self._loses = refused, most, says_so, loses

    def __enter__(self) -> "_stub_server":
        self.connections = self.mails = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.close()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            self._talk(line)

    def _talk(self, line: socket.socket) -> None:
        taken, last = self.mails, b"421 closing\r\n" if self._says_so else b""
        with line, line.makefile("rwb") as conversation:
            answer = b"220 hello\r\n"
            while answer:
                conversation.write(answer)
                conversation.flush()
                command = conversation.readline().strip().upper()
                answer = b"221 bye\r\n" if command == b"QUIT" else b"250 ok\r\n" if command else b""
                if command.startswith(b"MAIL") and self.mails - taken >= self._most:
                    answer = last
                if command.startswith(self._refused):
                    answer = b"550 <somebody@customer.example> is unknown here\r\n"
                if command == b"DATA":
                    conversation.write(b"354 go on\r\n")
                    conversation.flush()
                    while conversation.readline() != b".\r\n":
                        pass
                    self.mails += 1
                    if self.mails == self._loses:
                        return
