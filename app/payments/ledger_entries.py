"""Every kind of entry: how it is looked for, what stands in its way, and how it is made."""

import hashlib
from uuid import UUID

from app.connectors.base import EntryKind, FeeStyle, IncomeEntry, Ledger, RefundEntry
from app.kit.ground import Ground
from app.models import WriteBackKind
from app.payments.entry_kinds import ENTERED_AS
from app.payments.ledger_charges import ChargeToCustomer
from app.payments.ledger_entry import LedgerEntry
from app.payments.ledger_invoices import NoteOnInvoice, OverpaymentOfCustomer, PaymentOfInvoices
from app.payments.ledger_money import FeeOfPayment, MoneyOfCustomer, TransferOfPayout
from app.payments.work import Work


def ledger_entry(ground: Ground, tenant_id: UUID, ledger: Ledger, work: Work) -> LedgerEntry:
    """The entry of a piece of work."""
    match work.kind:
        case WriteBackKind.PAYMENT:
            return PaymentOfInvoices(ground, tenant_id, ledger, work)
        case WriteBackKind.NOTE:
            return NoteOnInvoice(ledger, work)
        case WriteBackKind.OVERPAYMENT:
            return OverpaymentOfCustomer(ledger, work)
        case WriteBackKind.FEE | WriteBackKind.CHARGEBACK_FEE:
            return FeeOfPayment(ledger, work)
        case WriteBackKind.REFUND | WriteBackKind.SURCHARGE_RETURNED | WriteBackKind.CHARGEBACK:
            return MoneyOfCustomer(work, RefundEntry, ledger.find_refund, ledger.record_refund)
        case (
            WriteBackKind.SURCHARGE
            | WriteBackKind.REFUND_RETURNED
            | WriteBackKind.CHARGEBACK_RETURNED
            | WriteBackKind.CHARGEBACK_FEE_RETURNED
        ):
            return MoneyOfCustomer(work, IncomeEntry, ledger.find_income, ledger.record_income)
        case WriteBackKind.TRANSFER:
            return TransferOfPayout(ledger, work)
        case WriteBackKind.LATE_FEE:
            return ChargeToCustomer(ledger, work)


def taken_back_as(work: Work) -> EntryKind | None:
    """What the ledger calls the entry when it is taken back; None for a note, which no ledger forgets."""
    if work.kind is WriteBackKind.FEE and work.style is FeeStyle.DEPOSIT:
        return EntryKind.DEPOSIT
    return ENTERED_AS.get(work.kind)


def idempotency_key(work: Work) -> str:
    """The key of this attempt: the same for the same row, attempt and body; within 128 characters."""
    accounts = (work.accounts.clearing, work.accounts.other) if work.accounts else ()
    tax = (work.accounts.fee_tax,) if work.accounts and work.accounts.fee_tax else ()
    parts = [(line.invoice, line.amount) for line in work.lines] if len(work.lines) > 1 else []
    moved = (work.converted.arrived,) if work.converted else ()
    body = (
        work.amount,
        work.booked_on,
        work.marker,
        work.style,
        *work.gathers,
        *accounts,
        *tax,
        *parts,
        *moved,
    )
    return _key(work.row_id, work.attempts, *body)


def undo_key(work: Work, external_id: str) -> str:
    """The key of taking back one entry: an entry made anew afterwards has another id in the ledger."""
    return _key(work.row_id, "undo", external_id)


def _key(*told: object) -> str:
    return f"duemate-{hashlib.sha256('|'.join(map(str, told)).encode()).hexdigest()}"
