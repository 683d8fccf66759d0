"""What a pay link offers right now: the customer's open invoices in its currency, as the ledger has them."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.connectors.base import InvoiceRecord
from app.kit.clock import local_date
from app.kit.errors import Disconnected, DueMateError, NotFound, Rejected, Retryable
from app.kit.ground import Ground
from app.models import Customer, Invoice, InvoiceState, PayLink, ReminderInvoice, Tenant
from app.payments.accounts import takes_payments
from app.payments.coverage import ours_not_in_ledger
from app.payments.links import LinkPlace
from app.sync.fresh import fresh_invoices


class Standing(StrEnum):
    """What the page has to say."""

    PAYABLE = "payable"
    NO_CARDS = "no_cards"
    PROCESSING = "processing"
    PAID = "paid"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Payable:
    """An invoice that can be paid, at its live balance. One that is being paid is not offered again."""

    invoice_id: UUID
    number: str
    issued_on: date
    due_on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Offer:
    """The whole page."""

    standing: Standing
    business_name: str
    country_code: str
    reply_to: str | None
    currency: str
    today: date
    """In the organisation's zone."""
    read_at: datetime
    """Just before the ledger was asked."""
    payables: tuple[Payable, ...] = ()
    on_its_way: Decimal = Decimal(0)
    """Paid by the customer and not yet in the ledger."""

    @property
    def total(self) -> Decimal:
        return sum((payable.amount for payable in self.payables), Decimal())


class BalanceUnknown(DueMateError):
    """The ledger cannot be read now, so nothing may be said about amounts. `frame` says whose page it is."""

    def __init__(self, reason: str, frame: Offer) -> None:
        super().__init__(reason)
        self.frame = frame


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
        fresh = fresh_invoices(ground, place.tenant_id, asked.invoice_ids)
    except (Retryable, Rejected, Disconnected) as failure:
        raise BalanceUnknown(failure.reason, asked.frame) from failure
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


def offer_from(
    frame: Offer,
    fresh: dict[UUID, InvoiceRecord],
    on_its_way: dict[UUID, Decimal],
    *,
    takes_cards: bool,
    customer: str,
    named: frozenset[UUID],
) -> Offer:
    """The offer that these facts make. Pure."""
    theirs = {
        invoice_id: record
        for invoice_id, record in fresh.items()
        if record.customer_external_id == customer and record.currency == frame.currency
    }
    payables = [
        Payable(invoice_id, record.number, record.issued_on, record.due_on, record.amount_due)
        for invoice_id, record in theirs.items()
        if record.state is InvoiceState.OPEN and record.amount_due > 0 and invoice_id not in on_its_way
    ]
    return replace(
        frame,
        standing=_standing(theirs, payables, on_its_way, takes_cards=takes_cards, named=named),
        payables=tuple(sorted(payables, key=lambda payable: (payable.due_on, payable.number))),
        on_its_way=sum(on_its_way.values(), Decimal()),
    )


def _standing(
    theirs: dict[UUID, InvoiceRecord],
    payables: list[Payable],
    on_its_way: dict[UUID, Decimal],
    *,
    takes_cards: bool,
    named: frozenset[UUID],
) -> Standing:
    if payables:
        return Standing.PAYABLE if takes_cards else Standing.NO_CARDS
    if on_its_way:
        return Standing.PROCESSING
    is_any_paid = any(theirs[known].state is InvoiceState.PAID for known in named & theirs.keys())
    return Standing.WITHDRAWN if named and not is_any_paid else Standing.PAID


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
