"""The cadence as a form: what was typed, the draft it makes, and every fault at its field. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import time

from app.kit.languages import ENGLISH, LANGUAGES
from app.models import Grouping
from app.reminders.cadence_drafts import CadenceDraft, StepDraft, check_draft
from app.reminders.ready_texts import EMAIL, SMS, moment_of, ready_text
from app.web.cadence.step_fields import AFTER, StepFields, TextFields, fields_of, read_step, whole

__all__ = ["StepFields"]

_MOST_PLACES = 40
_EMPTY = CadenceDraft(name="Default", steps=())


@dataclass(frozen=True)
class CadenceForm:
    """The whole form. `faults` are by field: `name`, `send_hour`, `steps`, `2.subject`, `2.email.de.body`."""

    send_hour: str
    steps: tuple[StepFields, ...]
    name: str = _EMPTY.name
    language: str = ENGLISH
    weekdays: tuple[int, ...] = _EMPTY.weekdays
    opens_at: str = "8"
    closes_at: str = "21"
    keeps_holidays: bool = True
    grouping: str = Grouping.CUSTOMER
    faults: Mapping[str, str] = field(default_factory=dict)

    @property
    def drafts(self) -> list[StepDraft]:
        """The steps as they would be saved."""
        return [step.draft() for step in self.steps]

    @property
    def draft(self) -> CadenceDraft:
        """The cadence as it would be saved. An hour that is none becomes one that no cadence accepts."""
        return CadenceDraft(
            name=self.name,
            language=self.language,
            steps=tuple(self.drafts),
            send_hour=-1 if (hour := whole(self.send_hour)) is None else hour,
            weekdays=self.weekdays,
            opens_at=_hour(self.opens_at),
            closes_at=_hour(self.closes_at),
            keeps_holidays=self.keeps_holidays,
            grouping=Grouping.INVOICE if self.grouping == Grouping.INVOICE else Grouping.CUSTOMER,
        )

    def checked(self) -> "CadenceForm":
        """The same with its faults."""
        faults = check_draft(self.draft)
        for place, step in enumerate(self.steps):
            faults |= {f"{place}.{name}": fault for name, fault in step.faults()}
        return replace(self, faults=faults)

    def with_new_step(self) -> "CadenceForm":
        """One more step, two weeks after the last, with ready words."""
        days = max([0, *(step.offset_days or 0 for step in self.steps)]) + 14
        text = ready_text(self.language, "standard")
        return replace(self, steps=(*self.steps, StepFields("", str(days), AFTER, text.subject, text.body)))

    def without(self, place: int) -> "CadenceForm":
        """Without the step at a place."""
        return replace(self, steps=tuple(step for at, step in enumerate(self.steps) if at != place))

    def with_words(self, place: int, wanted: str) -> "CadenceForm":
        """With ready words for another channel or language ("sms:en") in the step at a place, to be changed."""
        channel, _, language = wanted.partition(":")
        step = self.steps[place] if place < len(self.steps) else None
        if step is None or channel not in (EMAIL, SMS) or language not in LANGUAGES:
            return self
        if any((text.channel, text.language) == (channel, language) for text in step.texts):
            return self
        text = ready_text(language, self._moment(step), channel=channel)
        texts = (*step.texts, TextFields(channel, language, text.subject, text.body))
        return self._replaced(place, replace(step, texts=texts))

    def with_ready_words(self, place: int) -> "CadenceForm":
        """With the words for the step's day and tone instead of those in its mail."""
        if place >= len(self.steps):
            return self
        step = self.steps[place]
        text = ready_text(self.language, self._moment(step))
        return self._replaced(place, replace(step, subject=text.subject, body=text.body))

    def _moment(self, step: StepFields) -> str:
        draft = step.draft()
        return "promise_broken" if draft.only_after else moment_of(draft.offset_days, draft.tone)

    def _replaced(self, place: int, step: StepFields) -> "CadenceForm":
        return replace(self, steps=(*self.steps[:place], step, *self.steps[place + 1 :]))


def form_of(draft: CadenceDraft) -> CadenceForm:
    """The form as it opens."""
    return CadenceForm(
        send_hour=str(draft.send_hour),
        steps=tuple(fields_of(step) for step in draft.steps),
        name=draft.name,
        language=draft.language,
        weekdays=tuple(draft.weekdays),
        opens_at=str(draft.opens_at.hour),
        closes_at=str(draft.closes_at.hour),
        keeps_holidays=draft.keeps_holidays,
        grouping=draft.grouping,
    )


def read_form(values: Mapping[str, str], *, weekdays: tuple[str, ...] = ()) -> CadenceForm:
    """What was typed. Steps are those whose subject field came; settings that did not come are as usual."""
    places = [place for place in range(_MOST_PLACES) if f"step-{place}-subject" in values]
    form = CadenceForm(
        send_hour=values.get("send_hour", "").strip(), steps=tuple(read_step(values, at) for at in places)
    )
    if "name" not in values:
        return form
    language = values.get("language", ENGLISH)
    return replace(
        form,
        name=values["name"].strip(),
        language=language if language in LANGUAGES else ENGLISH,
        weekdays=tuple(sorted({int(day) for day in weekdays if day in "0123456" and len(day) == 1})),
        opens_at=values.get("opens_at", ""),
        closes_at=values.get("closes_at", ""),
        keeps_holidays=values.get("keeps_holidays") == "yes",
        grouping=values.get("grouping", ""),
    )


def _hour(typed: str) -> time:
    """Midnight, which no cadence accepts, for what is no hour."""
    hour = whole(typed)
    return time(hour) if hour is not None and hour < 24 else time(0)
