"""What stands in the way of an entry, in words for the bookkeeper: what is wrong, and what to do. Pure."""

from datetime import date
from decimal import Decimal

from app.connectors.base import FeeStyle, InvoiceRecord
from app.kit.money import rounded
from app.models import InvoiceState
from app.payments.work import Work

_GONE = (InvoiceState.VOIDED, InvoiceState.DELETED)


def balance_obstacle(work: Work, invoice: InvoiceRecord | None) -> str | None:
    """A payment is never more than the invoice still owes."""
    if invoice is None or invoice.state in _GONE:
        return (
            f"Invoice {work.number} was voided or deleted in {work.ledger}, but the customer has paid "
            f"{_money(work, work.amount)}. Refund the payment in Stripe, or book it by hand."
        )
    if invoice.state is InvoiceState.DRAFT:
        return f"Invoice {work.number} is a draft in {work.ledger}. Approve it, then press Try again."
    if invoice.currency != work.currency:
        return (
            f"Invoice {work.number} is now in {invoice.currency}, but the customer paid "
            f"{_money(work, work.amount)}. Book the payment by hand."
        )
    if invoice.amount_due < work.amount:
        return (
            f"Invoice {work.number} has only {_money(work, invoice.amount_due)} left to pay in {work.ledger}, "
            f"but the customer paid {_money(work, work.amount)} by card. Refund the difference in Stripe, or "
            "book the payment by hand as an overpayment."
        )
    return None


def accounts_obstacle(work: Work) -> str | None:
    """The accounts of the entry's currency are chosen by the business, never by us."""
    if work.accounts is None:
        return (
            f"Tell us which account stands for your Stripe balance in {work.currency}, and which takes the "
            "fees (Settings, Booking). Nothing is lost: this is booked as soon as you have chosen."
        )
    if not work.accounts.is_active:
        return (
            f"One of the accounts {work.accounts.names} is archived in {work.ledger}. Choose another one in "
            "Settings, Booking."
        )
    return None


def period_obstacle(work: Work) -> str | None:
    """A closed period stays closed: the date of a payment is a fact."""
    if work.closed_until is None or work.booked_on > work.closed_until:
        return None
    return (
        f"The books are closed up to {_day(work.closed_until)} in {work.ledger}, and this was paid on "
        f"{_day(work.booked_on)}. Move the lock date in {work.ledger}, then press Try again."
    )


def deposit_obstacle(work: Work) -> str | None:
    """A deposit gathers payments of its own currency that wait for it."""
    if work.style is not FeeStyle.DEPOSIT:
        return None
    if work.currency != work.payment_currency:
        return (
            f"Stripe took its fee of {_money(work, work.amount)} in another currency than the payment, so they "
            f"cannot be one deposit. Deposit the payment in {work.ledger}, enter the fee there, and say that "
            "you booked it yourself."
        )
    if not work.gathers:
        return (
            f"You booked this payment yourself, so there is nothing to deposit. Enter the fee of "
            f"{_money(work, work.amount)} in {work.ledger} too, and say that you booked it yourself."
        )
    return None


def _money(work: Work, amount: Decimal) -> str:
    return f"{work.currency} {rounded(amount, work.currency):,f}"


def _day(day: date) -> str:
    return f"{day:%d %b %Y}".lstrip("0")
