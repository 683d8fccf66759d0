"""A cadence's rows: read as a draft, and written as a draft says."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.sealing import Sealer
from app.models import Cadence, CadenceStep
from app.reminders.cadence_drafts import CadenceDraft, StepDraft, in_order
from app.reminders.step_texts import seal_copies, words_of, write_texts


def active_steps(session: Session, cadence_id: UUID) -> list[CadenceStep]:
    """The steps in force, in their owner's order."""
    return list(
        session.scalars(
            select(CadenceStep)
            .where(CadenceStep.cadence_id == cadence_id, CadenceStep.retired_at.is_(None))
            .order_by(CadenceStep.position, CadenceStep.offset_days, CadenceStep.id)
        )
    )


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


def write(
    session: Session, cadence: Cadence, draft: CadenceDraft, now: datetime, sealer: Sealer | None
) -> None:
    """Bring a cadence and its steps into line with the draft; steps that are left out are retired, never deleted."""
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
