"""Where charges of a currency are booked: an income account, and a switch that is off until somebody has seen what a
charge would be in the books. No card account is needed for it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kit.clock import local_date
from app.kit.database import tenant_of
from app.kit.errors import Rejected
from app.late_fees.terms import Charge
from app.late_fees.words import described
from app.models import Account, LateFee, LateFeeBooking, LateFeeKind, LateFeeState, Tenant
from app.payments.booking import suggest
from app.payments.booking_switch import wake_parked
from app.payments.entries import late_fee_entry

# The plainest name first.
_NAMES = ("late fee", "late payment", "interest income", "interest", "other income", "other revenue")
_NUMBER, _SAMPLE, _PAY_WITHIN = "INV-SAMPLE", Decimal(25), timedelta(days=14)


@dataclass(frozen=True, slots=True)
class SampleCharge:
    """A made-up charge as the bookkeeper will find it: an open invoice of one line, without tax."""

    amount: Decimal
    account: str
    dated: date
    due_on: date
    reference: str
    description: str


@dataclass(frozen=True, slots=True)
class IncomeChoice:
    """What is set and what could be set for one currency."""

    currency: str
    chosen: UUID | None
    suggested: UUID | None
    accounts: list[tuple[UUID, str]]
    """With its number before the name, where the business numbers its accounts."""
    is_on: bool
    sample: SampleCharge | None
    """What a charge would be in the books, once an account is chosen."""


def income_choices(session: Session, currencies: Collection[str], *, now: datetime) -> list[IncomeChoice]:
    """One for each of these currencies, in the order of the alphabet."""
    fitting = select(Account).where(Account.is_active, Account.takes_income)
    accounts = {row.id: row for row in session.scalars(fitting.order_by(Account.code, Account.name))}
    booked = {row.currency: row for row in session.scalars(select(LateFeeBooking))}
    zone = session.get_one(Tenant, tenant_of(session)).time_zone
    today = local_date(now, zone)
    return [
        IncomeChoice(
            currency,
            chosen=account.id if account else None,
            suggested=suggest(list(accounts.values()), _NAMES),
            accounts=[(one.id, _shown(one)) for one in accounts.values()],
            is_on=account is not None and row is not None and row.switched_on_at is not None,
            sample=_sample(account, currency, today) if account else None,
        )
        for currency in sorted(currencies)
        for row in [booked.get(currency)]
        for account in [accounts.get(row.account_id) if row else None]
    ]


def choose_income(session: Session, *, currency: str, account_id: UUID, now: datetime) -> None:
    """Book late fees of a currency to this account. Raises Rejected if it does not fit."""
    account = session.get(Account, (tenant_of(session), account_id))
    if account is None or not (account.is_active and account.takes_income):
        raise Rejected("Choose an active income account for late fees.")
    values = {"account_id": account_id, "changed_at": now}
    session.execute(
        insert(LateFeeBooking)
        .values(tenant_id=tenant_of(session), id=uuid4(), currency=currency, **values)
        .on_conflict_do_update(index_elements=["tenant_id", "currency"], set_=values)
    )
    wake_parked(session, currency, now)


def switch_booking_on(session: Session, *, currency: str, by: UUID, now: datetime) -> None:
    """Charges of a currency may be made from now on. Raises Rejected if no account is chosen."""
    row = _booking(session, currency)
    if row is None:
        raise Rejected(f"Choose the income account for late fees in {currency} first.")
    row.switched_on_at, row.switched_on_by = row.switched_on_at or now, by
    wake_parked(session, currency, now)


def switch_booking_off(session: Session, *, currency: str) -> None:
    """No more charges of a currency. What is under way at the ledger is still finished."""
    row = _booking(session, currency)
    if row is not None:
        row.switched_on_at, row.switched_on_by = None, None


def require_accounts(session: Session, currencies: Collection[str], *, now: datetime) -> None:
    """Raise Rejected, in words, unless charges in these currencies can be booked."""
    for choice in income_choices(session, currencies, now=now):
        if choice.chosen is None:
            raise Rejected(
                f"Choose the income account for late fees in {choice.currency}; until then nothing is charged."
            )
        if not choice.is_on:
            raise Rejected(
                f"Look at what a charge would be in your books and switch it on for {choice.currency}; until then "
                "nothing is charged."
            )


def _sample(account: Account, currency: str, today: date) -> SampleCharge:
    """By the same code as the real ones; only the debt is made up."""
    late_on, due_on = today - timedelta(days=1), today + _PAY_WITHIN
    charge = Charge(LateFeeKind.FEE, late_on, late_on, _SAMPLE, None, _SAMPLE)
    made_up = LateFee(
        id=UUID(int=0),
        currency=currency,
        amount=_SAMPLE,
        state=LateFeeState.PROPOSED,
        issued_on=today,
        due_on=due_on,
    )
    return SampleCharge(
        amount=_SAMPLE,
        account=_shown(account),
        dated=today,
        due_on=due_on,
        reference=late_fee_entry(made_up, number=_NUMBER).marker,
        description=described(charge, number=_NUMBER, currency=currency, law=None),
    )


def _shown(account: Account) -> str:
    return f"{account.code} {account.name}".strip()


def _booking(session: Session, currency: str) -> LateFeeBooking | None:
    wanted = select(LateFeeBooking).where(LateFeeBooking.currency == currency)
    return session.scalars(wanted.with_for_update()).one_or_none()
