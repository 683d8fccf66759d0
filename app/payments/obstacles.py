"""What stands in the way of an entry, in words for the bookkeeper: what is wrong, and what to do. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from app.connectors.base import FeeStyle, InvoiceRecord
from app.models import ClosedPeriod, InvoiceState, WriteBackKind
from app.payments.book_into import SURCHARGES
from app.payments.in_words import day, money
from app.payments.work import Line, Work

_GONE = (InvoiceState.VOIDED, InvoiceState.DELETED)


def balance_obstacle(work: Work, invoice: InvoiceRecord | None) -> str | None:
    """A payment is never more than the invoice still owes."""
    if invoice is None or invoice.state in _GONE:
        return (
            f"Invoice {work.number} was voided or deleted in {work.ledger}, but the customer has paid "
            f"{_money(work, work.amount)}. Keep it as the customer's credit, or give it back and say that you "
            "booked it yourself."
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
            f"but the customer paid {_money(work, work.amount)} by card. Keep what is too much as the customer's "
            "credit, or give it back and book what stays by hand."
        )
    return None


def beyond_balance(work: Work, invoice: InvoiceRecord | None) -> Decimal:
    """How much of the payment the invoice cannot take, though it may become the customer's credit."""
    if invoice is None or invoice.state in _GONE:
        return work.amount
    if invoice.state is InvoiceState.DRAFT or invoice.currency != work.currency:
        return Decimal(0)
    return max(Decimal(0), work.amount - max(Decimal(0), invoice.amount_due))


def cannot_go_along(work: Work, fresh: Mapping[UUID, InvoiceRecord | None]) -> tuple[UUID, ...]:
    """The entries of one payment that their invoice does not take, or that are another customer's by now."""
    found = {line.row_id: fresh.get(line.invoice_id) for line in work.lines}
    takes = {
        line.row_id: balance_obstacle(_of_line(work, line), found[line.row_id]) is None for line in work.lines
    }
    customers = [
        invoice.customer_external_id for row_id, invoice in found.items() if invoice and takes[row_id]
    ]
    return tuple(
        row_id
        for row_id, invoice in found.items()
        if invoice is None or not takes[row_id] or invoice.customer_external_id != customers[0]
    )


def _of_line(work: Work, line: Line) -> Work:
    return replace(work, amount=line.amount, number=line.number)


def accounts_obstacle(work: Work) -> str | None:
    """The accounts of the currency are chosen by the business, never by us; and so is when to begin."""
    currency = work.clearing_currency
    if work.accounts is None:
        return (
            f"Tell us which account stands for your Stripe balance in {currency}, and which takes the "
            "fees (Settings, Booking). Nothing is lost: this is booked as soon as you have chosen."
        )
    if not work.accounts.is_on:
        return (
            f"Booking is not switched on for {currency} yet. Look at the entries of a sample payment and "
            "switch booking on in Settings, Booking. Nothing is lost: this is booked then, with its own date."
        )
    if work.accounts.other is None:
        return _unchosen(work)
    if not work.accounts.is_active:
        return (
            f"One of the accounts {work.accounts.names} is archived in {work.ledger}. Choose another one in "
            "Settings, Booking."
        )
    return None


def _unchosen(work: Work) -> str:
    currency = work.clearing_currency
    if work.kind is WriteBackKind.TRANSFER:
        return (
            f"Tell us which bank account your payouts in {currency} arrive in (Settings, Booking). Or enter "
            "the transfer yourself and say that you booked it."
        )
    if work.kind in SURCHARGES:
        return (
            f"Tell us which income account surcharges in {currency} are booked to (Settings, Booking). Nothing "
            "is lost: this is booked as soon as you have chosen."
        )
    return (
        f"Tell us which account money that you give back in {currency} is booked against (Settings, "
        "Booking). Nothing is lost: this is booked as soon as you have chosen."
    )


def period_obstacle(work: Work) -> str | None:
    """A closed period stays closed: the date of a payment is a fact."""
    if work.closed_until is None or work.booked_on > work.closed_until:
        return None
    happened = "is dated" if work.kind is WriteBackKind.LATE_FEE else "was paid on"
    return (
        f"The books are closed up to {day(work.closed_until)} in {work.ledger}, and this {happened} "
        f"{day(work.booked_on)}. Move the lock date in {work.ledger}, then press Try again; or let us book such "
        "entries on the first open day (Settings, Booking)."
    )


def customer_obstacle(work: Work) -> str | None:
    """Nothing can be charged to a customer whom the ledger has put away."""
    if work.customer_is_active:
        return None
    return (
        f"The customer is archived in {work.ledger}, so that nothing can be charged to them. Make them active again "
        "there, then press Try again; or waive the charge."
    )


def first_open_day(work: Work) -> date | None:
    """Where an entry goes whose own day is closed, if the business wants that; None if it stays where it is."""
    if work.closed_until is None or work.booked_on > work.closed_until or work.accounts is None:
        return None
    open_on = work.closed_until + timedelta(days=1)
    wanted = work.accounts.closed_period is ClosedPeriod.FIRST_OPEN_DAY
    return open_on if wanted and open_on <= work.today else None


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
    return money(amount, work.currency)
