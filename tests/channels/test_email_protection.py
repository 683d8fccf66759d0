"""No mail and no password goes to a mail server that is not protected, not known, or not on the internet."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.channels.email.channel import SmtpChannel
from app.channels.email.dialling import outside_address
from app.kit.errors import Rejected, Retryable
from app.kit.settings import Settings
from tests.channels.mails import mail_server, smtp_settings, some_mail
from tests.channels.tls_server import tls_server
from tests.sandbox.client import SandboxClient
from tests.support.sandbox import started_sandbox


def test_a_server_without_encryption_gets_neither_mail_nor_password(
    make_settings: Callable[..., Settings], sandbox: SandboxClient
) -> None:
    settings = smtp_settings(
        make_settings, sandbox, smtp_security="starttls", smtp_user="u", smtp_password="p"
    )
    with pytest.raises(Retryable, match="does not offer the protection"):
        SmtpChannel(mail_server(settings)).send(some_mail())
    assert sandbox.get("/mail/api/messages").json() == []


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(
    make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    with tls_server(tmp_path) as port:
        settings = make_settings(smtp_host="127.0.0.1", smtp_port=port, smtp_security="tls")
        with pytest.raises(Retryable, match="certificate cannot be trusted"):
            SmtpChannel(mail_server(settings)).send(some_mail())


def test_a_user_name_and_password_open_the_server_and_a_wrong_one_does_not(
    make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    secrets = {"SANDBOX_SMTP_USER": "mailer", "SANDBOX_SMTP_PASSWORD": "right"}
    with started_sandbox(tmp_path, "http://127.0.0.1:9", **secrets) as sandbox:
        with pytest.raises(Retryable, match="user name and password") as refused:
            SmtpChannel(
                mail_server(smtp_settings(make_settings, sandbox, smtp_user="mailer", smtp_password="wrong"))
            ).send(some_mail())
        assert "wrong" not in refused.value.reason
        channel = SmtpChannel(
            mail_server(smtp_settings(make_settings, sandbox, smtp_user="mailer", smtp_password="right"))
        )
        channel.send(some_mail())
        channel.close()
        assert len(sandbox.get("/mail/api/messages").json()) == 1


def test_a_name_that_leads_into_our_own_network_is_not_dialled(
    make_settings: Callable[..., Settings],
) -> None:
    for host in ("localhost", "127.0.0.1", "10.0.0.1", "169.254.169.254", "::1"):
        with pytest.raises(Rejected, match="no address on the internet"):
            outside_address(host, 587)
    server = replace(mail_server(make_settings(smtp_host="localhost", smtp_port=1)), is_foreign=True)
    with pytest.raises(Rejected, match="no address on the internet"):
        SmtpChannel(server).send(some_mail())
