"""The three kinds of entry: how each is looked for, what stands in its way, and how it is made."""

import hashlib
from typing import Protocol
from uuid import UUID

from app.connectors.base import BookedEntry, FeeEntry, FeeStyle, Ledger, PaymentEntry, PaymentPart
from app.kit.ground import Ground
from app.models import WriteBackKind
from app.payments.obstacles import accounts_obstacle, balance_obstacle, deposit_obstacle, period_obstacle
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


class PaymentOfInvoice:
    """A payment of one invoice."""

    def __init__(self, ground: Ground, tenant_id: UUID, ledger: Ledger, work: Work) -> None:
        self._ground, self._tenant_id, self._ledger, self._work = ground, tenant_id, ledger, work

    def look(self) -> BookedEntry | None:
        return self._ledger.find_payment(invoice_external_id=self._work.invoice, marker=self._work.marker)

    def obstacle(self) -> str | None:
        work = self._work
        if (missing := accounts_obstacle(work)) or (missing := period_obstacle(work)):
            return missing
        if work.invoice_id is None:
            return None
        fresh = fresh_invoices(self._ground, self._tenant_id, [work.invoice_id])
        return balance_obstacle(work, fresh.get(work.invoice_id))

    def make(self, idempotency_key: str) -> None:
        work = self._work
        entry = PaymentEntry(
            parts=(PaymentPart(work.invoice, work.amount),),
            account_external_id=None if work.style is FeeStyle.DEPOSIT else _chosen(work).clearing,
            booked_on=work.booked_on,
            marker=work.marker,
            memo=work.memo,
        )
        self._ledger.record_payment(entry, idempotency_key=idempotency_key)


class FeeOfPayment:
    """The processor's fee, in the style of its payment."""

    def __init__(self, ledger: Ledger, work: Work) -> None:
        self._ledger, self._work = ledger, work

    def look(self) -> BookedEntry | None:
        work = self._work
        return self._ledger.find_fee(marker=work.marker, booked_on=work.booked_on, style=work.style)

    def obstacle(self) -> str | None:
        work = self._work
        return accounts_obstacle(work) or period_obstacle(work) or deposit_obstacle(work)

    def make(self, idempotency_key: str) -> None:
        work, accounts = self._work, _chosen(self._work)
        entry = FeeEntry(
            style=work.style,
            clearing_account_external_id=accounts.clearing,
            expense_account=accounts.fee,
            amount=work.amount,
            booked_on=work.booked_on,
            marker=work.marker,
            payee=_PAYEE,
            description=f"Card fee for Stripe payment {work.payment}",
            payment_external_ids=work.gathers,
        )
        self._ledger.record_fee(entry, idempotency_key=idempotency_key)


class NoteOnInvoice:
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
            return PaymentOfInvoice(ground, tenant_id, ledger, work)
        case WriteBackKind.FEE:
            return FeeOfPayment(ledger, work)
        case WriteBackKind.NOTE:
            return NoteOnInvoice(ledger, work)


def idempotency_key(work: Work) -> str:
    """The key of this attempt: the same for the same row, attempt and body; within 128 characters."""
    accounts = (work.accounts.clearing, work.accounts.fee.external_id) if work.accounts else ()
    body = (work.amount, work.booked_on, work.style, *work.gathers, *accounts)
    told = "|".join(map(str, (work.row_id, work.attempts, *body)))
    return f"duemate-{hashlib.sha256(told.encode()).hexdigest()}"


def _chosen(work: Work) -> BookInto:
    if work.accounts is None:
        raise LookupError("an entry was made without accounts")
    return work.accounts
