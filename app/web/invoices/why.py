"""Why an invoice's next reminder goes, waits or does not exist: one sentence from the facts. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from app.models import InvoiceState, ReminderState
from app.reminders import reasons
from app.reminders.calendar import working_day
from app.web.formats import step_name


@dataclass(frozen=True)
class LastReminder:
    """The reminder that says most about an invoice: the undecided one, or else the latest."""

    state: ReminderState
    send_on: date
    offset_days: int
    reason_code: str | None
    reason: str | None


@dataclass(frozen=True)
class NextStep:
    """The step an invoice comes to next, and the day on which that is."""

    offset_days: int
    day: date


@dataclass(frozen=True)
class Standing:
    """Everything the answer depends on."""

    state: InvoiceState
    amount_due: Decimal
    settled_on: date | None
    paid_but_unbooked: Decimal
    reminder: LastReminder | None
    next_step: NextStep | None
    hold: str | None
    """The sentence of a hold on the invoice or its customer."""
    has_address: bool
    is_opted_out: bool
    is_active: bool


@dataclass(frozen=True)
class Answer:
    """A word with its tone, and a sentence."""

    tone: str
    word: str
    sentence: str


SayDay = Callable[[date], str]

_CLOSED = {
    InvoiceState.VOIDED: Answer("calm", "Voided", "It was voided in the ledger."),
    InvoiceState.DELETED: Answer("calm", "Deleted", "It was deleted in the ledger."),
    InvoiceState.DRAFT: Answer("calm", "Draft", "It is a draft in the ledger and not owed yet."),
}


def why(standing: Standing, say_day: SayDay) -> Answer:
    """The one answer that matters most. `say_day` writes a date as the page writes dates."""
    if standing.state in _CLOSED:
        return _CLOSED[standing.state]
    if standing.state is InvoiceState.PAID:
        settled = f"Settled on {say_day(standing.settled_on)}." if standing.settled_on else "Settled."
        return Answer("good", "Paid", settled)
    if standing.paid_but_unbooked >= standing.amount_due > 0:
        return Answer("good", "Paid", "Paid by card; its entry in the ledger is on the way.")
    if standing.amount_due <= 0:
        return Answer("good", "Settled", "Nothing is left to pay.")
    return (
        _unsettled(standing.reminder)
        or _obstacle(standing)
        or _planned(standing.reminder, standing.next_step, say_day)
    )


def _unsettled(reminder: LastReminder | None) -> Answer | None:
    if reminder is None:
        return None
    if reminder.state is ReminderState.HELD and reminder.reason_code == reasons.FIRST_LIST.code:
        return Answer("attention", "Held", "Waits for your word on Today.")
    if reminder.state is ReminderState.HELD:
        return Answer("attention", "Held", reminder.reason or "It waits.")
    if reminder.state is ReminderState.UNKNOWN:
        return Answer("attention", "Unknown", reminder.reason or "We do not know whether the last one left.")
    if reminder.state is ReminderState.FAILED:
        return Answer("bad", "Failed", reminder.reason or "The last one could not be sent.")
    if reminder.state is ReminderState.SENDING:
        return Answer("info", "Sending", "A reminder is leaving right now.")
    return None


def _obstacle(standing: Standing) -> Answer | None:
    if standing.hold is not None:
        return Answer("attention", "Held", standing.hold)
    if standing.is_opted_out:
        return Answer("attention", "Held", "The customer asked for no more reminders by e-mail.")
    if not standing.is_active:
        return Answer("attention", "Held", "The customer is archived in the ledger.")
    if not standing.has_address:
        return Answer("attention", "Held", "The customer has no e-mail address in the ledger. Add one there.")
    return None


def _planned(reminder: LastReminder | None, ahead: NextStep | None, say_day: SayDay) -> Answer:
    then = (
        f"the next step is {say_day(ahead.day)}, {step_name(ahead.offset_days)}"
        if ahead
        else "every step is past"
    )
    if reminder is None:
        return Answer("calm", "Planned" if ahead else "Not planned", f"{then[0].upper()}{then[1:]}.")
    if reminder.state is ReminderState.PLANNED:
        step = step_name(reminder.offset_days)
        return Answer("calm", "Planned", f"Goes out {say_day(reminder.send_on)}, the step {step}.")
    if reminder.state is ReminderState.SKIPPED:
        return Answer("calm", "Skipped", reminder.reason or "The last one was not needed.")
    return Answer("good", "Sent", f"The last one left {say_day(reminder.send_on)}; {then}.")


def next_step(offsets: Sequence[int], *, due_on: date, had: int | None, today: date) -> NextStep | None:
    """The step an invoice comes to next: of those whose day has come only the latest counts, and none twice."""
    ahead = [
        NextStep(offset, working_day(due_on + timedelta(days=offset)))
        for offset in sorted(offsets)
        if had is None or offset > had
    ]
    reached = [step for step in ahead if step.day <= today]
    if reached:
        return NextStep(reached[-1].offset_days, working_day(today))
    return ahead[0] if ahead else None
