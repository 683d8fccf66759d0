"""A business's own mail server: kept sealed, used once a test mail has left by it."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.channels.base import Outgoing
from app.channels.email.channel import SmtpChannel
from app.channels.email.server import MailServer
from app.channels.email.transport import MailAccess, installation_sends_mail
from app.kit.database import tenant_of
from app.kit.errors import Rejected
from app.kit.ground import Ground
from app.kit.settings import Settings
from app.models import MailSecurity, OwnMailServer, Tenant
from app.reminders.mail_domains import domain_sender

PASSWORD_COLUMN, SENDER_COLUMN = "own_mail_server.password", "own_mail_server.sender"
PORTS = (587, 465, 25, 2525)
"""Where mail servers take mail from customers of theirs. Others are no mail servers."""
_HOST = re.compile(r"(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Wished:
    """What a business typed. An empty password keeps the one that is there."""

    host: str
    port: str
    security: str
    user: str
    password: str = field(repr=False)
    sender: str = field(repr=False)


class Faulty(Rejected):
    """What was typed cannot be used; `faults` says so by field."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__("Some of it cannot be used.")
        self.faults = faults


def own_server(session: Session) -> OwnMailServer | None:
    """The row of this tenant, if there is one."""
    return session.scalars(select(OwnMailServer)).one_or_none()


def mail_access(session: Session, ground: Ground) -> MailAccess:
    """What is this tenant's own about mail: its server counts once it is proven."""
    row = own_server(session)
    is_used = row is not None and row.proven_at is not None
    return MailAccess(
        tenant_of(session),
        opened_server(session, ground, row) if row and is_used else None,
        domain_sender(session, ground.sealer(session)),
    )


def can_send_mail(session: Session, settings: Settings) -> bool:
    """Whether this tenant's mails can leave, by its own server or by the installation's way. Opens nothing."""
    if installation_sends_mail(settings):
        return True
    row = own_server(session)
    return row is not None and row.proven_at is not None


def opened_server(session: Session, ground: Ground, row: OwnMailServer) -> MailServer:
    """The server with its password in the clear. In development it may be one of this machine."""
    sealer = ground.sealer(session)
    password = (
        sealer.open(row.password_sealed, column=PASSWORD_COLUMN, row=row.id) if row.password_sealed else ""
    )
    return MailServer(
        host=row.host,
        port=row.port,
        security=row.security.value,
        user=row.user_name,
        password=password,
        sender=sealer.open(row.sender_sealed, column=SENDER_COLUMN, row=row.id),
        is_foreign=ground.settings.is_production,
    )


def save_server(session: Session, ground: Ground, wished: Wished, *, now: datetime) -> None:
    """Keep it, not yet proven. Raises Faulty."""
    faults = _faults(wished, is_production=ground.settings.is_production)
    if faults:
        raise Faulty(faults)
    row, sealer = own_server(session), ground.sealer(session)
    if row is None:
        row = OwnMailServer(tenant_id=tenant_of(session), id=uuid4())
        session.add(row)
    if wished.password:
        row.password_sealed = sealer.seal(wished.password, column=PASSWORD_COLUMN, row=row.id)
    elif _is_another(row, wished):
        row.password_sealed = None  # a password is never shown to a server that it was not given for
    sender = validate_email(wished.sender, check_deliverability=False).normalized
    row.host, row.port, row.security = wished.host.lower(), int(wished.port), MailSecurity(wished.security)
    row.user_name, row.sender_sealed = wished.user, sealer.seal(sender, column=SENDER_COLUMN, row=row.id)
    row.changed_at, row.proven_at = now, None
    session.flush()


def forget_server(session: Session) -> None:
    """Mails leave by the installation's way again."""
    session.execute(delete(OwnMailServer))


def prove_server(ground: Ground, tenant_id: UUID, *, recipient: str) -> None:
    """Send a test mail by it; from then on it is used. Raises the channel's errors, and Rejected if there is none."""
    with ground.database.tenant(tenant_id) as session:
        row = own_server(session)
        if row is None:
            raise Rejected("There is no mail server of your own to test.")
        server, changed_at = opened_server(session, ground, row), row.changed_at
        name = session.scalars(select(Tenant.name)).one()
    channel = SmtpChannel(server)
    try:
        channel.send(_test_mail(name, recipient))
    finally:
        channel.close()
    with ground.database.tenant(tenant_id) as session:
        row = own_server(session)
        if row is not None and row.changed_at == changed_at:
            row.proven_at = ground.clock.now()


def _test_mail(name: str, recipient: str) -> Outgoing:
    return Outgoing(
        marker=str(uuid4()),
        sender_name=name,
        reply_to=None,
        recipient=recipient,
        subject=f"{name}: your mail server works",
        text="This test mail left by the mail server you named. Reminders leave by it from now on.",
    )


def _is_another(row: OwnMailServer, wished: Wished) -> bool:
    return (row.host, row.user_name) != (wished.host.lower(), wished.user)


def _faults(wished: Wished, *, is_production: bool) -> dict[str, str]:
    checks = {
        "host": (_HOST.fullmatch(wished.host), "Name a mail server, such as smtp.example.com."),
        "port": (_is_port(wished.port, is_production), "Mail servers answer at 587, 465, 25 or 2525."),
        "security": (_is_security(wished.security, is_production), "Choose how the line is protected."),
        "user": (len(wished.user) <= _LONGEST, "That is too long for a user name."),
        "password": (len(wished.password) <= _LONGEST, "That is too long for a password."),
        "sender": (
            _is_address(wished.sender),
            "That is not a valid e-mail address, such as accounts@example.com.",
        ),
    }
    return {name: sentence for name, (is_right, sentence) in checks.items() if not is_right}


def _is_port(text: str, is_production: bool) -> bool:
    if not text.isascii() or not text.isdigit() or len(text) > 5:
        return False
    return int(text) in PORTS if is_production else 0 < int(text) < 1 << 16


def _is_security(text: str, is_production: bool) -> bool:
    return text in ("starttls", "tls") or (text == "none" and not is_production)


def _is_address(text: str) -> bool:
    try:
        validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True
