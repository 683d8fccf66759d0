"""What waits for a person, with what can be done about it in one tap."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.kit.errors import NotFound, Rejected
from app.kit.ground import Ground
from app.models import ClaimProof, Dispute, DisputeState, PaymentClaim, PersonTaskKind, ProofKind
from app.reminders import claims, disputes
from app.reminders.claims_proof import ENDINGS
from app.reminders.holds_unapplied import remind_anyway
from app.tasks import person_tasks
from app.tasks.person_tasks import OpenTask
from app.web.here import ground, now, today, user_id

MOST_SHOWN = 50
PUT_OFF_WORKING_DAYS = 3


@dataclass(frozen=True)
class Detail:
    """What the payer wrote, opened for this page only, and whether a file came along."""

    label: str = ""
    words: str = ""
    proof_of: UUID | None = None


@dataclass(frozen=True)
class Proof:
    """A file to hand out."""

    content: bytes
    kind: ProofKind
    name: str


def to_do(session: Session, *, customer_id: UUID | None = None) -> list[tuple[OpenTask, Detail]]:
    """What waits, the oldest first."""
    found = person_tasks.open_tasks(session, today=today(), most=MOST_SHOWN, customer_id=customer_id)
    with_proof = set(
        session.scalars(
            select(ClaimProof.claim_id).where(ClaimProof.claim_id.in_([task.subject_id for task in found]))
        )
    )
    return [(task, _detail(ground(), session, task, with_proof)) for task in found]


def remind_all_the_same(session: Session, task_id: UUID) -> None:
    """The owner's answer to whatever holds: let reminders go on."""
    task = person_tasks.open_task(session, task_id)
    if task.kind is PersonTaskKind.CLAIM:
        claims.reject(session, task.subject_id, by=user_id(), now=now())
    elif task.kind is PersonTaskKind.DISPUTE:
        outcome = DisputeState.RESUMED
        disputes.settle(session, task.subject_id, outcome, by=user_id(), today=today(), now=now())
    elif task.kind is PersonTaskKind.PROBABLY_PAID and task.currency and task.amount is not None:
        remind_anyway(session, task.customer_id, task.currency, task.amount, by=user_id(), now=now())
    else:
        raise Rejected("Reminders go on here without a word of yours.")


def proof_of(session: Session, claim_id: UUID) -> Proof:
    """The file that came with a claim. Raises NotFound."""
    row = session.scalar(select(ClaimProof).where(ClaimProof.claim_id == claim_id))
    if row is None:
        raise NotFound("There is no such file here.")
    content = ground().sealer(session).open_bytes(row.content_sealed, column=claims.PROOF_COLUMN, row=row.id)
    return Proof(content, row.kind, f"proof-{row.id.hex[:8]}.{ENDINGS[row.kind]}")


def put_off(session: Session, task_id: UUID) -> None:
    """Out of sight for three working days."""
    until = claims.working_days_after(today(), PUT_OFF_WORKING_DAYS)
    person_tasks.snooze(session, task_id, until=until)


def _detail(ground: Ground, session: Session, task: OpenTask, with_proof: set[UUID]) -> Detail:
    key, sealer = (tenant_of(session), task.subject_id), ground.sealer(session)
    if task.kind is PersonTaskKind.DISPUTE:
        dispute = session.get(Dispute, key)
        return Detail("In their words", disputes.words_of(sealer, dispute) if dispute else "")
    if task.kind is PersonTaskKind.CLAIM:
        claim = session.get(PaymentClaim, key)
        reference = claims.reference_of(sealer, claim) if claim else ""
        proof_of = task.subject_id if task.subject_id in with_proof else None
        return Detail("Their reference", reference, proof_of)
    return Detail()
