"""Which accounts of the ledger payments and fees are booked to. The business chooses; we only suggest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.connectors.base import FeeStyle
from app.kit.database import tenant_of
from app.kit.errors import Rejected
from app.models import (
    Account,
    BookingAccounts,
    Invoice,
    InvoiceState,
    Payment,
    WriteBack,
    WriteBackState,
)
from app.payments.tenant_ledger import fee_styles
from app.payments.write_back_rows import wake

# The plainest name first.
_CLEARING_NAMES = ("stripe", "clearing", "card")
_FEE_NAMES = ("stripe", "merchant", "card fee", "bank fee", "bank charge", "fees", "charges")


@dataclass(frozen=True, slots=True)
class AccountChoice:
    """An account that can be chosen."""

    id: UUID
    name: str
    """With its number before it, where the business numbers its accounts."""


@dataclass(frozen=True, slots=True)
class BookingChoice:
    """What is set and what could be set for one currency."""

    currency: str
    clearing: UUID | None
    fee: UUID | None
    suggested_clearing: UUID | None
    suggested_fee: UUID | None
    clearing_accounts: list[AccountChoice]
    fee_accounts: list[AccountChoice]
    fee_style: FeeStyle
    fee_styles: tuple[FeeStyle, ...]
    """What the ledger offers. If there is only one, there is nothing to choose."""
    waiting: int
    """Entries in this currency that wait for a choice or another remedy."""


def choices(session: Session) -> list[BookingChoice]:
    """One row per currency that has open invoices, payments or a choice, in order of the alphabet."""
    by_number = select(Account).where(Account.is_active).order_by(Account.code, Account.name)
    accounts, styles = list(session.scalars(by_number)), fee_styles(session)
    chosen = {row.currency: row for row in session.scalars(select(BookingAccounts))}
    parked = list(session.scalars(select(WriteBack.currency).where(WriteBack.state == WriteBackState.PARKED)))
    return [
        _choice(currency, accounts, chosen.get(currency), styles, parked.count(currency))
        for currency in sorted(_currencies(session) | set(chosen) | set(parked))
    ]


def suggest(accounts: Sequence[Account], names: Sequence[str]) -> UUID | None:
    """The account whose name speaks most plainly; None rather than a guess. Pure."""
    fitting = (account.id for name in names for account in accounts if name in account.name.lower())
    return next(fitting, None)


def save(
    session: Session,
    *,
    currency: str,
    clearing_id: UUID,
    fee_id: UUID,
    now: datetime,
    fee_style: FeeStyle | None = None,
) -> int:
    """Set the accounts of a currency and wake what waited; how many entries that was. No style: the ledger's usual.

    Raises Rejected with a sentence if an account or the style does not fit.
    """
    tenant_id, offered = tenant_of(session), fee_styles(session)
    style = fee_style or offered[0]
    clearing, fee = session.get(Account, (tenant_id, clearing_id)), session.get(Account, (tenant_id, fee_id))
    if clearing is None or not _is_clearing(clearing, currency):
        raise Rejected(f"Choose an active bank account in {currency} for the Stripe balance.")
    if fee is None or not _is_for_fees(fee):
        raise Rejected("Choose an active expense account for the fees.")
    if style not in offered:
        raise Rejected("Your ledger cannot book card fees in this way. Choose the other one.")
    values = {
        "clearing_account_id": clearing_id,
        "fee_account_id": fee_id,
        "fee_style": style.value,
        "switched_on_at": now,
        "changed_at": now,
    }
    session.execute(
        insert(BookingAccounts)
        .values(tenant_id=tenant_id, id=uuid4(), currency=currency, **values)
        .on_conflict_do_update(index_elements=["tenant_id", "currency"], set_=values)
    )
    return _wake_parked(session, currency, now)


def _wake_parked(session: Session, currency: str, now: datetime) -> int:
    parked = select(WriteBack).where(WriteBack.state == WriteBackState.PARKED, WriteBack.currency == currency)
    rows = session.scalars(parked.with_for_update()).all()
    for row in rows:
        row.state, row.reason = WriteBackState.WAITING, None
        wake(session, row, now=now)
    return len(rows)


def _currencies(session: Session) -> set[str]:
    invoiced = select(Invoice.currency).where(Invoice.state == InvoiceState.OPEN)
    paid, fees = (
        select(Payment.currency),
        select(Payment.fee_currency).where(Payment.fee_currency.is_not(None)),
    )
    return {code for code in session.scalars(invoiced.union(paid, fees)) if code}


def _choice(
    currency: str,
    accounts: list[Account],
    chosen: BookingAccounts | None,
    styles: tuple[FeeStyle, ...],
    waiting: int,
) -> BookingChoice:
    clearing = [account for account in accounts if _is_clearing(account, currency)]
    fees = [account for account in accounts if _is_for_fees(account)]
    return BookingChoice(
        currency=currency,
        clearing=chosen.clearing_account_id if chosen else None,
        fee=chosen.fee_account_id if chosen else None,
        suggested_clearing=suggest(clearing, _CLEARING_NAMES),
        suggested_fee=suggest(fees, _FEE_NAMES),
        clearing_accounts=[_shown(account) for account in clearing],
        fee_accounts=[_shown(account) for account in fees],
        fee_style=FeeStyle(chosen.fee_style) if chosen and chosen.fee_style in styles else styles[0],
        fee_styles=styles,
        waiting=waiting,
    )


def _is_clearing(account: Account, currency: str) -> bool:
    return account.is_active and account.takes_payments and account.currency == currency


def _is_for_fees(account: Account) -> bool:
    return account.is_active and account.takes_fees


def _shown(account: Account) -> AccountChoice:
    return AccountChoice(account.id, f"{account.code} {account.name}".strip())
