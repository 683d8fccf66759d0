"""Which income account late fees of a currency are booked to. The business chooses; we only suggest."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.kit.errors import Rejected
from app.models import Account, BookingAccounts
from app.payments.booking import suggest

# The plainest name first.
_NAMES = ("late fee", "late payment", "interest income", "interest", "other income", "other revenue")


@dataclass(frozen=True, slots=True)
class IncomeChoice:
    """What is set and what could be set for one currency."""

    currency: str
    chosen: UUID | None
    suggested: UUID | None
    accounts: list[tuple[UUID, str]]
    """With its number before the name, where the business numbers its accounts."""
    is_booked: bool
    """Booking is switched on for the currency; without it there is nothing to choose yet."""


def income_choices(session: Session, currencies: Collection[str]) -> list[IncomeChoice]:
    """One for each of these currencies, in the order of the alphabet."""
    fitting = select(Account).where(Account.is_active, Account.takes_income)
    accounts = list(session.scalars(fitting.order_by(Account.code, Account.name)))
    booked = {row.currency: row for row in session.scalars(select(BookingAccounts))}
    shown = [(account.id, f"{account.code} {account.name}".strip()) for account in accounts]
    return [
        IncomeChoice(
            currency,
            chosen=row.late_fee_account_id if row else None,
            suggested=suggest(accounts, _NAMES),
            accounts=shown,
            is_booked=row is not None and row.switched_on_at is not None,
        )
        for currency in sorted(currencies)
        for row in [booked.get(currency)]
    ]


def choose_income(session: Session, *, currency: str, account_id: UUID) -> None:
    """Book late fees of a currency to this account. Raises Rejected if it does not fit or booking is not set up."""
    account = session.get(Account, (tenant_of(session), account_id))
    if account is None or not (account.is_active and account.takes_income):
        raise Rejected("Choose an active income account for late fees.")
    row = session.scalars(select(BookingAccounts).where(BookingAccounts.currency == currency)).one_or_none()
    if row is None:
        raise Rejected(f"Choose the accounts for {currency} on the booking page first.")
    row.late_fee_account_id = account_id


def require_accounts(session: Session, currencies: Collection[str]) -> None:
    """Raise Rejected, in words, unless charges in these currencies can be booked."""
    for choice in income_choices(session, currencies):
        if not choice.is_booked:
            raise Rejected(
                f"Booking is not switched on for {choice.currency}. Do so on the booking page; until then nothing "
                "is charged."
            )
        if choice.chosen is None:
            raise Rejected(
                f"Choose the income account for late fees in {choice.currency}; until then nothing is charged."
            )
