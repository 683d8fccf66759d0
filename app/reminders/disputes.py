"""Disputes: the invoice leaves the reminders, the others are still chased, and the owner settles it."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.kit.errors import NotFound
from app.kit.sealing import Sealer
from app.models import (
    Dispute,
    DisputeReason,
    DisputeState,
    HoldKind,
    HoldScope,
    HoldSource,
    Invoice,
    InvoiceState,
    PersonTaskKind,
)
from app.reminders.holds import NewHold, lift, place
from app.reminders.unkept import Unkept, WordUnkept
from app.tasks.person_tasks import NewTask, ask, finish

WORDS_COLUMN = "dispute.words"
LONGEST_WORDS = 2000
CREDIT_MAY_TAKE = timedelta(days=21)
"""How long the invoice is left alone for a credit note that the owner announced."""

LABELS = {
    DisputeReason.NOT_RECEIVED: "Something has not been delivered",
    DisputeReason.WRONG_AMOUNT: "The amount is not right",
    DisputeReason.FAULTY: "Something is faulty or was not done properly",
    DisputeReason.NOT_ORDERED: "This was not ordered",
    DisputeReason.ALREADY_CREDITED: "This was cancelled or credited",
    DisputeReason.OTHER: "Something else",
}
SETTLED_BY_OWNER = (DisputeState.WON, DisputeState.CREDIT_COMING, DisputeState.RESUMED)


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with which invoice, in whose words."""

    invoice_id: UUID
    reason: DisputeReason
    words: str = field(repr=False)
    source: HoldSource
    by: UUID | None = None


def open_dispute(session: Session, sealer: Sealer, complaint: Complaint, *, now: datetime) -> UUID:
    """Leave the invoice out of reminders and ask the owner. Raises WordUnkept if it is in dispute already."""
    invoice = session.get(Invoice, (tenant_of(session), complaint.invoice_id))
    if invoice is None or invoice.state is not InvoiceState.OPEN:
        raise NotFound("There is no such open invoice.")
    if open_dispute_of(session, invoice.id) is not None:
        raise WordUnkept(Unkept.DISPUTED_ALREADY, "This invoice is in dispute already.")
    dispute_id, words = uuid4(), complaint.words.strip()[:LONGEST_WORDS]
    session.add(
        Dispute(
            tenant_id=tenant_of(session),
            id=dispute_id,
            invoice_id=invoice.id,
            reason=complaint.reason,
            words_sealed=sealer.seal(words, column=WORDS_COLUMN, row=dispute_id) if words else None,
            source=complaint.source,
            opened_at=now,
        )
    )
    hold = NewHold(
        HoldScope.INVOICE,
        invoice.id,
        HoldKind.DISPUTE,
        LABELS[complaint.reason],
        source=complaint.source,
        placed_by=complaint.by,
    )
    place(session, hold, now=now)
    _ask_owner(session, invoice, dispute_id, complaint.reason, now)
    return dispute_id


def _ask_owner(
    session: Session, invoice: Invoice, dispute_id: UUID, reason: DisputeReason, now: datetime
) -> None:
    words = f"Invoice {invoice.number} is in dispute: {LABELS[reason].lower()}. It is left out of reminders."
    task = NewTask(
        PersonTaskKind.DISPUTE, invoice.customer_id, dispute_id, words, invoice.currency, invoice.amount_due
    )
    ask(session, task, now=now)


def settle(
    session: Session, dispute_id: UUID, outcome: DisputeState, *, by: UUID | None, today: date, now: datetime
) -> UUID:
    """The owner's decision; the invoice it is about. Raises NotFound if it is settled already.

    A credit that is coming holds the invoice for three weeks more; anything else lets reminders go on.
    """
    found = session.scalar(
        select(Dispute).where(Dispute.id == dispute_id, Dispute.state == DisputeState.OPEN).with_for_update()
    )
    if found is None:
        raise NotFound("This dispute has been settled already.")
    found.state, found.settled_at = outcome, now
    lift(session, [found.invoice_id], kinds=[HoldKind.DISPUTE], now=now)
    if outcome is DisputeState.CREDIT_COMING:
        hold = NewHold(
            HoldScope.INVOICE,
            found.invoice_id,
            HoldKind.DISPUTE,
            "a credit note is coming",
            until=today + CREDIT_MAY_TAKE,
            placed_by=by,
        )
        place(session, hold, now=now)
    finish(session, [dispute_id], kind=PersonTaskKind.DISPUTE, now=now, by=by)
    return found.invoice_id


def open_dispute_of(session: Session, invoice_id: UUID) -> Dispute | None:
    """The dispute an invoice is in."""
    return session.scalar(
        select(Dispute).where(Dispute.invoice_id == invoice_id, Dispute.state == DisputeState.OPEN)
    )


def words_of(sealer: Sealer, dispute: Dispute) -> str:
    """What was written, opened."""
    if dispute.words_sealed is None:
        return ""
    return sealer.open(dispute.words_sealed, column=WORDS_COLUMN, row=dispute.id)


def close_disputes(session: Session, *, now: datetime) -> None:
    """What the ledger has closed needs no decision any more."""
    rows = session.scalars(
        select(Dispute)
        .join(Invoice, and_(Invoice.tenant_id == Dispute.tenant_id, Invoice.id == Dispute.invoice_id))
        .where(Dispute.state == DisputeState.OPEN, Invoice.state != InvoiceState.OPEN)
    ).all()
    for found in rows:
        found.state, found.settled_at = DisputeState.CLOSED, now
    lift(session, [found.invoice_id for found in rows], kinds=[HoldKind.DISPUTE], now=now)
    finish(session, [found.id for found in rows], kind=PersonTaskKind.DISPUTE, now=now)
