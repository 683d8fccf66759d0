""" "I have paid": the payer's word. It books nothing; it holds the invoices for a while and asks the owner to look."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.kit.errors import NotFound
from app.kit.sealing import Sealer
from app.models import (
    ClaimedInvoice,
    ClaimProof,
    ClaimState,
    HoldKind,
    HoldScope,
    HoldSource,
    Invoice,
    PaymentClaim,
    PaymentMethod,
    PersonTaskKind,
)
from app.reminders.calendar import next_working_day
from app.reminders.claims_proof import kind_of
from app.reminders.holds import NewHold, lift, place
from app.reminders.holds_rules import rules_of
from app.reminders.say import say_amount, say_day
from app.reminders.unkept import Unkept, WordUnkept
from app.tasks.person_tasks import NewTask, ask, finish

REFERENCE_COLUMN, PROOF_COLUMN = "payment_claim.reference", "claim_proof.content"
LONGEST_REFERENCE = 140
OLDEST = timedelta(days=180)
MAY_CLAIM = 2
"""How often one invoice may be said to be paid: a third time is for a person to answer."""

LABELS = {
    PaymentMethod.TRANSFER: "bank transfer",
    PaymentMethod.CARD: "card",
    PaymentMethod.CHEQUE: "cheque",
    PaymentMethod.CASH: "cash",
    PaymentMethod.OTHER: "another way",
}


@dataclass(frozen=True, slots=True)
class Said:
    """What the payer says: which invoices at which balances, when, how, under what reference, with what proof."""

    customer_id: UUID
    currency: str
    balances: Mapping[UUID, Decimal]
    paid_on: date
    method: PaymentMethod
    reference: str = field(repr=False)
    proof: bytes = field(repr=False, default=b"")


def claim(session: Session, sealer: Sealer, said: Said, *, today: date, now: datetime) -> UUID:
    """Keep the word, hold the invoices, ask the owner. Raises WordUnkept."""
    _check(session, said, today=today)
    kind = kind_of(said.proof) if said.proof else None
    claim_id, tenant_id = uuid4(), tenant_of(session)
    waits_until = working_days_after(today, rules_of(session).claim_days)
    reference = said.reference.strip()[:LONGEST_REFERENCE]
    session.add(
        PaymentClaim(
            tenant_id=tenant_id,
            id=claim_id,
            customer_id=said.customer_id,
            currency=said.currency,
            paid_on=said.paid_on,
            method=said.method,
            reference_sealed=sealer.seal(reference, column=REFERENCE_COLUMN, row=claim_id)
            if reference
            else None,
            waits_until=waits_until,
            made_at=now,
        )
    )
    session.flush()
    session.add_all(
        ClaimedInvoice(tenant_id=tenant_id, claim_id=claim_id, invoice_id=invoice_id, balance=balance)
        for invoice_id, balance in said.balances.items()
    )
    if kind is not None:
        proof_id = uuid4()
        sealed = sealer.seal_bytes(said.proof, column=PROOF_COLUMN, row=proof_id)
        session.add(
            ClaimProof(
                tenant_id=tenant_id,
                id=proof_id,
                claim_id=claim_id,
                kind=kind,
                size=len(said.proof),
                content_sealed=sealed,
            )
        )
    _hold(session, said, waits_until, now)
    _ask_owner(session, claim_id, said, waits_until, now)
    return claim_id


def reject(session: Session, claim_id: UUID, *, by: UUID, now: datetime) -> None:
    """The owner has looked and there is no such money: reminders go on. Raises NotFound if it is settled."""
    found = session.scalar(
        select(PaymentClaim)
        .where(PaymentClaim.id == claim_id, PaymentClaim.state.in_([ClaimState.OPEN, ClaimState.OVERDUE]))
        .with_for_update()
    )
    if found is None:
        raise NotFound("This has been settled already.")
    _settle(session, found, ClaimState.REJECTED, by=by, now=now)


def settle_claims(session: Session, *, today: date, now: datetime) -> None:
    """Close what the ledger shows as paid; let reminders go on where no money came in time."""
    for found in session.scalars(
        select(PaymentClaim).where(PaymentClaim.state.in_([ClaimState.OPEN, ClaimState.OVERDUE]))
    ).all():
        if _is_paid(session, found):
            _settle(session, found, ClaimState.CONFIRMED, by=None, now=now)
        elif found.state is ClaimState.OPEN and found.waits_until < today:
            found.state = ClaimState.OVERDUE
            _tell_overdue(session, found, now)


def times_claimed(session: Session, invoice_ids: Collection[UUID]) -> dict[UUID, int]:
    """How often each of these has been said to be paid."""
    rows = session.execute(
        select(ClaimedInvoice.invoice_id, func.count())
        .where(ClaimedInvoice.invoice_id.in_(invoice_ids))
        .group_by(ClaimedInvoice.invoice_id)
    )
    return {invoice_id: count for invoice_id, count in rows}  # noqa: C416 (a Row is not a pair of types)


def invoices_of(session: Session, claim_id: UUID) -> list[UUID]:
    """What a claim is about."""
    return list(session.scalars(select(ClaimedInvoice.invoice_id).where(ClaimedInvoice.claim_id == claim_id)))


def reference_of(sealer: Sealer, found: PaymentClaim) -> str:
    """The payer's reference, opened."""
    if found.reference_sealed is None:
        return ""
    return sealer.open(found.reference_sealed, column=REFERENCE_COLUMN, row=found.id)


def working_days_after(day: date, count: int) -> date:
    """The last of so many working days after a day. Pure."""
    for _ in range(count):
        day = next_working_day(day)
    return day


def _check(session: Session, said: Said, *, today: date) -> None:
    if not said.balances:
        raise WordUnkept(Unkept.NOTHING_PAID, "Tick at least one invoice that you have paid.")
    first = today - OLDEST
    if not first <= said.paid_on <= today:
        words = f"Choose the day on which you paid, from {say_day(first)} to today."
        raise WordUnkept(Unkept.DAY_PAID, words, first=first)
    if any(count >= MAY_CLAIM for count in times_claimed(session, said.balances).values()):
        raise WordUnkept(
            Unkept.CLAIMED_BEFORE,
            "You have told us this before. Please write to the business, so that they can look for it.",
        )


def _hold(session: Session, said: Said, waits_until: date, now: datetime) -> None:
    words = f"by {LABELS[said.method]} on {say_day(said.paid_on)}; reminders go on if no money comes in time"
    for invoice_id in said.balances:
        hold = NewHold(
            HoldScope.INVOICE,
            invoice_id,
            HoldKind.CLAIMED_PAID,
            words,
            until=waits_until,
            source=HoldSource.PAYER,
        )
        place(session, hold, now=now)


def _ask_owner(session: Session, claim_id: UUID, said: Said, waits_until: date, now: datetime) -> None:
    total = sum(said.balances.values(), Decimal(0))
    count = "1 invoice" if len(said.balances) == 1 else f"{len(said.balances)} invoices"
    words = (
        f"They say that {say_amount(total, said.currency)} for {count} was paid by {LABELS[said.method]} on "
        f"{say_day(said.paid_on)}. If no money is in the ledger by {say_day(waits_until)}, reminders go on."
    )
    task = NewTask(PersonTaskKind.CLAIM, said.customer_id, claim_id, words, said.currency, total)
    ask(session, task, now=now)


def _tell_overdue(session: Session, found: PaymentClaim, now: datetime) -> None:
    words = (
        f"They said that it was paid by {LABELS[found.method]} on {say_day(found.paid_on)}, but no money has been "
        f"recorded by {say_day(found.waits_until)}. Reminders go on."
    )
    rows = session.scalars(select(ClaimedInvoice.balance).where(ClaimedInvoice.claim_id == found.id)).all()
    total = sum(rows, Decimal(0))
    task = NewTask(PersonTaskKind.CLAIM, found.customer_id, found.id, words, found.currency, total)
    ask(session, task, now=now)


def _is_paid(session: Session, found: PaymentClaim) -> bool:
    """Nothing is left of any of its invoices."""
    left = session.scalar(
        select(func.count())
        .select_from(ClaimedInvoice)
        .join(
            Invoice,
            and_(Invoice.tenant_id == ClaimedInvoice.tenant_id, Invoice.id == ClaimedInvoice.invoice_id),
        )
        .where(ClaimedInvoice.claim_id == found.id, Invoice.state == "open", Invoice.amount_due > 0)
    )
    return not left


def _settle(
    session: Session, found: PaymentClaim, state: ClaimState, *, by: UUID | None, now: datetime
) -> None:
    found.state, found.settled_at = state, now
    lift(session, invoices_of(session, found.id), kinds=[HoldKind.CLAIMED_PAID], now=now)
    finish(session, [found.id], kind=PersonTaskKind.CLAIM, now=now, by=by)
