"""A cadence as its owner wants it, what is wrong with it, and what the planner would make of it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time
from decimal import Decimal
from uuid import UUID, uuid4

from app.kit.languages import ENGLISH
from app.models import Anchor, Attachment, ContactRole, Counts, Grouping, OnlyAfter, StepAction, Tone
from app.reminders import wording
from app.reminders.addresses import MOST_COPIES, is_valid
from app.reminders.calendar import CLOSES_AT, OPENS_AT
from app.reminders.ready_texts import EMAIL, SMS, ReadyText
from app.reminders.situation import Cadence, Step
from app.reminders.step_texts import Place
from app.reminders.wording import LONGEST_SUBJECT, WordingFault

_SOONEST, _LATEST = -60, 365
_FIRST_HOUR, _LAST_HOUR = 8, 20
_MOST_STEPS = 12
_LONGEST_NAME = 80
_MOST_REPEATS = 100
_WORKING_DAYS = (0, 1, 2, 3, 4)
CHANNEL_NAMES = ("email", "sms", "whatsapp")


@dataclass(frozen=True, slots=True)
class StepDraft:
    """A step as its owner wants it. `id` is None for a new one."""

    id: UUID | None
    offset_days: int
    subject: str
    body: str
    anchor: Anchor = Anchor.DUE
    counts: Counts = Counts.CALENDAR
    channels: tuple[str, ...] = (EMAIL,)
    tone: Tone = Tone.STANDARD
    sender_name: str | None = None
    attachment: Attachment = Attachment.NONE
    min_balance: Decimal | None = None
    max_balance: Decimal | None = None
    repeat_every_days: int | None = None
    repeat_limit: int | None = None
    action: StepAction = StepAction.MESSAGE
    only_after: OnlyAfter | None = None
    recipient_role: str = ContactRole.BILLING
    """Which of the customer's contacts its mail goes to."""
    cc: tuple[str, ...] = field(default=(), repr=False)
    """Addresses of the business itself that get a copy of its mail."""
    texts: Mapping[Place, ReadyText] = field(default_factory=dict)
    """Beside the mail in the cadence's own language."""

    def as_step(self) -> Step:
        """The step as the planner would know it; a new one gets an id for the time being."""
        return Step(
            id=self.id or uuid4(),
            offset_days=self.offset_days,
            anchor=self.anchor,
            counts=self.counts,
            channels=self.channels,
            min_balance=self.min_balance,
            max_balance=self.max_balance,
            repeat_every_days=self.repeat_every_days,
            repeat_limit=self.repeat_limit or 0,
            action=self.action,
            only_after=self.only_after,
        )


@dataclass(frozen=True, kw_only=True)
class CadenceDraft:
    """A whole cadence as its owner wants it, its steps in the owner's order."""

    name: str
    steps: tuple[StepDraft, ...]
    language: str = ENGLISH
    send_hour: int = 9
    weekdays: tuple[int, ...] = _WORKING_DAYS
    opens_at: time = OPENS_AT
    closes_at: time = CLOSES_AT
    keeps_holidays: bool = True
    grouping: Grouping = Grouping.CUSTOMER

    def as_cadence(self, version: int) -> Cadence:
        """The cadence as the planner would know it."""
        return Cadence(
            version=version,
            send_hour=self.send_hour,
            steps=tuple(step.as_step() for step in self.steps),
            weekdays=frozenset(self.weekdays),
            opens_at=self.opens_at,
            closes_at=self.closes_at,
            keeps_holidays=self.keeps_holidays,
            grouping=self.grouping,
        )


def in_order(steps: Sequence[StepDraft]) -> tuple[StepDraft, ...]:
    """By their days, those from the invoice's own date first; what counts from the step before stays behind it."""
    runs: list[list[StepDraft]] = []
    for step in steps:
        if step.anchor is Anchor.PREVIOUS and runs:
            runs[-1].append(step)
        else:
            runs.append([step])
    runs.sort(key=lambda run: (run[0].anchor is Anchor.DUE, run[0].offset_days))
    return tuple(step for run in runs for step in run)


def check_draft(draft: CadenceDraft) -> dict[str, str]:
    """What is wrong with a cadence, by field ("name", "2.subject"); empty if it can be saved."""
    faults = check_cadence(draft.steps, draft.send_hour)
    if not 1 <= len(draft.name.strip()) <= _LONGEST_NAME:
        faults["name"] = f"Give the cadence a name of at most {_LONGEST_NAME} characters."
    if not draft.weekdays:
        faults["weekdays"] = "Choose at least one day of the week, or nothing would ever leave."
    if not OPENS_AT <= draft.opens_at < draft.closes_at <= CLOSES_AT:
        faults["opens_at"] = (
            "Reminders leave between 8:00 and 21:00; the first time has to come before the second."
        )
    elif "send_hour" not in faults and not draft.opens_at <= time(draft.send_hour) < draft.closes_at:
        faults["send_hour"] = "This hour lies outside the times between which reminders may leave."
    return faults


def check_cadence(steps: Sequence[StepDraft], send_hour: int) -> dict[str, str]:
    """What is wrong with steps and their hour, by field; empty if they can be saved."""
    faults = {}
    if not _FIRST_HOUR <= send_hour <= _LAST_HOUR:
        faults["send_hour"] = f"Reminders leave between {_FIRST_HOUR}:00 and {_LAST_HOUR}:00."
    if not 1 <= len(steps) <= _MOST_STEPS:
        faults["steps"] = f"A cadence has between 1 and {_MOST_STEPS} steps."
    taken: set[tuple[object, ...]] = set()
    for place, step in enumerate(steps):
        found = {**_day_fault(step, place, taken), **_amount_faults(step), **_repeat_faults(step)}
        found |= dict(_text_faults(step))
        faults |= {f"{place}.{name}": fault for name, fault in found.items()}
        taken.add(_when(step))
    return faults


def _when(step: StepDraft) -> tuple[object, ...]:
    """Two steps of one day collide unless they are for different balances or for broken promises."""
    return step.anchor, step.offset_days, step.min_balance, step.max_balance, step.only_after


def _day_fault(step: StepDraft, place: int, taken: set[tuple[object, ...]]) -> dict[str, str]:
    if step.anchor is Anchor.PREVIOUS and place == 0:
        return {"offset_days": "The first step has no step before it to count from."}
    if step.anchor is not Anchor.DUE and not 0 <= step.offset_days <= _LATEST:
        return {"offset_days": f"Type between 0 and {_LATEST} days."}
    if not _SOONEST <= step.offset_days <= _LATEST:
        return {
            "offset_days": f"A step lies between {-_SOONEST} days before and {_LATEST} days after the due date."
        }
    if step.anchor is not Anchor.PREVIOUS and _when(step) in taken:
        return {"offset_days": "Two steps fall on the same day."}
    return {}


def _amount_faults(step: StepDraft) -> dict[str, str]:
    least, most = step.min_balance, step.max_balance
    if any(amount is not None and amount < 0 for amount in (least, most)):
        return {"min_balance": "An amount cannot be less than nothing."}
    if least is not None and most is not None and least > most:
        return {"min_balance": "The smallest amount is larger than the largest one."}
    return {}


def _repeat_faults(step: StepDraft) -> dict[str, str]:
    if step.repeat_every_days is None:
        return {}
    if not 1 <= step.repeat_every_days <= _LATEST:
        return {"repeat_every_days": f"Type between 1 and {_LATEST} days, or nothing."}
    if step.repeat_limit is None or not 1 <= step.repeat_limit <= _MOST_REPEATS:
        return {"repeat_every_days": f"Say how many times it comes again, from 1 to {_MOST_REPEATS}."}
    return {}


def _text_faults(step: StepDraft) -> Iterator[tuple[str, str]]:
    if not step.channels or set(step.channels) - set(CHANNEL_NAMES):
        yield "channels", "Choose how it is sent."
    if step.recipient_role not in set(ContactRole) - {ContactRole.OTHER}:
        yield "recipient_role", "Choose who gets it."
    yield from _copy_faults(step.cc)
    yield from _faults_of("", EMAIL, ReadyText(step.subject, step.body))
    for (channel, language), text in step.texts.items():
        yield from _faults_of(f"{channel}.{language}.", channel, text)


def _copy_faults(copies: Sequence[str]) -> Iterator[tuple[str, str]]:
    wrong = [address for address in copies if not is_valid(address)]
    if wrong:
        yield "cc", f"“{wrong[0][:60]}” is not a valid e-mail address, such as accounts@example.com."
    elif len(copies) > MOST_COPIES:
        yield "cc", f"A copy goes to at most {MOST_COPIES} addresses."


def _faults_of(prefix: str, channel: str, text: ReadyText) -> Iterator[tuple[str, str]]:
    longest = wording.LONGEST_TEXT_MESSAGE if channel == SMS else wording.LONGEST_BODY
    parts = [("body", text.body, longest)]
    if channel == EMAIL:
        parts.insert(0, ("subject", text.subject, LONGEST_SUBJECT))
    for name, words, most in parts:
        try:
            wording.check(words, longest=most)
        except WordingFault as fault:
            yield f"{prefix}{name}", fault.reason
