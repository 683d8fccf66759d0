"""The rows of mails about payments: what each is to say and to whom, and how it came out."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.channels.base import Outgoing
from app.channels.registry import EMAIL
from app.kit.clock import local_date
from app.kit.ground import Ground
from app.kit.languages import ENGLISH
from app.models import Customer, Membership, Payment, PaymentMail, PaymentMailKind, Tenant, UserAccount
from app.payments.links import make_pay_link
from app.payments.paid_checkouts import paid_checkout
from app.payments.payers import customer_of
from app.reminders.payment_language import written_in
from app.reminders.payment_letter import TO_PAYER, PaidPart, PaymentLetter, compose_payment_mail
from app.reminders.reaching import read_known, ways_to
from app.reminders.sender import reply_to_of

RECIPIENTS_COLUMN, CONTENT_COLUMN = "payment_mail.recipients", "payment_mail.content"


@dataclass(frozen=True, slots=True)
class Due:
    """A mail that is to leave, and since when it is asked for."""

    outgoing: Outgoing = field(repr=False)
    created_at: datetime
    had_begun: bool
    """An earlier worker may have handed it over."""


def locked(session: Session, mail_id: UUID) -> PaymentMail | None:
    """The row, for this unit of work alone."""
    return session.scalars(
        select(PaymentMail).where(PaymentMail.id == mail_id).with_for_update()
    ).one_or_none()


def recipients(session: Session, ground: Ground, row: PaymentMail) -> tuple[str, ...]:
    """Those who pay the customer's bills, opted out or not; or whoever connected the books. Dead addresses are none."""
    if row.kind not in TO_PAYER:
        return _owner(session, ground, row.tenant_id)
    payment = session.get_one(Payment, (row.tenant_id, row.payment_id))
    customer = session.get_one(Customer, (row.tenant_id, customer_of(session, payment)))
    tenant, sealer = session.get_one(Tenant, row.tenant_id), ground.sealer(session)
    known = read_known(session, sealer, [customer.id], country=tenant.country_code, ready=frozenset([EMAIL]))
    mailbox = ways_to(customer, [EMAIL], known, sealer)[EMAIL].mailbox
    return mailbox.to() if mailbox else ()


def owner_address(session: Session, ground: Ground) -> str | None:
    """Where notices go."""
    found = _owner(session, ground, session.scalars(select(Tenant.id)).one())
    return found[0] if found else None


def write(session: Session, ground: Ground, row: PaymentMail, to: Sequence[str]) -> None:
    """Compose it and keep it sealed: what is looked for later is exactly what left."""
    composed, sealer = compose_payment_mail(_letter(session, ground, row)), ground.sealer(session)
    content = {
        "subject": composed.subject,
        "text": composed.text,
        "html": composed.html,
        "headers": dict(composed.headers),
    }
    row.recipients_sealed = sealer.seal(json.dumps(list(to)), column=RECIPIENTS_COLUMN, row=row.id)
    row.content_sealed = sealer.seal(json.dumps(content), column=CONTENT_COLUMN, row=row.id)


def written(session: Session, ground: Ground, row: PaymentMail) -> Outgoing:
    """The mail as it was composed."""
    tenant, sealer = session.get_one(Tenant, row.tenant_id), ground.sealer(session)
    to = opened_recipients(session, ground, row)
    content = json.loads(sealer.open(row.content_sealed or b"", column=CONTENT_COLUMN, row=row.id))
    return Outgoing(
        marker=str(row.id),
        sender_name=tenant.name if row.kind in TO_PAYER else "DueMate",
        reply_to=reply_to_of(tenant, sealer) if row.kind in TO_PAYER else None,
        recipient=to[0],
        also_to=to[1:],
        subject=content["subject"],
        text=content["text"],
        html=content["html"],
        headers=content["headers"],
    )


def opened_recipients(session: Session, ground: Ground, row: PaymentMail) -> tuple[str, ...]:
    """To whom it was written."""
    sealed = row.recipients_sealed or b""
    return tuple(json.loads(ground.sealer(session).open(sealed, column=RECIPIENTS_COLUMN, row=row.id)))


def _letter(session: Session, ground: Ground, row: PaymentMail) -> PaymentLetter:
    tenant = session.get_one(Tenant, row.tenant_id)
    payment = session.get_one(Payment, (row.tenant_id, row.payment_id))
    customer = session.get_one(Customer, (row.tenant_id, customer_of(session, payment)))
    parts = tuple(PaidPart(part.number, part.amount) for part in paid_checkout(session, payment).parts)
    return PaymentLetter(
        kind=row.kind,
        now=ground.clock.now(),
        business_name=tenant.name,
        country_code=tenant.country_code,
        reply_to=reply_to_of(tenant, ground.sealer(session)) if row.kind in TO_PAYER else None,
        customer_name=customer.name,
        currency=payment.currency,
        amount=payment.amount,
        paid_on=local_date(payment.paid_at or payment.created_at, tenant.time_zone),
        reference=payment.external_id,
        parts=parts,
        page_url=_page(session, ground, row, customer.id, payment.currency),
        language=written_in(session, customer, tenant) if row.kind in TO_PAYER else ENGLISH,
        customer_country=customer.country_code if row.kind in TO_PAYER else None,
        surcharge=payment.surcharge,
    )


def _page(session: Session, ground: Ground, row: PaymentMail, customer_id: UUID, currency: str) -> str:
    """A pay link of its own, because links are kept as hashes and the one that was used cannot be had again."""
    if row.kind is not PaymentMailKind.DEBIT_FAILED:
        return f"{ground.settings.public_url}/money"
    now = ground.clock.now()
    return make_pay_link(
        session, ground, customer_id=customer_id, currency=currency, reminder_id=None, now=now
    )


def _owner(session: Session, ground: Ground, tenant_id: UUID) -> tuple[str, ...]:
    """The address that whoever connected the books signs in with."""
    user = session.scalars(
        select(UserAccount)
        .join(Membership, Membership.user_id == UserAccount.id)
        .where(Membership.tenant_id == tenant_id)
        .order_by(Membership.created_at, UserAccount.id)
        .limit(1)
    ).one_or_none()
    if user is None:
        return ()
    return (ground.platform_sealer().open(user.email_sealed, column="user_account.email", row=user.id),)
