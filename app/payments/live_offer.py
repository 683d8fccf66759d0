"""Reads what a pay link offers right now: from the ledger itself, and from our own payments."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.connectors.pace import Urgency
from app.kit.clock import local_date
from app.kit.errors import Disconnected, DueMateError, NotFound, Rejected, Retryable
from app.kit.ground import Ground
from app.models import Customer, Invoice, InvoiceState, PayLink, ReminderInvoice, Tenant
from app.payments.accounts import takes_payments
from app.payments.coverage import ours_not_in_ledger
from app.payments.links import LinkPlace
from app.payments.offer import Offer, Standing, offer_from
from app.sync.fresh import fresh_invoices


class BalanceUnknown(DueMateError):
    """The ledger cannot be read now, so nothing may be said about amounts. `frame` says whose page it is.

    `after` is how long that lasts, as far as is known; None if the business has to do something first.
    """

    def __init__(self, reason: str, frame: Offer, after: timedelta | None) -> None:
        super().__init__(reason)
        self.frame, self.after = frame, after


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the database knows before the ledger is asked."""

    customer: str
    invoice_ids: tuple[UUID, ...]
    named: frozenset[UUID]
    """Those of the reminder that brought the payer here; all of them for a link of its own."""
    is_revoked: bool
    takes_cards: bool
    frame: Offer


def read_offer(ground: Ground, place: LinkPlace) -> Offer:
    """One read of the ledger. Raises BalanceUnknown if it cannot be read, NotFound if the link is gone."""
    asked = _asked(ground, place)
    if asked.is_revoked:
        return asked.frame
    try:
        fresh = fresh_invoices(ground, place.tenant_id, asked.invoice_ids, urgency=Urgency.INTERACTIVE)
    except Retryable as failure:
        raise BalanceUnknown(failure.reason, asked.frame, failure.after) from failure
    except (Rejected, Disconnected) as failure:
        raise BalanceUnknown(failure.reason, asked.frame, None) from failure
    with ground.database.tenant(place.tenant_id) as session:
        on_its_way = ours_not_in_ledger(session, asked.invoice_ids, facts_read_at=asked.frame.read_at)
    return offer_from(
        asked.frame,
        fresh,
        on_its_way,
        takes_cards=asked.takes_cards,
        customer=asked.customer,
        named=asked.named,
    )


def _asked(ground: Ground, place: LinkPlace) -> _Asked:
    now = ground.clock.now()
    with ground.database.tenant(place.tenant_id) as session:
        link = session.get(PayLink, (place.tenant_id, place.link_id))
        tenant = session.get(Tenant, place.tenant_id)
        if link is None or tenant is None:
            raise NotFound("This link leads nowhere.")
        customer = session.get_one(Customer, (place.tenant_id, link.customer_id))
        frame = Offer(
            standing=Standing.REVOKED,
            business_name=tenant.name,
            country_code=tenant.country_code,
            reply_to=reply_to(ground, session, tenant),
            currency=link.currency,
            today=local_date(now, tenant.time_zone),
            read_at=now,
        )
        invoice_ids, named = _invoices_of(session, link)
        return _Asked(
            customer=customer.external_id,
            invoice_ids=invoice_ids,
            named=named,
            is_revoked=link.revoked_at is not None,
            takes_cards=takes_payments(session),
            frame=frame,
        )


def reply_to(ground: Ground, session: Session, tenant: Tenant) -> str | None:
    """The business's own mail address, where a payer can ask."""
    if tenant.reply_to_sealed is None:
        return None
    return ground.sealer(session).open(tenant.reply_to_sealed, column="tenant.reply_to", row=tenant.id)


def _invoices_of(session: Session, link: PayLink) -> tuple[tuple[UUID, ...], frozenset[UUID]]:
    """What is open in the mirror, and what the reminder named: the page must be able to say "paid"."""
    named = frozenset(
        session.scalars(
            select(ReminderInvoice.invoice_id).where(ReminderInvoice.reminder_id == link.reminder_id)
        )
    )
    rows = session.scalars(
        select(Invoice.id).where(
            Invoice.customer_id == link.customer_id,
            Invoice.currency == link.currency,
            or_(Invoice.state == InvoiceState.OPEN, Invoice.id.in_(named)),
        )
    )
    invoice_ids = tuple(rows)
    return invoice_ids, named or frozenset(invoice_ids)
