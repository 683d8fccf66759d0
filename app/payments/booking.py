"""Which accounts of the ledger payments and fees are booked to. The business chooses; we only suggest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

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
from app.payments.entry_rows import wake

# The plainest name first.
_CLEARING_NAMES = ("stripe", "clearing", "card")
_FEE_NAMES = ("stripe", "merchant", "card fee", "bank fee", "bank charge", "fees", "charges")


@dataclass(frozen=True, slots=True)
class AccountChoice:
    """An account that can be chosen."""

    id: UUID
    code: str
    name: str


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
    waiting: int
    """Entries in this currency that wait for a choice or another remedy."""


def choices(session: Session) -> list[BookingChoice]:
    """One row per currency that has open invoices, payments or a choice, in order of the alphabet."""
    accounts = list(session.scalars(select(Account).where(Account.is_active).order_by(Account.code)))
    chosen = {row.currency: row for row in session.scalars(select(BookingAccounts))}
    parked = list(session.scalars(select(WriteBack.currency).where(WriteBack.state == WriteBackState.PARKED)))
    return [
        _choice(currency, accounts, chosen.get(currency), parked.count(currency))
        for currency in sorted(_currencies(session) | set(chosen) | set(parked))
    ]


def suggest(accounts: Sequence[Account], names: Sequence[str]) -> UUID | None:
    """The account whose name speaks most plainly; None rather than a guess. Pure."""
    fitting = (account.id for name in names for account in accounts if name in account.name.lower())
    return next(fitting, None)


def save(session: Session, *, currency: str, clearing_id: UUID, fee_id: UUID, now: datetime) -> int:
    """Set the accounts of a currency and wake what waited; how many entries that was.

    Raises Rejected with a sentence if an account does not fit.
    """
    tenant_id = tenant_of(session)
    clearing, fee = session.get(Account, (tenant_id, clearing_id)), session.get(Account, (tenant_id, fee_id))
    if clearing is None or not _is_clearing(clearing, currency):
        raise Rejected(f"Choose an active bank account in {currency} for the Stripe balance.")
    if fee is None or not _is_for_fees(fee):
        raise Rejected("Choose an active expense account with a code for the fees.")
    values = {"clearing_account_id": clearing_id, "fee_account_id": fee_id, "changed_at": now}
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
    currency: str, accounts: list[Account], chosen: BookingAccounts | None, waiting: int
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
        waiting=waiting,
    )


def _is_clearing(account: Account, currency: str) -> bool:
    # Fees are entered as money spent, which the ledger allows from bank accounts only.
    return account.is_active and account.kind == "bank" and account.currency == currency


def _is_for_fees(account: Account) -> bool:
    return account.is_active and account.kind == "expense" and account.code != ""


def _shown(account: Account) -> AccountChoice:
    return AccountChoice(account.id, account.code, account.name)
