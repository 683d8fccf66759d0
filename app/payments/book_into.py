"""The accounts of the ledger that an entry moves money between, as the business chose them for its currency."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.connectors.base import AccountRef
from app.kit.database import tenant_of
from app.models import Account, BookingAccounts, ClosedPeriod, LateFeeBooking, Overpaid, WriteBackKind

MONEY_BACK = (
    WriteBackKind.REFUND,
    WriteBackKind.REFUND_RETURNED,
    WriteBackKind.CHARGEBACK,
    WriteBackKind.CHARGEBACK_RETURNED,
)

SURCHARGES = (WriteBackKind.SURCHARGE, WriteBackKind.SURCHARGE_RETURNED)


@dataclass(frozen=True, slots=True)
class BookInto:
    """The choices for the entry's currency."""

    clearing: str
    """The ledger's id of the bank account that stands for the processor's balance; empty for what never touches it."""
    other: AccountRef | None
    """The other side: the account of the fees, of what is given back, or the bank; None if it is not chosen."""
    names: str
    is_active: bool
    is_on: bool
    """The business has said that entries may be made."""
    fee_tax: str | None = None
    """The ledger's code of the tax within a card fee; None: no tax."""
    closed_period: ClosedPeriod = ClosedPeriod.ASK
    overpaid: Overpaid = Overpaid.ASK
    changed_at: datetime | None = None
    """When they were chosen last."""


def book_into(session: Session, kind: WriteBackKind, currency: str) -> BookInto | None:
    """The accounts of an entry; None if nothing is chosen for its currency."""
    if kind is WriteBackKind.LATE_FEE:
        return _charges_into(session, currency)
    chosen = session.scalars(
        select(BookingAccounts).where(BookingAccounts.currency == currency)
    ).one_or_none()
    if chosen is None:
        return None
    clearing, other = _account(session, chosen.clearing_account_id), _account(session, _other(chosen, kind))
    if clearing is None:
        return None
    used = [account for account in (clearing, other) if account is not None]
    return BookInto(
        clearing=clearing.external_id,
        other=AccountRef(other.external_id, other.code) if other else None,
        names=" and ".join(account.name for account in used),
        is_active=all(account.is_active for account in used),
        is_on=chosen.switched_on_at is not None,
        fee_tax=chosen.fee_tax_code if kind is WriteBackKind.FEE else None,
        closed_period=chosen.closed_period,
        overpaid=chosen.overpaid,
        changed_at=chosen.changed_at,
    )


def _charges_into(session: Session, currency: str) -> BookInto | None:
    """A charge to a customer moves no money: it needs its account of income, and a switch of its own."""
    chosen = session.scalars(select(LateFeeBooking).where(LateFeeBooking.currency == currency)).one_or_none()
    income = _account(session, chosen.account_id) if chosen else None
    if chosen is None or income is None:
        return None
    closed = select(BookingAccounts.closed_period).where(BookingAccounts.currency == currency)
    return BookInto(
        clearing="",
        other=AccountRef(income.external_id, income.code),
        names=income.name,
        is_active=income.is_active,
        is_on=chosen.switched_on_at is not None,
        closed_period=session.scalar(closed) or ClosedPeriod.ASK,
        changed_at=chosen.changed_at,
    )


def _other(chosen: BookingAccounts, kind: WriteBackKind) -> UUID | None:
    if kind in MONEY_BACK:
        return chosen.refund_account_id
    if kind in SURCHARGES:
        return chosen.surcharge_account_id
    return chosen.bank_account_id if kind is WriteBackKind.TRANSFER else chosen.fee_account_id


def _account(session: Session, account_id: UUID | None) -> Account | None:
    return session.get(Account, (tenant_of(session), account_id)) if account_id else None
