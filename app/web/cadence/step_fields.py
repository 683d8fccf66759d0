"""One step of the form: what was typed, and the draft it makes. Pure.

A field's name is `step-<place>-<what>`. Days are typed as a number and what they count from.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from app.kit.languages import LANGUAGES
from app.models import Anchor, Attachment, ContactRole, Counts, OnlyAfter, StepAction, Tone
from app.reminders.cadence_drafts import CHANNEL_NAMES, StepDraft
from app.reminders.ready_texts import EMAIL, SMS, ReadyText

BEFORE, ON, AFTER = "before", "on", "after"
_ANCHORS = {"issued": Anchor.ISSUED, "previous": Anchor.PREVIOUS}
_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(frozen=True)
class TextFields:
    """Words for another channel or language. Left empty they are forgotten."""

    channel: str
    language: str
    subject: str
    body: str


@dataclass(frozen=True)
class StepFields:
    """One step as it was typed."""

    id: str
    days: str
    side: str
    subject: str
    body: str
    counts: str = Counts.CALENDAR
    channels: str = EMAIL
    tone: str = Tone.STANDARD
    sender_name: str = ""
    attachment: str = Attachment.NONE
    min_balance: str = ""
    max_balance: str = ""
    repeat_every: str = ""
    repeat_limit: str = ""
    action: str = StepAction.MESSAGE
    only_after: str = ""
    recipient_role: str = ContactRole.BILLING
    cc: str = ""
    """Addresses with commas, spaces or lines between them."""
    texts: tuple[TextFields, ...] = ()

    @property
    def offset_days(self) -> int | None:
        """Days after what they count from, or None if no whole number was typed."""
        if self.side == ON:
            return 0
        days = whole(self.days)
        return None if days is None else -days if self.side == BEFORE else days

    @property
    def is_asked_of_a_person(self) -> bool:
        """Whether nothing is sent."""
        return self.action == StepAction.TASK

    @property
    def has_more(self) -> bool:
        """Whether anything is set that most steps leave alone."""
        return any(
            (
                self.sender_name,
                self.min_balance,
                self.max_balance,
                self.repeat_every,
                self.only_after,
                self.cc,
            )
        )

    def draft(self) -> StepDraft:
        """The step as it would be saved; what is no number counts as none (and is a fault of its own)."""
        return StepDraft(
            id=_uuid(self.id),
            offset_days=self.offset_days or 0,
            subject=self.subject,
            body=self.body,
            anchor=_ANCHORS.get(self.side, Anchor.DUE),
            counts=_chosen(Counts, self.counts, Counts.CALENDAR),
            channels=tuple(dict.fromkeys(name for name in self.channels.split(",") if name in CHANNEL_NAMES)),
            tone=_chosen(Tone, self.tone, Tone.STANDARD),
            sender_name=self.sender_name or None,
            attachment=_chosen(Attachment, self.attachment, Attachment.NONE),
            min_balance=amount(self.min_balance),
            max_balance=amount(self.max_balance),
            repeat_every_days=whole(self.repeat_every),
            repeat_limit=whole(self.repeat_limit) if self.repeat_every else None,
            action=_chosen(StepAction, self.action, StepAction.MESSAGE),
            only_after=OnlyAfter.PROMISE_BROKEN if self.only_after == OnlyAfter.PROMISE_BROKEN else None,
            recipient_role=self.recipient_role,
            cc=tuple(dict.fromkeys(re.split(r"[\s,;]+", self.cc.strip(" ,;\n")) if self.cc else ())),
            texts={
                (text.channel, text.language): ReadyText(text.subject, text.body)
                for text in self.texts
                if text.subject or text.body
            },
        )

    def faults(self) -> Iterator[tuple[str, str]]:
        """Fields in which something stands that is not even a number."""
        if self.offset_days is None:
            yield "offset_days", "Type a whole number of days, such as 7."
        for name in ("min_balance", "max_balance"):
            if getattr(self, name) and amount(getattr(self, name)) is None:
                yield name, "Type an amount in figures, such as 1000 or 49.50."
        if any(typed and whole(typed) is None for typed in (self.repeat_every, self.repeat_limit)):
            yield "repeat_every_days", "Type whole numbers, such as 7 and 3."


def fields_of(step: StepDraft) -> StepFields:
    """A step as the form opens with it."""
    side = {Anchor.ISSUED: "issued", Anchor.PREVIOUS: "previous"}.get(step.anchor)
    if side is None:
        side = ON if step.offset_days == 0 else AFTER if step.offset_days > 0 else BEFORE
    return StepFields(
        id=str(step.id or ""),
        days=str(abs(step.offset_days)),
        side=side,
        subject=step.subject,
        body=step.body,
        counts=step.counts,
        channels=",".join(step.channels),
        tone=step.tone,
        sender_name=step.sender_name or "",
        attachment=step.attachment,
        min_balance=_typed(step.min_balance),
        max_balance=_typed(step.max_balance),
        repeat_every=_typed(step.repeat_every_days),
        repeat_limit=_typed(step.repeat_limit),
        action=step.action,
        only_after=step.only_after or "",
        recipient_role=step.recipient_role,
        cc=", ".join(step.cc),
        texts=tuple(
            TextFields(*place, text.subject, text.body) for place, text in sorted(step.texts.items())
        ),
    )


def read_step(values: Mapping[str, str], place: int) -> StepFields:
    """The step typed at a place. What the form did not send is as in a plain step."""

    def typed(what: str, otherwise: str = "") -> str:
        return values.get(f"step-{place}-{what}", otherwise).replace("\r\n", "\n").strip()

    return StepFields(
        id=typed("id"),
        days=typed("days"),
        side=typed("side", AFTER),
        subject=typed("subject"),
        body=typed("body"),
        counts=typed("counts", Counts.CALENDAR),
        channels=typed("channels", EMAIL),
        tone=typed("tone", Tone.STANDARD),
        sender_name=typed("sender_name"),
        attachment=typed("attachment", Attachment.NONE),
        min_balance=typed("min_balance"),
        max_balance=typed("max_balance"),
        repeat_every=typed("repeat_every"),
        repeat_limit=typed("repeat_limit"),
        action=typed("action", StepAction.MESSAGE),
        only_after=typed("only_after"),
        recipient_role=typed("recipient_role", ContactRole.BILLING),
        cc=typed("cc"),
        texts=tuple(
            TextFields(
                channel, language, typed(f"{channel}-{language}-subject"), typed(f"{channel}-{language}-body")
            )
            for channel in (EMAIL, SMS)
            for language in LANGUAGES
            if f"step-{place}-{channel}-{language}-body" in values
        ),
    )


def whole(typed: str) -> int | None:
    """A whole number from nothing up, or None."""
    return int(typed) if typed.isdecimal() and len(typed) < 6 else None


def amount(typed: str) -> Decimal | None:
    """An amount in figures that a ledger could hold, or None."""
    try:
        found = Decimal(typed)
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < 10**12 else None


def _typed(value: Decimal | int | None) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "" if value is None else str(value)


def _chosen(choices: type[_Choice], typed: str, otherwise: _Choice) -> _Choice:
    return next((choice for choice in choices if choice.value == typed), otherwise)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
