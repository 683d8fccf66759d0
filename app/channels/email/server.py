"""Which mail server mails leave by: the installation's, or a business's own."""

from dataclasses import dataclass, field
from typing import Literal

from app.kit.settings import Settings

Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True, slots=True)
class MailServer:
    """Everything that is needed to hand a mail over by SMTP."""

    host: str
    port: int
    security: Security
    user: str
    password: str = field(repr=False)
    sender: str
    """The address that mails come from."""
    search_url: str = ""
    """A message search that tells whether a Message-ID was accepted; empty where there is none."""
    is_foreign: bool = False
    """Named by a business: never one inside our own network."""


def installed_server(settings: Settings) -> MailServer | None:
    """The installation's mail server, or None while none is set."""
    if not (settings.smtp_host and settings.mail_sender):
        return None
    return MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        user=settings.smtp_user,
        password=settings.smtp_password.get_secret_value(),
        sender=settings.mail_sender,
        search_url=settings.mail_search_url,
    )
