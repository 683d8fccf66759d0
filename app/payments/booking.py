"""Which accounts of the ledger payments and fees are booked to. The business chooses; we only suggest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.connectors.base import FeeStyle, TaxCode
from app.kit.database import tenant_of
from app.kit.errors import Rejected
from app.models import (
    Account,
    BookingAccounts,
    ClosedPeriod,
    Invoice,
    InvoiceState,
    Overpaid,
    Payment,
    WriteBack,
    WriteBackState,
)
from app.payments.booking_fit import (
    ChosenAccounts,
    Wanted,
    account_refusal,
    is_clearing,
    is_for_fees,
    is_for_income,
    is_for_refunds,
)
from app.payments.booking_switch import switch_off as switch_off
from app.payments.booking_switch import switch_on as switch_on
from app.payments.booking_switch import wake_parked
from app.payments.fee_tax import chosen_tax
from app.payments.on_clearing import CLEARING_CURRENCY
from app.payments.tenant_ledger import fee_styles

# The plainest name first.
_CLEARING_NAMES = ("stripe", "clearing", "card")
_REFUND_NAMES = ("refund", "returns", "allowance")
_BANK_NAMES = ("current account", "checking", "business", "bank", "cheque")
_SURCHARGE_NAMES = ("surcharge", "card fee", "fees charged", "other income", "other revenue", "sales")
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
    refund: UUID | None
    bank: UUID | None
    surcharge: UUID | None
    fee_tax: TaxCode | None
    suggested_clearing: UUID | None
    suggested_fee: UUID | None
    suggested_refund: UUID | None
    suggested_bank: UUID | None
    suggested_surcharge: UUID | None
    clearing_accounts: list[AccountChoice]
    fee_accounts: list[AccountChoice]
    refund_accounts: list[AccountChoice]
    bank_accounts: list[AccountChoice]
    surcharge_accounts: list[AccountChoice]
    fee_style: FeeStyle
    fee_styles: tuple[FeeStyle, ...]
    """What the ledger offers. If there is only one, there is nothing to choose."""
    closed_period: ClosedPeriod
    overpaid: Overpaid
    switched_on_at: datetime | None
    """None while nothing is booked."""
    books_from: date | None
    """What happened before this day the business has booked by itself."""
    waiting: int
    """Entries in this currency that wait for a choice or another remedy."""


def choices(session: Session) -> list[BookingChoice]:
    """One row per currency that has open invoices, payments or a choice, in order of the alphabet."""
    by_number = select(Account).where(Account.is_active).order_by(Account.code, Account.name)
    accounts, styles = list(session.scalars(by_number)), fee_styles(session)
    chosen = {row.currency: row for row in session.scalars(select(BookingAccounts))}
    parked = list(session.scalars(select(CLEARING_CURRENCY).where(WriteBack.state == WriteBackState.PARKED)))
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
    refund_id: UUID | None = None,
    bank_id: UUID | None = None,
    surcharge_id: UUID | None = None,
    fee_tax: TaxCode | None = None,
    closed_period: ClosedPeriod = ClosedPeriod.ASK,
    overpaid: Overpaid = Overpaid.ASK,
) -> int:
    """Set the accounts of a currency and wake what waited; how many entries that was. No style: the ledger's usual.

    Nothing is booked before `switch_on`. Raises Rejected with a sentence if an account or the style does not fit.
    """
    tenant_id, offered = tenant_of(session), fee_styles(session)
    style = fee_style or offered[0]
    refusal = _refusal(session, currency, clearing_id, fee_id, refund_id, bank_id, surcharge_id)
    if refusal is not None:
        raise Rejected(refusal)
    if style not in offered:
        raise Rejected("Your ledger cannot book card fees in this way. Choose the other one.")
    values = {
        "clearing_account_id": clearing_id,
        "fee_account_id": fee_id,
        "refund_account_id": refund_id,
        "bank_account_id": bank_id,
        "surcharge_account_id": surcharge_id,
        "fee_tax_code": fee_tax.code if fee_tax else None,
        "fee_tax_name": fee_tax.name if fee_tax else None,
        "fee_tax_percent": fee_tax.percent if fee_tax else None,
        "fee_style": style.value,
        "closed_period": closed_period,
        "overpaid": overpaid,
        "changed_at": now,
    }
    session.execute(
        insert(BookingAccounts)
        .values(tenant_id=tenant_id, id=uuid4(), currency=currency, **values)
        .on_conflict_do_update(index_elements=["tenant_id", "currency"], set_=values)
    )
    return wake_parked(session, currency, now)


def _refusal(
    session: Session,
    currency: str,
    clearing_id: UUID,
    fee_id: UUID,
    refund_id: UUID | None,
    bank_id: UUID | None,
    surcharge_id: UUID | None,
) -> str | None:
    """Why these cannot be the accounts, in a sentence; None if they can."""

    def named(account_id: UUID | None) -> Account | None:
        return session.get(Account, (tenant_of(session), account_id)) if account_id else None

    chosen = ChosenAccounts(
        clearing=named(clearing_id),
        fee=named(fee_id),
        refund=named(refund_id),
        bank=named(bank_id),
        surcharge=named(surcharge_id),
    )
    wanted = Wanted(refund=bool(refund_id), bank=bool(bank_id), surcharge=bool(surcharge_id))
    return account_refusal(chosen, currency, wanted)


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
    clearing = [account for account in accounts if is_clearing(account, currency)]
    fees = [account for account in accounts if is_for_fees(account)]
    refunds = [account for account in accounts if is_for_refunds(account)]
    incomes = [account for account in accounts if is_for_income(account)]
    suggested_clearing = suggest(clearing, _CLEARING_NAMES)
    banks = [account for account in clearing if account.id != suggested_clearing]
    return BookingChoice(
        currency=currency,
        clearing=chosen.clearing_account_id if chosen else None,
        fee=chosen.fee_account_id if chosen else None,
        refund=chosen.refund_account_id if chosen else None,
        bank=chosen.bank_account_id if chosen else None,
        surcharge=chosen.surcharge_account_id if chosen else None,
        fee_tax=chosen_tax(chosen),
        suggested_clearing=suggested_clearing,
        suggested_fee=suggest(fees, _FEE_NAMES),
        suggested_refund=suggest(refunds, _REFUND_NAMES),
        suggested_bank=suggest(banks, _BANK_NAMES),
        suggested_surcharge=suggest(incomes, _SURCHARGE_NAMES),
        clearing_accounts=[_shown(account) for account in clearing],
        fee_accounts=[_shown(account) for account in fees],
        refund_accounts=[_shown(account) for account in refunds],
        bank_accounts=[_shown(account) for account in clearing],
        surcharge_accounts=[_shown(account) for account in incomes],
        fee_style=FeeStyle(chosen.fee_style) if chosen and chosen.fee_style in styles else styles[0],
        fee_styles=styles,
        closed_period=chosen.closed_period if chosen else ClosedPeriod.ASK,
        overpaid=chosen.overpaid if chosen else Overpaid.ASK,
        switched_on_at=chosen.switched_on_at if chosen else None,
        books_from=chosen.books_from if chosen else None,
        waiting=waiting,
    )


def _shown(account: Account) -> AccountChoice:
    return AccountChoice(account.id, f"{account.code} {account.name}".strip())
