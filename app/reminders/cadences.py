"""The cadences of a tenant: begun with good texts, changed by their owner, their steps retired and never lost."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.kit.errors import DueMateError, NotFound
from app.kit.languages import language_of_business
from app.kit.sealing import Sealer
from app.models import Cadence, CadenceRule, Sending, Tenant, Tone
from app.reminders.cadence_drafts import CadenceDraft, StepDraft, check_draft
from app.reminders.cadence_rows import draft_of, write
from app.reminders.ready_texts import BEFORE, DUE, LAST, ready_text
from app.tasks import kinds
from app.tasks.queue import enqueue

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


class CadenceOvertaken(DueMateError):
    """Somebody saved the cadence since it was read: what they changed is not replaced unseen."""

    def __init__(self) -> None:
        super().__init__("Somebody else has saved this cadence meanwhile.")


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


def save_cadence(
    session: Session,
    cadence: Cadence,
    draft: CadenceDraft,
    *,
    seen: int | None,
    now: datetime,
    sealer: Sealer | None = None,
) -> Cadence:
    """Replace a cadence by the draft. Raises CadenceRefused, and CadenceOvertaken unless `seen` is its version.

    Without a sealer, who gets copies stays as it is. A step that keeps its id keeps its history, also when its
    day is moved. When more than words change, everything planned waits until the owner has seen the new list
    (law 9).
    """
    session.refresh(cadence, with_for_update=True)
    if cadence.version != seen:
        raise CadenceOvertaken
    _refuse_faults(draft)
    before = draft_of(session, cadence).as_cadence(0)
    write(session, cadence, draft, now, sealer)
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
    write(session, cadence, draft, now, sealer)
    return cadence
