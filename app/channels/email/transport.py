"""Which way a business's mails leave: by its own server once that is proven, else by the installation's.

By Amazon they come from the business's own domain once that is proven, else from the installation's address.
"""

from dataclasses import dataclass, field
from uuid import UUID

from app.channels.base import Channel
from app.channels.email.channel import SmtpChannel
from app.channels.email.server import MailServer, installed_server
from app.channels.email.ses import SesChannel, has_ses
from app.kit.settings import Settings


@dataclass(frozen=True, slots=True)
class MailAccess:
    """What is one business's own about mail."""

    tenant_id: UUID
    own_server: MailServer | None = None
    own_sender: str | None = field(default=None, repr=False)
    """An address at the business's own domain, which Amazon has seen proven."""


def email_channel(settings: Settings, access: MailAccess | None) -> Channel | None:
    """The channel, or None while the installation has not been set up for mail. Connects to nothing.

    Without a business's access only the installation's own server is there: Amazon has to be told for whom.
    """
    if access is not None and access.own_server is not None:
        return SmtpChannel(access.own_server)
    if settings.mail_transport == "ses":
        if access is None or not has_ses(settings):
            return None
        return SesChannel(settings, access.tenant_id, sender=access.own_sender)
    server = installed_server(settings)
    return SmtpChannel(server) if server else None


def installation_sends_mail(settings: Settings) -> bool:
    """Whether businesses without a server of their own can send mail."""
    return has_ses(settings) if settings.mail_transport == "ses" else installed_server(settings) is not None
