"""The cadences of a tenant: begun with good texts, changed by their owner, their steps retired and never lost."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.kit.errors import DueMateError, NotFound
from app.kit.sealing import Sealer
from app.models import Cadence, CadenceRule, CadenceStep, Sending, Tenant, Tone
from app.reminders.cadence_drafts import CadenceDraft, StepDraft, check_cadence, check_draft, in_order
from app.reminders.languages import language_of_business
from app.reminders.ready_texts import BEFORE, DUE, LAST, ready_text
from app.reminders.step_texts import seal_copies, words_of, write_texts
from app.tasks import kinds
from app.tasks.queue import enqueue

__all__ = ["CadenceRefused", "StepDraft", "check_cadence"]

_DEFAULT_STEPS = {
    -3: (BEFORE, Tone.GENTLE),
    0: (DUE, Tone.GENTLE),
    7: (Tone.GENTLE, Tone.GENTLE),
    14: (Tone.STANDARD, Tone.STANDARD),
    30: (Tone.FIRM, Tone.FIRM),
    45: (LAST, Tone.FIRM),
}


class CadenceRefused(DueMateError):
    """The cadence cannot be saved. `faults` maps a field ("send_hour", "2.subject") to what to mend."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__("The cadence was not saved. " + " ".join(faults.values()))
        self.faults = faults


def default_cadence(session: Session) -> Cadence | None:
    """The tenant's default cadence; None until the first planning has made it."""
    return session.scalar(select(Cadence).where(Cadence.is_default))


def cadences(session: Session) -> list[Cadence]:
    """Those in use, the default one first, then by name."""
    return list(
        session.scalars(
            select(Cadence)
            .where(Cadence.archived_at.is_(None))
            .order_by(Cadence.is_default.desc(), Cadence.name, Cadence.id)
        )
    )


def cadence_of(session: Session, cadence_id: UUID) -> Cadence:
    """One in use. Raises NotFound."""
    cadence = session.get(Cadence, (tenant_of(session), cadence_id))
    if cadence is None or cadence.archived_at is not None:
        raise NotFound("There is no such cadence.")
    return cadence


def active_steps(session: Session, cadence_id: UUID) -> list[CadenceStep]:
    """The steps in force, in their owner's order."""
    return list(
        session.scalars(
            select(CadenceStep)
            .where(CadenceStep.cadence_id == cadence_id, CadenceStep.retired_at.is_(None))
            .order_by(CadenceStep.position, CadenceStep.offset_days, CadenceStep.id)
        )
    )


def create_default_cadence(session: Session, now: datetime) -> Cadence:
    """The cadence every tenant starts with, in the language of its country."""
    country = session.get_one(Tenant, tenant_of(session)).country_code
    language = language_of_business(country)
    steps = []
    for offset, (moment, tone) in _DEFAULT_STEPS.items():
        text = ready_text(language, moment, country=country)
        steps.append(StepDraft(None, offset, text.subject, text.body, tone=tone))
    draft = CadenceDraft(name="Default", language=language, steps=tuple(steps))
    return _created(session, draft, is_default=True, now=now)


def create_cadence(
    session: Session, draft: CadenceDraft, *, now: datetime, sealer: Sealer | None = None
) -> Cadence:
    """One more cadence. It is for nobody until a rule names it. Raises CadenceRefused."""
    _refuse_faults(draft)
    return _created(session, draft, is_default=False, now=now, sealer=sealer)


def draft_of(session: Session, cadence: Cadence, sealer: Sealer | None = None) -> CadenceDraft:
    """The cadence as it stands, with all its words. Who gets copies is left out without a sealer."""
    rows = active_steps(session, cadence.id)
    words = words_of(session, [row.id for row in rows], sealer)
    return CadenceDraft(
        name=cadence.name,
        language=cadence.language,
        send_hour=cadence.send_hour,
        weekdays=tuple(cadence.weekdays),
        opens_at=cadence.opens_at,
        closes_at=cadence.closes_at,
        keeps_holidays=cadence.keeps_holidays,
        grouping=cadence.grouping,
        steps=tuple(
            StepDraft(
                id=row.id,
                offset_days=row.offset_days,
                subject=row.subject,
                body=row.body,
                anchor=row.anchor,
                counts=row.counts,
                channels=tuple(row.channels),
                tone=row.tone,
                sender_name=row.sender_name,
                attachment=row.attachment,
                min_balance=row.min_balance,
                max_balance=row.max_balance,
                repeat_every_days=row.repeat_every_days,
                repeat_limit=row.repeat_limit,
                action=row.action,
                only_after=row.only_after,
                recipient_role=row.recipient_role,
                cc=words[row.id].cc,
                texts=words[row.id].further,
            )
            for row in rows
        ),
    )


def save_steps(session: Session, steps: Sequence[StepDraft], *, send_hour: int, now: datetime) -> Cadence:
    """Replace the default cadence's steps and hour. Raises CadenceRefused."""
    cadence = default_cadence(session) or create_default_cadence(session, now)
    draft = replace(draft_of(session, cadence), steps=tuple(steps), send_hour=send_hour)
    return save_cadence(session, cadence, draft, now=now)


def save_cadence(
    session: Session,
    cadence: Cadence,
    draft: CadenceDraft,
    *,
    now: datetime,
    sealer: Sealer | None = None,
) -> Cadence:
    """Replace a cadence by the draft. Raises CadenceRefused. Without a sealer, who gets copies stays as it is.

    A step that keeps its id keeps its history, also when its day is moved. When more than words change,
    everything planned waits until the owner has seen the new list (law 9).
    """
    _refuse_faults(draft)
    before = draft_of(session, cadence).as_cadence(0)
    _write(session, cadence, draft, now, sealer)
    cadence.version, cadence.changed_at = cadence.version + 1, now
    session.flush()
    if before != draft_of(session, cadence).as_cadence(0):
        show_the_list_again(session, now)
    ask_for_plan(session, now)
    return cadence


def make_default(session: Session, cadence: Cadence, *, now: datetime) -> None:
    """Let every invoice that no rule names follow this cadence."""
    former = default_cadence(session)
    if former is not None and former.id != cadence.id:
        former.is_default = False
        session.flush()
        cadence.is_default = True
        show_the_list_again(session, now)
        ask_for_plan(session, now)


def archive(session: Session, cadence: Cadence, *, now: datetime) -> None:
    """Put a cadence away; what was sent by it stays. Raises CadenceRefused while it is in use."""
    if cadence.is_default:
        raise CadenceRefused({"archive": "The default cadence stays. Make another one the default first."})
    if session.scalar(select(CadenceRule.id).where(CadenceRule.cadence_id == cadence.id).limit(1)):
        raise CadenceRefused({"archive": "A rule still names this cadence. Remove the rule first."})
    cadence.archived_at = now


def show_the_list_again(session: Session, now: datetime) -> None:
    """Nothing leaves until the owner has seen what changed (law 9)."""
    tenant = session.get_one(Tenant, tenant_of(session))
    if tenant.sending is Sending.ON:
        tenant.sending, tenant.sending_changed_at = Sending.HELD_UNTIL_CONFIRMED, now


def ask_for_plan(session: Session, now: datetime) -> None:
    """Have the plan brought into line."""
    tenant_id = tenant_of(session)
    enqueue(
        session, kind=kinds.PLAN, tenant_id=tenant_id, key=f"{kinds.PLAN}:{tenant_id}", run_at=now, now=now
    )


def _refuse_faults(draft: CadenceDraft) -> None:
    faults = check_draft(draft)
    if faults:
        raise CadenceRefused(faults)


def _created(
    session: Session, draft: CadenceDraft, *, is_default: bool, now: datetime, sealer: Sealer | None = None
) -> Cadence:
    cadence = Cadence(
        tenant_id=tenant_of(session),
        id=uuid4(),
        name=draft.name,
        is_default=is_default,
        version=1,
        send_hour=draft.send_hour,
        changed_at=now,
    )
    session.add(cadence)
    session.flush()
    _write(session, cadence, draft, now, sealer)
    return cadence


def _write(
    session: Session, cadence: Cadence, draft: CadenceDraft, now: datetime, sealer: Sealer | None
) -> None:
    cadence.name, cadence.language, cadence.send_hour = draft.name.strip(), draft.language, draft.send_hour
    cadence.weekdays, cadence.keeps_holidays = sorted(draft.weekdays), draft.keeps_holidays
    cadence.opens_at, cadence.closes_at, cadence.grouping = draft.opens_at, draft.closes_at, draft.grouping
    present = {step.id: step for step in active_steps(session, cadence.id)}
    kept = {step.id for step in draft.steps}
    for step_id, step in present.items():
        if step_id not in kept:
            step.retired_at = now
    for position, wanted in enumerate(in_order(draft.steps)):
        row = present.get(wanted.id) if wanted.id else None
        if row is None:
            row = CadenceStep(tenant_id=cadence.tenant_id, id=uuid4(), cadence_id=cadence.id)
            session.add(row)
        _write_step(row, wanted, position)
        if sealer is not None:
            seal_copies(row, wanted.cc, sealer)
        session.flush()
        write_texts(session, row.id, wanted.texts)


def _write_step(row: CadenceStep, draft: StepDraft, position: int) -> None:
    row.position, row.offset_days, row.anchor, row.counts = (
        position,
        draft.offset_days,
        draft.anchor,
        draft.counts,
    )
    row.channels, row.tone, row.sender_name = list(draft.channels), draft.tone, draft.sender_name
    row.attachment, row.action, row.only_after = draft.attachment, draft.action, draft.only_after
    row.min_balance, row.max_balance = draft.min_balance, draft.max_balance
    row.repeat_every_days = draft.repeat_every_days
    row.repeat_limit = draft.repeat_limit if draft.repeat_every_days else None
    row.subject, row.body, row.recipient_role = draft.subject, draft.body, draft.recipient_role
