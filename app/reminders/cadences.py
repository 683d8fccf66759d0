"""The cadence of a tenant: made once with good texts, changed by its owner, its steps retired and never lost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.kit.errors import DueMateError
from app.models import Cadence, CadenceStep, Sending, Tenant, Tone
from app.reminders import wording
from app.reminders.languages import language_of_business
from app.reminders.ready_texts import BEFORE, DUE, LAST, ready_text
from app.reminders.wording import LONGEST_SUBJECT, WordingFault
from app.tasks import kinds
from app.tasks.queue import enqueue

_DEFAULT_STEPS = {-3: BEFORE, 0: DUE, 7: Tone.GENTLE, 14: Tone.STANDARD, 30: Tone.FIRM, 45: LAST}
_SOONEST, _LATEST = -60, 365
_FIRST_HOUR, _LAST_HOUR = 8, 20
_MOST_STEPS = 12
_OUT_OF_THE_WAY = 10_000


@dataclass(frozen=True, slots=True)
class StepDraft:
    """A step as its owner wants it. `id` is None for a new one."""

    id: UUID | None
    offset_days: int
    subject: str
    body: str


class CadenceRefused(DueMateError):
    """The cadence cannot be saved. `faults` maps a field ("send_hour", "2.subject") to what to mend."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__("The cadence was not saved. " + " ".join(faults.values()))
        self.faults = faults


def default_cadence(session: Session) -> Cadence | None:
    """The tenant's cadence; None until the first planning has made it."""
    return session.scalar(select(Cadence).where(Cadence.is_default))


def active_steps(session: Session, cadence_id: UUID) -> list[CadenceStep]:
    """The steps in force, in the order of their days."""
    return list(
        session.scalars(
            select(CadenceStep)
            .where(CadenceStep.cadence_id == cadence_id, CadenceStep.retired_at.is_(None))
            .order_by(CadenceStep.offset_days)
        )
    )


def create_default_cadence(session: Session, now: datetime) -> Cadence:
    """The cadence every tenant starts with, in the language of its country."""
    tenant_id = tenant_of(session)
    country = session.get_one(Tenant, tenant_id).country_code
    language = language_of_business(country)
    cadence = Cadence(
        tenant_id=tenant_id,
        id=uuid4(),
        name="Default",
        is_default=True,
        version=1,
        send_hour=9,
        language=language,
        changed_at=now,
    )
    session.add(cadence)
    session.flush()
    for offset, moment in _DEFAULT_STEPS.items():
        text = ready_text(language, moment, country=country)
        session.add(_new_step(tenant_id, cadence.id, StepDraft(None, offset, text.subject, text.body)))
    session.flush()
    return cadence


def check_cadence(steps: Sequence[StepDraft], send_hour: int) -> dict[str, str]:
    """What is wrong with a draft, by field; empty if it can be saved."""
    faults = {}
    if not _FIRST_HOUR <= send_hour <= _LAST_HOUR:
        faults["send_hour"] = f"Reminders leave between {_FIRST_HOUR}:00 and {_LAST_HOUR}:00."
    if not 1 <= len(steps) <= _MOST_STEPS:
        faults["steps"] = f"A cadence has between 1 and {_MOST_STEPS} steps."
    taken: set[int] = set()
    for place, step in enumerate(steps):
        faults |= {f"{place}.{field}": fault for field, fault in _step_faults(step, taken).items()}
        taken.add(step.offset_days)
    return faults


def save_steps(session: Session, steps: Sequence[StepDraft], *, send_hour: int, now: datetime) -> Cadence:
    """Replace the cadence by the draft. Raises CadenceRefused.

    A step that keeps its id keeps its history, also when its day is moved. When days or the hour change,
    everything planned waits until the owner has seen the new list (law 9).
    """
    faults = check_cadence(steps, send_hour)
    if faults:
        raise CadenceRefused(faults)
    cadence = default_cadence(session) or create_default_cadence(session, now)
    present = {step.id: step for step in active_steps(session, cadence.id)}
    before = (cadence.send_hour, sorted(step.offset_days for step in present.values()))
    _write_steps(session, cadence, present, steps, now)
    cadence.send_hour, cadence.version, cadence.changed_at = send_hour, cadence.version + 1, now
    session.flush()
    if before != (send_hour, sorted(step.offset_days for step in steps)):
        _show_the_list_again(session, now)
    tenant_id = tenant_of(session)
    enqueue(
        session, kind=kinds.PLAN, tenant_id=tenant_id, key=f"{kinds.PLAN}:{tenant_id}", run_at=now, now=now
    )
    return cadence


def _step_faults(step: StepDraft, taken: set[int]) -> dict[str, str]:
    faults = {}
    if not _SOONEST <= step.offset_days <= _LATEST:
        faults["offset_days"] = (
            f"A step lies between {-_SOONEST} days before and {_LATEST} days after the due date."
        )
    elif step.offset_days in taken:
        faults["offset_days"] = "Two steps fall on the same day."
    for field, text, longest in (
        ("subject", step.subject, LONGEST_SUBJECT),
        ("body", step.body, wording.LONGEST_BODY),
    ):
        try:
            wording.check(text, longest=longest)
        except WordingFault as fault:
            faults[field] = fault.reason
    return faults


def _write_steps(
    session: Session,
    cadence: Cadence,
    present: dict[UUID, CadenceStep],
    steps: Sequence[StepDraft],
    now: datetime,
) -> None:
    kept = {step.id for step in steps}
    for step_id, step in present.items():
        if step_id not in kept:
            step.retired_at = now
        # Two steps may change places, and no two may have one day even for a moment.
        step.offset_days += _OUT_OF_THE_WAY if step_id in kept else 0
    session.flush()
    for draft in steps:
        row = present.get(draft.id) if draft.id else None
        if row is None:
            session.add(_new_step(cadence.tenant_id, cadence.id, draft))
        else:
            row.offset_days, row.subject, row.body = draft.offset_days, draft.subject, draft.body


def _new_step(tenant_id: UUID, cadence_id: UUID, draft: StepDraft) -> CadenceStep:
    return CadenceStep(
        tenant_id=tenant_id,
        id=uuid4(),
        cadence_id=cadence_id,
        offset_days=draft.offset_days,
        subject=draft.subject,
        body=draft.body,
    )


def _show_the_list_again(session: Session, now: datetime) -> None:
    tenant = session.get_one(Tenant, tenant_of(session))
    if tenant.sending is Sending.ON:
        tenant.sending, tenant.sending_changed_at = Sending.HELD_UNTIL_CONFIRMED, now
