"""A business's own mail domain: asked for, shown with its records, used once Amazon has seen them."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.channels.email import ses_domains
from app.channels.email.ses import has_ses
from app.channels.email.ses_domains import Proof
from app.kit.errors import Rejected
from app.kit.ground import Ground
from app.kit.sealing import Sealer
from app.kit.settings import Settings
from app.models import DomainState, MailDomain, Route
from app.tasks import kinds
from app.tasks.queue import enqueue

SENDER_COLUMN = "mail_domain.sender"
ROUTE_KIND = "mail_domain"
LOOK_EVERY = timedelta(hours=1)
_STATES = {
    Proof.PENDING: DomainState.PENDING,
    Proof.SEEN: DomainState.VERIFIED,
    Proof.NOT_SEEN: DomainState.FAILED,
}


def offers_domains(settings: Settings) -> bool:
    """Whether mails of this installation leave by Amazon, which alone can prove a domain."""
    return settings.mail_transport == "ses" and has_ses(settings)


def own_domain(session: Session) -> MailDomain | None:
    """The row of this tenant, if there is one."""
    return session.scalars(select(MailDomain)).one_or_none()


def domain_sender(session: Session, sealer: Sealer) -> str | None:
    """The address mails come from; None until the domain is proven."""
    row = own_domain(session)
    if row is None or row.state is not DomainState.VERIFIED:
        return None
    return sender_of(row, sealer)


def sender_of(row: MailDomain, sealer: Sealer) -> str:
    """The address at the domain, proven or not."""
    return sealer.open(row.sender_sealed, column=SENDER_COLUMN, row=row.id)


def ask(ground: Ground, tenant_id: UUID, typed: str) -> None:
    """Ask for the domain of this address. Raises Rejected or Retryable; safe to repeat."""
    if not offers_domains(ground.settings):
        raise Rejected("This installation does not send by Amazon. Name a mail server of your own instead.")
    sender, domain = _read(typed, ground.settings)
    _claim(ground, tenant_id, domain)
    try:
        identity = ses_domains.ask_for_domain(ground.settings, domain, owner=tenant_id)
    except Rejected:
        _let_go(ground, tenant_id, domain)
        raise
    now, row_id = ground.clock.now(), uuid4()
    with ground.database.tenant(tenant_id) as session:
        sealer, row = ground.sealer(session), own_domain(session)
        row = row or MailDomain(tenant_id=tenant_id, id=row_id, domain=domain, asked_at=now)
        row.sender_sealed = sealer.seal(sender, column=SENDER_COLUMN, row=row.id)
        row.tokens, row.state, row.looked_at = list(identity.tokens), DomainState.PENDING, now
        session.add(row)
    look(ground, tenant_id)


def look(ground: Ground, tenant_id: UUID) -> None:
    """Ask Amazon how the domain stands. Raises Retryable. One that Amazon has lost counts as failed."""
    with ground.database.tenant(tenant_id) as session:
        row = own_domain(session)
        domain = row.domain if row else None
    if domain is None:
        return
    try:
        state = _STATES[ses_domains.look_at_domain(ground.settings, domain, owner=tenant_id).proof]
    except Rejected:
        state = DomainState.FAILED
    if state is DomainState.VERIFIED:
        ses_domains.let_tenant_send(ground.settings, tenant_id, domain)
    with ground.database.tenant(tenant_id) as session:
        row = own_domain(session)
        if row is not None and row.domain == domain:
            row.state, row.looked_at = state, ground.clock.now()


def forget(ground: Ground, tenant_id: UUID) -> None:
    """Mails come from our address again, at once; then Amazon is told. Raises Retryable; safe to repeat."""
    with ground.database.tenant(tenant_id) as session:
        row = own_domain(session)
        if row is None:
            return
        domain, row.state = row.domain, DomainState.PENDING
    ses_domains.forget_domain(ground.settings, domain)
    _let_go(ground, tenant_id, domain)


def _let_go(ground: Ground, tenant_id: UUID, domain: str) -> None:
    """The domain is nobody's here any more."""
    with ground.database.tenant(tenant_id) as session:
        session.execute(delete(MailDomain).where(MailDomain.domain == domain))
        session.execute(delete(Route).where(Route.kind == ROUTE_KIND, Route.outside_key == domain))


def ask_to_look_at_all(session: Session, *, now: datetime) -> None:
    """One task for each business with a domain."""
    for tenant_id in session.scalars(select(Route.tenant_id).where(Route.kind == ROUTE_KIND)):
        key = f"{kinds.MAIL_DOMAIN}:{tenant_id}"
        enqueue(session, kind=kinds.MAIL_DOMAIN, tenant_id=tenant_id, key=key, run_at=now, now=now)


def _read(typed: str, settings: Settings) -> tuple[str, str]:
    """The address and its domain in ASCII letters. Raises Rejected."""
    try:
        address = validate_email(typed.strip(), check_deliverability=False)
    except EmailNotValidError as invalid:
        raise Rejected("That is not a valid e-mail address, such as accounts@example.com.") from invalid
    if address.ascii_email is None:
        raise Rejected("Amazon takes only senders in plain English letters, such as accounts@example.com.")
    domain = address.ascii_domain.lower()
    if domain == settings.mail_sender.rpartition("@")[2].lower():
        raise Rejected("That is our own domain. Name an address at yours.")
    return address.ascii_email, domain


def _claim(ground: Ground, tenant_id: UUID, domain: str) -> None:
    """A domain is one organisation's: what one has proven, no other may send by. Raises Rejected."""
    with ground.database.tenant(tenant_id) as session:
        row = own_domain(session)
        if row is not None and row.domain != domain:
            raise Rejected(f"Your mails have the domain {row.domain} already. Forget it first.")
        claim = insert(Route).values(
            kind=ROUTE_KIND, outside_key=domain, tenant_id=tenant_id, subject_id=tenant_id
        )
        session.execute(claim.on_conflict_do_nothing())
    with ground.database.platform() as session:
        route = session.get(Route, (ROUTE_KIND, domain))
        if route is None or route.tenant_id != tenant_id:
            raise Rejected("Another organisation here has this domain. Write to support if it is yours.")
