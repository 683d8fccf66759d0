"""The words of steps, on every channel and in every language their owner has written, and which of them to use."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import and_, delete, select
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.kit.languages import chosen
from app.kit.sealing import Sealer
from app.models import Anchor, Attachment, Cadence, CadenceStep, ContactRole, OnlyAfter, StepText
from app.reminders.ready_texts import EMAIL, PROMISE_BROKEN, SMS, ReadyText, moment_of, ready_text
from app.reminders.wording import WordingFault

CC_COLUMN = "cadence_step.cc"
Place = tuple[str, str]
"""Channel and language of a text."""


@dataclass(frozen=True)
class StepWords:
    """All a step can say. `texts` holds its mail in the cadence's own language at least."""

    language: str
    """The cadence's own."""
    moment: str
    """Which ready text stands in where the owner has written none."""
    texts: Mapping[Place, ReadyText] = field(repr=False)
    sender_name: str | None = None
    """None: the business."""
    attachment: Attachment = Attachment.NONE
    recipient_role: str = ContactRole.BILLING
    """Which of the customer's contacts its mail goes to."""
    cc: tuple[str, ...] = field(default=(), repr=False)
    """Addresses of the business itself that get a copy of its mail."""

    @property
    def further(self) -> dict[Place, ReadyText]:
        """What there is beside the mail in the cadence's own language."""
        return {place: text for place, text in self.texts.items() if place != (EMAIL, self.language)}

    def on(self, channel: str, *, wanted: str) -> tuple[ReadyText, str]:
        """The text for a channel and its language: the wanted one, else the cadence's own.

        A text message without words of its owner's gets ready ones. Raises WordingFault where there are none.
        """
        written = {language for at, language in self.texts if at == channel}
        language = chosen(written, wanted=wanted, own=self.language)
        if language is not None:
            return self.texts[channel, language], language
        if channel != SMS:
            raise WordingFault("This step has no words for the channel it leaves on.")
        return ready_text(self.language, self.moment, channel=SMS), self.language


def words_of(
    session: Session, step_ids: Collection[UUID], sealer: Sealer | None = None
) -> dict[UUID, StepWords]:
    """The words of these steps, retired ones among them, in two queries. Without a sealer nobody gets a copy."""
    further: dict[UUID, dict[Place, ReadyText]] = {}
    for one in session.scalars(select(StepText).where(StepText.step_id.in_(step_ids))):
        further.setdefault(one.step_id, {})[one.channel, one.language] = ReadyText(one.subject, one.body)
    rows = session.execute(
        select(CadenceStep, Cadence.language)
        .join(Cadence, and_(Cadence.tenant_id == CadenceStep.tenant_id, Cadence.id == CadenceStep.cadence_id))
        .where(CadenceStep.id.in_(step_ids))
    )
    return {
        step.id: StepWords(
            language,
            _moment(step),
            {(EMAIL, language): ReadyText(step.subject, step.body)} | further.get(step.id, {}),
            step.sender_name,
            step.attachment,
            step.recipient_role,
            copies_of(step, sealer) if sealer else (),
        )
        for step, language in rows
    }


def write_texts(session: Session, step_id: UUID, texts: Mapping[Place, ReadyText]) -> None:
    """Replace a step's further texts by these. They have been checked."""
    session.execute(delete(StepText).where(StepText.step_id == step_id))
    session.add_all(
        StepText(
            tenant_id=tenant_of(session),
            step_id=step_id,
            channel=channel,
            language=language,
            subject=text.subject,
            body=text.body,
        )
        for (channel, language), text in texts.items()
    )
    session.flush()


def copies_of(step: CadenceStep, sealer: Sealer) -> tuple[str, ...]:
    """The addresses of the business that get a copy of the step's mail."""
    if step.cc_sealed is None:
        return ()
    return tuple(json.loads(sealer.open(step.cc_sealed, column=CC_COLUMN, row=step.id)))


def seal_copies(step: CadenceStep, copies: Collection[str], sealer: Sealer) -> None:
    """Keep who gets a copy of the step's mail. The addresses have been checked."""
    text = json.dumps(list(copies))
    step.cc_sealed = sealer.seal(text, column=CC_COLUMN, row=step.id) if copies else None


def _moment(step: CadenceStep) -> str:
    if step.only_after is OnlyAfter.PROMISE_BROKEN:
        return PROMISE_BROKEN
    # Days after the invoice's own day or after the step before say nothing about the due date; the tone does.
    return moment_of(step.offset_days if step.anchor is Anchor.DUE else 1, step.tone)
