"""Reads what a pay link offers right now: from the ledger itself, and from our own payments."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
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
from app.payments.failed_debits import last_failed
from app.payments.links import LINK_LIFE, LinkPlace
from app.payments.looks import one_look
from app.payments.offer import Offer, Standing, offer_from
from app.payments.paying_rules import bank_details
from app.payments.surcharge_rules import surcharge_terms
from app.sync.fresh import fresh_invoices

_CLOSED = (Standing.REVOKED, Standing.EXPIRED)


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
    takes_cards: bool
    frame: Offer
    """Revoked or expired, unless the ledger is to be asked."""


def read_offer(ground: Ground, place: LinkPlace) -> Offer:
    """One read of the ledger. Raises BalanceUnknown if it cannot be read, NotFound if the link is gone."""
    asked = _asked(ground, place)
    if asked.frame.standing in _CLOSED:
        return asked.frame
    try:
        with one_look(ground, f"{place.tenant_id}:{asked.customer}"):
            fresh = fresh_invoices(ground, place.tenant_id, asked.invoice_ids, urgency=Urgency.INTERACTIVE)
    except Retryable as failure:
        raise BalanceUnknown(failure.reason, asked.frame, failure.after) from failure
    except (Rejected, Disconnected) as failure:
        raise BalanceUnknown(failure.reason, asked.frame, None) from failure
    with ground.database.tenant(place.tenant_id) as session:
        on_its_way = ours_not_in_ledger(session, asked.invoice_ids, facts_read_at=asked.frame.read_at)
        failed = last_failed(session, asked.invoice_ids)
    offer = offer_from(
        asked.frame,
        fresh,
        on_its_way,
        takes_cards=asked.takes_cards,
        customer=asked.customer,
        named=asked.named,
    )
    open_ids = {payable.invoice_id for payable in offer.payables}
    told = dict.fromkeys(debit for invoice_id, debit in failed.items() if invoice_id in open_ids)
    return replace(offer, failed_debits=tuple(told))


def _asked(ground: Ground, place: LinkPlace) -> _Asked:
    now = ground.clock.now()
    with ground.database.tenant(place.tenant_id) as session:
        link = session.get(PayLink, (place.tenant_id, place.link_id))
        tenant = session.get(Tenant, place.tenant_id)
        if link is None or tenant is None:
            raise NotFound("This link leads nowhere.")
        customer = session.get_one(Customer, (place.tenant_id, link.customer_id))
        frame = Offer(
            standing=_standing(link, now),
            business_name=tenant.name,
            reply_to=reply_to(ground, session, tenant),
            currency=link.currency,
            today=local_date(now, tenant.time_zone),
            read_at=now,
            parts_from=tenant.least_part if tenant.part_payments else None,
            bank_details=bank_details(session, ground.sealer(session)),
            surcharges=surcharge_terms(session, customer, None, now=now),
        )
        invoice_ids, named = _invoices_of(session, link)
        return _Asked(
            customer=customer.external_id,
            invoice_ids=invoice_ids,
            named=named,
            takes_cards=takes_payments(session),
            frame=frame,
        )


def _standing(link: PayLink, now: datetime) -> Standing:
    """What the link itself says; payable means that the ledger is asked."""
    if link.revoked_at is not None:
        return Standing.REVOKED
    return Standing.EXPIRED if now - link.created_at > LINK_LIFE else Standing.PAYABLE


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
            or_(Invoice.state == InvoiceState.OPEN, Invoice.id.in_(named)),
        )
    )
    invoice_ids = tuple(rows)
    return invoice_ids, named or frozenset(invoice_ids)
