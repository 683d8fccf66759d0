"""Entries about an invoice: the payment that settles it, what was too much for it, and the note in its history."""

from uuid import UUID

from app.connectors.base import BookedEntry, FeeStyle, Ledger, OverpaymentEntry, PaymentEntry, PaymentPart
from app.kit.ground import Ground
from app.payments.ledger_entry import Obstacle, chosen, usual_obstacle
from app.payments.obstacles import balance_obstacle, beyond_balance, cannot_go_along
from app.payments.work import Work
from app.sync.fresh import fresh_invoices

_NOT_ALL = "Not all invoices of this payment can take it, so that some are booked by themselves."


class PaymentOfInvoices:
    """A payment of one invoice, or of several where the ledger takes one payment for many."""

    def __init__(self, ground: Ground, tenant_id: UUID, ledger: Ledger, work: Work) -> None:
        self._ground, self._tenant_id, self._ledger, self._work = ground, tenant_id, ledger, work

    def look(self) -> BookedEntry | None:
        return self._ledger.find_payment(invoice_external_id=self._work.invoice, marker=self._work.marker)

    def obstacle(self) -> Obstacle | None:
        work = self._work
        if missing := usual_obstacle(work):
            return missing
        ids = [line.invoice_id for line in work.lines]
        fresh = fresh_invoices(self._ground, self._tenant_id, ids)
        if len(ids) == 1:
            sentence = balance_obstacle(work, fresh.get(ids[0]))
            return Obstacle(sentence, beyond_balance(work, fresh.get(ids[0]))) if sentence else None
        apart = cannot_go_along(work, fresh)
        return Obstacle(_NOT_ALL, apart=apart) if apart else None

    def make(self, idempotency_key: str) -> None:
        work = self._work
        entry = PaymentEntry(
            parts=tuple(PaymentPart(line.invoice, line.amount) for line in work.lines),
            account_external_id=None if work.style is FeeStyle.DEPOSIT else chosen(work).clearing,
            booked_on=work.booked_on,
            marker=work.marker,
            memo=work.memo,
            arrived=work.arrived,
        )
        self._ledger.record_payment(entry, idempotency_key=idempotency_key)


class OverpaymentOfCustomer:
    """What an invoice could not take of its payment: the customer's credit."""

    def __init__(self, ledger: Ledger, work: Work) -> None:
        self._ledger, self._work = ledger, work

    def look(self) -> BookedEntry | None:
        return self._ledger.find_overpayment(marker=self._work.marker, booked_on=self._work.booked_on)

    def obstacle(self) -> Obstacle | None:
        return usual_obstacle(self._work)

    def make(self, idempotency_key: str) -> None:
        work = self._work
        entry = OverpaymentEntry(
            customer_external_id=work.customer,
            clearing_account_external_id=chosen(work).clearing,
            amount=work.amount,
            booked_on=work.booked_on,
            marker=work.marker,
            memo=work.memo,
            arrived=work.arrived,
        )
        self._ledger.record_overpayment(entry, idempotency_key=idempotency_key)


class NoteOnInvoice:
    """A sentence in the invoice's history. It carries no amount and needs no account."""

    def __init__(self, ledger: Ledger, work: Work) -> None:
        self._ledger, self._work = ledger, work

    def look(self) -> BookedEntry | None:
        is_there = any(self._work.marker in text for text in self._ledger.notes(self._work.invoice))
        return BookedEntry("", self._work.amount) if is_there else None

    def obstacle(self) -> Obstacle | None:
        return None

    def make(self, idempotency_key: str) -> None:
        self._ledger.note(self._work.invoice, self._work.marker, idempotency_key=idempotency_key)
