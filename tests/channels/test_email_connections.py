"""How the e-mail channel uses its connections to a mail server, and what a refusal there means."""

import socket
from collections.abc import Callable

import pytest

from app.channels.email.channel import SmtpChannel
from app.channels.email.smtp import MOST_MAILS
from app.kit.errors import OutcomeUnknown, Rejected, Retryable
from app.kit.settings import Settings
from tests.channels.mails import mail_server, some_mail
from tests.channels.stub_mail_server import StubServer


def test_a_thread_keeps_its_connection_over_several_mails(make_settings: Callable[..., Settings]) -> None:
    with StubServer() as server:
        channel = SmtpChannel(mail_server(make_settings(smtp_host="127.0.0.1", smtp_port=server.port)))
        for _ in range(3):
            channel.send(some_mail())
        channel.close()
        assert (server.connections, server.mails) == (1, 3)


def test_a_connection_carries_so_many_mails_and_no_more(make_settings: Callable[..., Settings]) -> None:
    with StubServer() as server:
        channel = SmtpChannel(mail_server(make_settings(smtp_host="127.0.0.1", smtp_port=server.port)))
        for _ in range(MOST_MAILS + 1):
            channel.send(some_mail())
        channel.close()
        assert (server.connections, server.mails) == (2, MOST_MAILS + 1)


@pytest.mark.parametrize("says_so", [True, False])
def test_a_server_that_ends_a_used_connection_gets_the_mail_by_a_new_one_once(
    make_settings: Callable[..., Settings], says_so: bool
) -> None:
    with StubServer(most=2, says_so=says_so) as server:
        channel = SmtpChannel(mail_server(make_settings(smtp_host="127.0.0.1", smtp_port=server.port)))
        for _ in range(5):
            channel.send(some_mail())
        channel.close()
        assert (server.connections, server.mails) == (3, 5)


def test_a_server_that_is_closing_is_asked_again_later(make_settings: Callable[..., Settings]) -> None:
    with StubServer(most=0) as server:
        channel = SmtpChannel(mail_server(make_settings(smtp_host="127.0.0.1", smtp_port=server.port)))
        with pytest.raises(Retryable, match="421: closing"):
            channel.send(some_mail())
        channel.close()
        assert (server.connections, server.mails) == (1, 0)


def test_a_used_connection_that_breaks_after_the_content_is_never_tried_again(
    make_settings: Callable[..., Settings],
) -> None:
    with StubServer(loses=2) as server:
        channel = SmtpChannel(mail_server(make_settings(smtp_host="127.0.0.1", smtp_port=server.port)))
        channel.send(some_mail())
        with pytest.raises(OutcomeUnknown):
            channel.send(some_mail())
        channel.close()
        assert (server.connections, server.mails) == (1, 2)


def test_a_server_that_refuses_our_sender_fails_no_customer_s_message_for_good(
    make_settings: Callable[..., Settings],
) -> None:
    with StubServer(refused=b"MAIL") as server:
        channel = SmtpChannel(mail_server(make_settings(smtp_host="127.0.0.1", smtp_port=server.port)))
        with pytest.raises(Retryable, match="our sender's address"):
            channel.send(some_mail())
        channel.close()


def test_an_address_that_the_server_repeats_is_not_in_the_reason(
    make_settings: Callable[..., Settings],
) -> None:
    with StubServer(refused=b"RCPT") as server:
        channel = SmtpChannel(mail_server(make_settings(smtp_host="127.0.0.1", smtp_port=server.port)))
        with pytest.raises(Rejected) as refused:
            channel.send(some_mail())
        channel.close()
    assert "550: the address is unknown here" in refused.value.reason
    assert "@" not in refused.value.reason


def test_a_server_that_nobody_reaches_is_to_be_asked_again(make_settings: Callable[..., Settings]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    channel = SmtpChannel(mail_server(make_settings(smtp_host="127.0.0.1", smtp_port=port)))
    with pytest.raises(Retryable):
        channel.send(some_mail())
