"""Which page at the processor a click on "Pay" leads to: at most one open per link and per invoice.

A page that was never shown to anybody cannot be paid, so a checkout that is still `opening` is either opened
again with its own idempotency key or given up. A page that was shown is closed at the processor before another
one for the same invoices is opened.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.errors import DueMateError, Rejected
from app.models import (
    Checkout,
    CheckoutInvoice,
    CheckoutState,
    Invoice,
    PayLink,
    PayWays,
    ProcessorAccount,
)
from app.payments.accounts import card_account, is_ready
from app.payments.coverage import ours_not_in_ledger
from app.payments.links import LinkPlace
from app.processors.base import CheckoutLine

LIFE = timedelta(hours=1)
# A page is handed out again only if the payer still has time to pay on it.
_LEAST_LEFT = timedelta(minutes=10)
# The processor repeats its first answer to a key, so an old one may name a page that has ended since.
_SAME_KEY_FOR = timedelta(minutes=20)
_SURCHARGE = "Surcharge for paying by card"
LIVE = (CheckoutState.OPENING, CheckoutState.OPEN)


class PaidMeanwhile(DueMateError):
    """Somebody has paid, or is just paying, for one of these invoices."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the payer wants to pay, and where they come back to."""

    place: LinkPlace
    token: str
    currency: str
    amounts: Mapping[UUID, Decimal]
    read_at: datetime
    """Just before the ledger told what is open."""
    parts: frozenset[UUID] = frozenset()
    """Invoices of which less than all is paid."""
    surcharge: Decimal = Decimal(0)
    """What the payer was shown, and agreed to add, for paying by card."""
    ways: PayWays = PayWays.ANY


@dataclass(frozen=True, slots=True)
class Reuse:
    url: str


@dataclass(frozen=True, slots=True)
class Close:
    checkout_id: UUID
    account: str
    external_id: str


@dataclass(frozen=True, slots=True)
class Open:
    checkout_id: UUID
    account: str
    currency: str
    lines: list[CheckoutLine]
    ways: PayWays
    expires_at: datetime
    is_new: bool


def next_step(session: Session, wish: Wish, *, now: datetime) -> Reuse | Close | Open:
    """Decide under lock: whoever pays for this customer comes here one after the other."""
    link = _lock(session, wish)
    if ours_not_in_ledger(session, wish.amounts.keys(), facts_read_at=wish.read_at):
        raise PaidMeanwhile("A payment for one of these invoices is already on its way.")
    account = card_account(session)
    if account is None or account.external_id is None or not is_ready(account):
        raise Rejected("This business cannot take card payments at the moment.")
    same = None
    for checkout, amounts in _live_checkouts(session, link, wish):
        is_same = checkout.pay_link_id == link.id and amounts == wish.amounts
        is_same = is_same and (checkout.surcharge, checkout.ways) == (wish.surcharge, wish.ways)
        if is_same and checkout.processor_account_id == account.id and _is_usable(checkout, now):
            same = checkout
        elif checkout.external_id is None or _cannot_be_paid(session, checkout, now):
            checkout.state = CheckoutState.EXPIRED
        else:
            owner = _owner(session, checkout)
            return Close(checkout.id, owner.external_id or account.external_id, checkout.external_id)
    if same is not None and same.state is CheckoutState.OPEN and same.url:
        return Reuse(same.url)
    session.flush()
    checkout = same or _begin(session, link, account, wish, now)
    return Open(
        checkout_id=checkout.id,
        account=account.external_id,
        currency=checkout.currency,
        lines=_lines(session, wish),
        ways=checkout.ways,
        expires_at=checkout.expires_at,
        is_new=same is None,
    )


def _owner(session: Session, checkout: Checkout) -> ProcessorAccount:
    return session.get_one(ProcessorAccount, (checkout.tenant_id, checkout.processor_account_id))


def _cannot_be_paid(session: Session, checkout: Checkout, now: datetime) -> bool:
    """Never shown; or of an account that we may not use any more, so that it cannot be closed but has ended by now."""
    if checkout.state is CheckoutState.OPENING:
        return True
    return checkout.expires_at < now and _owner(session, checkout).ended_at is not None


def _is_usable(checkout: Checkout, now: datetime) -> bool:
    if checkout.state is CheckoutState.OPENING:
        return now - checkout.created_at < _SAME_KEY_FOR
    return checkout.expires_at - now > _LEAST_LEFT


def _lock(session: Session, wish: Wish) -> PayLink:
    link = session.get_one(PayLink, (wish.place.tenant_id, wish.place.link_id))
    siblings = select(PayLink).where(PayLink.customer_id == link.customer_id)
    session.scalars(siblings.order_by(PayLink.id).with_for_update()).all()
    return link


def _live_checkouts(
    session: Session, link: PayLink, wish: Wish
) -> list[tuple[Checkout, dict[UUID, Decimal]]]:
    """Those of this link, and those of other links that hold one of the wished invoices."""
    rows = session.execute(
        select(Checkout, CheckoutInvoice)
        .join(CheckoutInvoice, CheckoutInvoice.checkout_id == Checkout.id)
        .join(PayLink, PayLink.id == Checkout.pay_link_id)
        .where(Checkout.state.in_(LIVE), PayLink.customer_id == link.customer_id)
    )
    found: dict[UUID, tuple[Checkout, dict[UUID, Decimal]]] = {}
    for checkout, part in rows:
        found.setdefault(checkout.id, (checkout, {}))[1][part.invoice_id] = part.amount
    return [
        (checkout, amounts)
        for checkout, amounts in found.values()
        if checkout.pay_link_id == link.id or amounts.keys() & wish.amounts.keys()
    ]


def _begin(session: Session, link: PayLink, account: ProcessorAccount, wish: Wish, now: datetime) -> Checkout:
    checkout = Checkout(
        tenant_id=link.tenant_id,
        id=uuid4(),
        pay_link_id=link.id,
        processor_account_id=account.id,
        currency=wish.currency,
        amount=sum(wish.amounts.values(), wish.surcharge),
        surcharge=wish.surcharge,
        ways=wish.ways,
        state=CheckoutState.OPENING,
        created_at=now,
        expires_at=now + LIFE,
    )
    session.add(checkout)
    session.flush()
    for invoice_id, amount in wish.amounts.items():
        session.add(
            CheckoutInvoice(
                tenant_id=link.tenant_id, checkout_id=checkout.id, invoice_id=invoice_id, amount=amount
            )
        )
    return checkout


def _lines(session: Session, wish: Wish) -> list[CheckoutLine]:
    rows = session.scalars(
        select(Invoice).where(Invoice.id.in_(wish.amounts.keys())).order_by(Invoice.due_on, Invoice.number)
    )
    lines = [
        CheckoutLine(
            f"{'Part of invoice' if row.id in wish.parts else 'Invoice'} {row.number}", wish.amounts[row.id]
        )
        for row in rows
    ]
    return [*lines, CheckoutLine(_SURCHARGE, wish.surcharge, is_surcharge=True)] if wish.surcharge else lines
