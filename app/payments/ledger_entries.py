"""The three kinds of entry: how each is looked for, what stands in its way, and how it is made."""

import hashlib
from datetime import date
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from app.connectors.base import BookedEntry, InvoiceRecord, Ledger
from app.kit.ground import Ground
from app.kit.money import rounded
from app.models import InvoiceState, WriteBackKind
from app.payments.work import BookInto, Work
from app.sync.fresh import fresh_invoices

_PAYEE = "Stripe"


class LedgerEntry(Protocol):
    """One entry of ours at the ledger. Errors as at the Ledger port."""

    def look(self) -> BookedEntry | None:
        """The entry, if the ledger has it."""
        ...

    def obstacle(self) -> str | None:
        """Why it cannot be made now, in words for the bookkeeper; None if it can."""
        ...

    def make(self, idempotency_key: str) -> None:
        """Enter it, once. `look` first."""
        ...


class PaymentEntry:
    """A payment of one invoice."""

    def __init__(self, ground: Ground, tenant_id: UUID, ledger: Ledger, work: Work) -> None:
        self._ground, self._tenant_id, self._ledger, self._work = ground, tenant_id, ledger, work

    def look(self) -> BookedEntry | None:
        return self._ledger.find_payment(invoice_external_id=self._work.invoice, marker=self._work.marker)

    def obstacle(self) -> str | None:
        work = self._work
        if (missing := _accounts_obstacle(work)) or (missing := _period_obstacle(work)):
            return missing
        if work.invoice_id is None:
            return None
        fresh = fresh_invoices(self._ground, self._tenant_id, [work.invoice_id])
        return balance_obstacle(work, fresh.get(work.invoice_id))

    def make(self, idempotency_key: str) -> None:
        self._ledger.record_payment(
            invoice_external_id=self._work.invoice,
            account_external_id=_chosen(self._work).clearing,
            amount=self._work.amount,
            booked_on=self._work.booked_on,
            marker=self._work.marker,
            idempotency_key=idempotency_key,
        )


class FeeEntry:
    """The processor's fee as money spent from the clearing account."""

    def __init__(self, ledger: Ledger, work: Work) -> None:
        self._ledger, self._work = ledger, work

    def look(self) -> BookedEntry | None:
        return self._ledger.find_fee(marker=self._work.marker, booked_on=self._work.booked_on)

    def obstacle(self) -> str | None:
        return _accounts_obstacle(self._work) or _period_obstacle(self._work)

    def make(self, idempotency_key: str) -> None:
        accounts = _chosen(self._work)
        self._ledger.record_fee(
            bank_account_external_id=accounts.clearing,
            expense_account_code=accounts.fee_code,
            amount=self._work.amount,
            booked_on=self._work.booked_on,
            marker=self._work.marker,
            payee=_PAYEE,
            description=f"Card fee for Stripe payment {self._work.payment}",
            idempotency_key=idempotency_key,
        )


class NoteEntry:
    """A sentence in the invoice's history. It carries no amount and needs no account."""

    def __init__(self, ledger: Ledger, work: Work) -> None:
        self._ledger, self._work = ledger, work

    def look(self) -> BookedEntry | None:
        is_there = any(self._work.marker in text for text in self._ledger.notes(self._work.invoice))
        return BookedEntry("", self._work.amount) if is_there else None

    def obstacle(self) -> str | None:
        return None

    def make(self, idempotency_key: str) -> None:
        self._ledger.note(self._work.invoice, self._work.marker, idempotency_key=idempotency_key)


def ledger_entry(ground: Ground, tenant_id: UUID, ledger: Ledger, work: Work) -> LedgerEntry:
    """The entry of a piece of work."""
    match work.kind:
        case WriteBackKind.PAYMENT:
            return PaymentEntry(ground, tenant_id, ledger, work)
        case WriteBackKind.FEE:
            return FeeEntry(ledger, work)
        case WriteBackKind.NOTE:
            return NoteEntry(ledger, work)


def idempotency_key(work: Work) -> str:
    """The key of this attempt: the same for the same row, attempt, accounts and amount; within 128 characters."""
    accounts = (work.accounts.clearing, work.accounts.fee_code) if work.accounts else ()
    told = "|".join(map(str, (work.row_id, work.attempts, work.amount, work.booked_on, *accounts)))
    return f"duemate-{hashlib.sha256(told.encode()).hexdigest()}"


def balance_obstacle(work: Work, invoice: InvoiceRecord | None) -> str | None:
    """A payment is never more than the invoice still owes. Pure."""
    if invoice is None or invoice.state is InvoiceState.VOIDED:
        return (
            f"Invoice {work.number} was voided or deleted in {work.ledger}, but the customer has paid "
            f"{_money(work, work.amount)}. Refund the payment in Stripe, or book it by hand."
        )
    if invoice.state is InvoiceState.DRAFT:
        return f"Invoice {work.number} is a draft in {work.ledger}. Approve it, then press Retry."
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


def _accounts_obstacle(work: Work) -> str | None:
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


def _period_obstacle(work: Work) -> str | None:
    if work.closed_until is None or work.booked_on > work.closed_until:
        return None
    return (
        f"The books are closed up to {_day(work.closed_until)} in {work.ledger}, and this was paid on "
        f"{_day(work.booked_on)}. Move the lock date in {work.ledger}, then press Retry."
    )


def _chosen(work: Work) -> BookInto:
    if work.accounts is None:
        raise LookupError("an entry was made without accounts")
    return work.accounts


def _money(work: Work, amount: Decimal) -> str:
    return f"{work.currency} {rounded(amount, work.currency):,f}"


def _day(day: date) -> str:
    return f"{day:%d %b %Y}".lstrip("0")
