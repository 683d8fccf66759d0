"""Which accounts fit which use. Pure."""

from dataclasses import dataclass

from app.models import Account


@dataclass(frozen=True, slots=True)
class ChosenAccounts:
    """The accounts of one currency as somebody chose them; None: there is no such account, or none was chosen."""

    clearing: Account | None
    fee: Account | None
    refund: Account | None
    bank: Account | None
    surcharge: Account | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of the accounts that may be left out were chosen."""

    refund: bool
    bank: bool
    surcharge: bool


def account_refusal(chosen: ChosenAccounts, currency: str, wanted: Wanted) -> str | None:
    """Why these cannot be the accounts of a currency, in a sentence; None if they can."""
    if chosen.clearing is None or not is_clearing(chosen.clearing, currency):
        return f"Choose an active bank account in {currency} for the Stripe balance."
    if chosen.fee is None or not is_for_fees(chosen.fee):
        return "Choose an active expense account for the fees."
    if wanted.refund and (chosen.refund is None or not is_for_refunds(chosen.refund)):
        return "Choose an active account for money that you give back."
    if wanted.surcharge and (chosen.surcharge is None or not is_for_income(chosen.surcharge)):
        return "Choose an active income account for surcharges."
    if wanted.bank and (chosen.bank is None or not is_clearing(chosen.bank, currency)):
        return f"Choose an active bank account in {currency} that payouts arrive in."
    if chosen.bank is not None and chosen.bank.id == chosen.clearing.id:
        return "Payouts arrive in another account than the one that stands for the Stripe balance."
    return None


def is_clearing(account: Account, currency: str) -> bool:
    """Payments can be booked to it, fees paid from it, and money moved between it and another such account."""
    return account.is_active and account.takes_payments and account.currency == currency


def is_for_fees(account: Account) -> bool:
    """An expense account."""
    return account.is_active and account.takes_fees


def is_for_income(account: Account) -> bool:
    """What a customer is charged beside goods and services can be booked to it."""
    return account.is_active and account.takes_income


def is_for_refunds(account: Account) -> bool:
    """Money given back can be booked against it."""
    return account.is_active and account.takes_refunds
