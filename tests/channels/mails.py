"""Mails, and the servers that take them, as tests of the e-mail channel write them."""

from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

from app.channels.base import Outgoing
from app.channels.email.server import MailServer, installed_server
from app.kit.settings import Settings
from tests.sandbox.client import SandboxClient


def smtp_settings(make: Callable[..., Settings], sandbox: SandboxClient, **changes: object) -> Settings:
    values: dict[str, object] = {
        "smtp_host": "127.0.0.1",
        "smtp_port": sandbox.smtp_port,
        "mail_search_url": f"{sandbox.url}/mail/api/accepted",
    }
    return make(**(values | changes))


def mail_server(settings: Settings) -> MailServer:
    server = installed_server(settings)
    assert server is not None
    return server


def some_mail() -> Outgoing:
    return Outgoing(
        marker=str(uuid4()),
        sender_name="Harbour Lane Joinery",
        reply_to=None,
        recipient="accounts@customer.example",
        subject="s",
        text="t",
    )


def another(outgoing: Outgoing) -> Outgoing:
    return replace(outgoing, marker=str(uuid4()))
