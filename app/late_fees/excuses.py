"""What keeps an invoice from being charged: today, as long as it lasts; and for which days it is never charged.

A broken promise excuses nothing. While anything is undecided no charge is made at all, so that none has to be undone.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from app.kit.clock import local_date
from app.late_fees.days import Days
from app.late_fees.words import day
from app.models import (
    ClaimedInvoice,
    ClaimState,
    CreditNote,
    Dispute,
    DisputeState,
    Hold,
    HoldKind,
    Invoice,
    InvoiceState,
    LedgerPayment,
    PaymentClaim,
    Promise,
    PromiseState,
    Waiver,
)
from app.payments.coverage import ours_not_in_ledger

_NOTHING = Decimal(0)
_OLDEST = timedelta(days=3653)


def beyond_reason(due_on: date, today: date) -> str | None:
    """Why nothing is charged for a debt of such an age, in a sentence; None where the day can be meant. Pure.

    It is a slip in the date, or a debt that the law of most places lets nobody claim any more.
    """
    if today - due_on <= _OLDEST:
        return None
    return (
        f"It is due on {day(due_on)}, more than ten years ago, so the date looks like a slip. Correct it in your "
        "ledger; nothing is charged for a debt as old as that."
    )


def load_pauses(session: Session, invoices: Sequence[Invoice], today: date) -> dict[UUID, str]:
    """Why these invoices are not charged today, in a sentence each; the others are not named."""
    ids = [invoice.id for invoice in invoices]
    found: dict[UUID, str] = {}
    unapplied = _unapplied(session)
    for invoice in invoices:
        if unapplied.get((invoice.customer_id, invoice.currency), _NOTHING) > 0:
            found[invoice.id] = "Money of the customer lies in the ledger, applied to nothing."
    found |= dict.fromkeys(ours_not_in_ledger(session, ids), "A payment of it is on its way to the ledger.")
    found |= dict.fromkeys(_claimed(session, ids), "The customer says that it is paid.")
    promised = select(Promise).where(Promise.invoice_id.in_(ids), Promise.state == PromiseState.OPEN)
    for promise in session.scalars(promised):
        found[promise.invoice_id] = f"Its payment is promised for {promise.promised_on.isoformat()}."
    disputed = select(Dispute.invoice_id).where(
        Dispute.invoice_id.in_(ids), Dispute.state == DisputeState.OPEN
    )
    found |= dict.fromkeys(session.scalars(disputed), "The customer disputes it.")
    held = _held(session, invoices, today)
    for invoice in invoices:
        if reason := held.get(invoice.id) or held.get(invoice.customer_id):
            found[invoice.id] = f"It is on hold: {reason}"
    return found


def load_excused(session: Session, invoices: Sequence[Invoice], *, zone: str) -> dict[UUID, tuple[Days, ...]]:
    """The days that are never charged for, by invoice: of settled disputes, of promises that were not broken, and of
    the owner's own holds."""
    ids = [invoice.id for invoice in invoices]
    found: dict[UUID, list[Days]] = {}
    for invoice_id, run in (*_settled_disputes(session, ids, zone), *_kept_promises(session, ids, zone)):
        found.setdefault(invoice_id, []).append(run)
    by_subject: dict[UUID, list[Days]] = {}
    subjects = {*ids, *(invoice.customer_id for invoice in invoices)}
    for subject_id, run in _past_holds(session, subjects, zone):
        by_subject.setdefault(subject_id, []).append(run)
    for invoice in invoices:
        for subject_id in (invoice.id, invoice.customer_id):
            found.setdefault(invoice.id, []).extend(by_subject.get(subject_id, []))
    return {invoice_id: tuple(sorted(runs)) for invoice_id, runs in found.items() if runs}


def _settled_disputes(session: Session, ids: Collection[UUID], zone: str) -> Iterator[tuple[UUID, Days]]:
    settled = select(Dispute).where(Dispute.invoice_id.in_(ids), Dispute.settled_at.is_not(None))
    for row in session.scalars(settled):
        yield row.invoice_id, _days(row.opened_at, row.settled_at or row.opened_at, zone)


def _kept_promises(session: Session, ids: Collection[UUID], zone: str) -> Iterator[tuple[UUID, Days]]:
    kept = select(Promise).where(
        Promise.invoice_id.in_(ids),
        Promise.state.in_([PromiseState.KEPT, PromiseState.WITHDRAWN]),
        Promise.settled_at.is_not(None),
    )
    for row in session.scalars(kept):
        yield row.invoice_id, _days(row.made_at, row.settled_at or row.made_at, zone)


def _past_holds(session: Session, ids: Collection[UUID], zone: str) -> Iterator[tuple[UUID, Days]]:
    over = or_(Hold.lifted_at.is_not(None), Hold.until.is_not(None))
    rows = select(Hold).where(Hold.subject_id.in_(ids), Hold.kind == HoldKind.MANUAL, over)
    for row in session.scalars(rows):
        ends = [local_date(row.lifted_at, zone)] if row.lifted_at else []
        last = min([*ends, *([row.until] if row.until else [])])
        yield row.subject_id, Days(local_date(row.created_at, zone), last)


def _held(session: Session, invoices: Sequence[Invoice], today: date) -> dict[UUID, str]:
    subjects = {invoice.id for invoice in invoices} | {invoice.customer_id for invoice in invoices}
    in_force = and_(Hold.lifted_at.is_(None), or_(Hold.until.is_(None), Hold.until >= today))
    rows = session.scalars(select(Hold).where(Hold.subject_id.in_(subjects), in_force))
    return {row.subject_id: row.reason for row in rows}


def _claimed(session: Session, ids: Collection[UUID]) -> Collection[UUID]:
    of_claim = and_(
        PaymentClaim.tenant_id == ClaimedInvoice.tenant_id, PaymentClaim.id == ClaimedInvoice.claim_id
    )
    return session.scalars(
        select(ClaimedInvoice.invoice_id)
        .join(PaymentClaim, of_claim)
        .where(ClaimedInvoice.invoice_id.in_(ids), PaymentClaim.state == ClaimState.OPEN)
    ).all()


def _unapplied(session: Session) -> dict[tuple[UUID | None, str], Decimal]:
    """By customer and currency, money and credit that no invoice has taken, beyond what the owner knows of."""
    received = (
        select(LedgerPayment.customer_id, LedgerPayment.currency, func.sum(LedgerPayment.unapplied))
        .where(LedgerPayment.unapplied > 0, ~LedgerPayment.is_deleted, LedgerPayment.customer_id.is_not(None))
        .group_by(LedgerPayment.customer_id, LedgerPayment.currency)
    )
    credited = (
        select(CreditNote.customer_id, CreditNote.currency, func.sum(CreditNote.remaining))
        .where(CreditNote.state == InvoiceState.OPEN, CreditNote.remaining > 0)
        .group_by(CreditNote.customer_id, CreditNote.currency)
    )
    waived = select(Waiver.customer_id, Waiver.currency, -Waiver.amount)
    found: dict[tuple[UUID | None, str], Decimal] = {}
    for customer_id, currency, amount in session.execute(received.union_all(credited, waived)):
        found[customer_id, currency] = found.get((customer_id, currency), _NOTHING) + amount
    return found


def _days(begun: datetime, ended: datetime, zone: str) -> Days:
    return Days(local_date(begun, zone), local_date(ended, zone))
