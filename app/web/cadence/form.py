"""The cadence as a form: what was typed, the draft it makes, and every fault at its field. Pure.

A field's name is `step-<place>-<what>`. Days are typed as a number and a side (before, on, after).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from app.models import Cadence, CadenceStep
from app.reminders.cadences import StepDraft, check_cadence

BEFORE, ON, AFTER = "before", "on", "after"
_MOST_PLACES = 40
_NEW_SUBJECT = "{{ business_name }}: reminder about {{ invoices }}, {{ total }}"
_NEW_BODY = (
    "Hello {{ first_name }},\n\n{{ total }} for {{ invoices }} is still open. Please arrange the payment, or "
    "tell us when we can expect it.\n\nKind regards,\n{{ business_name }}"
)


@dataclass(frozen=True)
class StepFields:
    """One step as it was typed."""

    id: str
    days: str
    side: str
    subject: str
    body: str

    @property
    def offset_days(self) -> int | None:
        """Days after the due date, or None if no whole number was typed."""
        if self.side == ON:
            return 0
        try:
            days = int(self.days)
        except ValueError:
            return None
        return -days if self.side == BEFORE else days


@dataclass(frozen=True)
class CadenceForm:
    """The whole form. `faults` are by field: `send_hour`, `steps`, `2.subject`."""

    send_hour: str
    steps: tuple[StepFields, ...]
    faults: Mapping[str, str] = field(default_factory=dict)

    @property
    def drafts(self) -> list[StepDraft]:
        """The steps as they would be saved; a day that is no number counts as the due date (and is a fault)."""
        return [
            StepDraft(_uuid(step.id), step.offset_days or 0, step.subject, step.body) for step in self.steps
        ]

    @property
    def hour(self) -> int:
        """The hour typed, or -1, which no cadence accepts."""
        return int(self.send_hour) if self.send_hour.isdecimal() and len(self.send_hour) < 3 else -1

    def checked(self) -> "CadenceForm":
        """The same with its faults."""
        faults = check_cadence(self.drafts, self.hour)
        for place, step in enumerate(self.steps):
            if step.offset_days is None:
                faults[f"{place}.offset_days"] = "Type a whole number of days, such as 7."
        return replace(self, faults=faults)

    def with_new_step(self) -> "CadenceForm":
        """One more step, two weeks after the last."""
        offsets = [step.offset_days or 0 for step in self.steps]
        days = max([*offsets, 0]) + 14
        return replace(self, steps=(*self.steps, StepFields("", str(days), AFTER, _NEW_SUBJECT, _NEW_BODY)))

    def without(self, place: int) -> "CadenceForm":
        """Without the step at a place."""
        return replace(self, steps=tuple(step for at, step in enumerate(self.steps) if at != place))


def form_of(cadence: Cadence, steps: Sequence[CadenceStep]) -> CadenceForm:
    """The form as it opens."""
    return CadenceForm(str(cadence.send_hour), tuple(_fields_of(step) for step in steps))


def read_form(values: Mapping[str, str]) -> CadenceForm:
    """What was typed. Steps are those whose subject field came."""
    places = [place for place in range(_MOST_PLACES) if f"step-{place}-subject" in values]
    return CadenceForm(
        send_hour=values.get("send_hour", "").strip(),
        steps=tuple(
            StepFields(
                id=values.get(f"step-{place}-id", ""),
                days=values.get(f"step-{place}-days", "").strip(),
                side=values.get(f"step-{place}-side", AFTER),
                subject=values.get(f"step-{place}-subject", "").strip(),
                body=values.get(f"step-{place}-body", "").replace("\r\n", "\n").strip(),
            )
            for place in places
        ),
    )


def _fields_of(step: CadenceStep) -> StepFields:
    side = ON if step.offset_days == 0 else AFTER if step.offset_days > 0 else BEFORE
    return StepFields(str(step.id), str(abs(step.offset_days)), side, step.subject, step.body)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
