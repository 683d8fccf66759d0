"""Every invoice answers why its next reminder goes, waits or does not exist."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.models import InvoiceState, ReminderState
from app.reminders import reasons
from app.web.invoices.why import LastReminder, NextStep, Standing, next_step, why

OWED = Standing(
    state=InvoiceState.OPEN,
    amount_due=Decimal(480),
    settled_on=None,
    paid_but_unbooked=Decimal(0),
    reminder=None,
    next_step=None,
    hold=None,
    has_address=True,
    is_opted_out=False,
    is_active=True,
)


def reminder(state: ReminderState, why: reasons.Reason | None = None) -> LastReminder:
    return LastReminder(
        state, date(2026, 11, 24), 14, why.code if why else None, why.sentence if why else None
    )


def told(**changes: Any) -> tuple[str, str]:
    answer = why(replace(OWED, **changes), lambda day: f"{day:%d %b}")
    return answer.word, answer.sentence


@pytest.mark.parametrize(
    ("changes", "word", "sentence"),
    [
        ({"state": InvoiceState.VOIDED}, "Voided", "It was voided in the ledger."),
        ({"state": InvoiceState.DELETED}, "Deleted", "It was deleted in the ledger."),
        ({"state": InvoiceState.DRAFT}, "Draft", "It is a draft in the ledger and not owed yet."),
        ({"state": InvoiceState.PAID, "settled_on": date(2026, 11, 3)}, "Paid", "Settled on 03 Nov."),
        ({"paid_but_unbooked": Decimal(480)}, "Paid", "Paid by card; its entry in the ledger is on the way."),
        ({"amount_due": Decimal(0)}, "Settled", "Nothing is left to pay."),
        (
            {"reminder": reminder(ReminderState.PLANNED)},
            "Planned",
            "Goes out 24 Nov, the step 14 days after due.",
        ),
        (
            {"reminder": reminder(ReminderState.HELD, reasons.FIRST_LIST)},
            "Held",
            "Waits for your word on Today.",
        ),
        ({"reminder": reminder(ReminderState.HELD, reasons.NO_EMAIL)}, "Held", reasons.NO_EMAIL.sentence),
        (
            {"reminder": reminder(ReminderState.UNKNOWN)},
            "Unknown",
            "We do not know whether the last one left.",
        ),
        ({"reminder": reminder(ReminderState.FAILED)}, "Failed", "The last one could not be sent."),
        ({"reminder": reminder(ReminderState.SENDING)}, "Sending", "A reminder is leaving right now."),
        ({"hold": "On hold: they promised."}, "Held", "On hold: they promised."),
        ({"is_opted_out": True}, "Held", "The customer asked for no more reminders by e-mail."),
        ({"has_address": False}, "Held", "The customer has no e-mail address in the ledger. Add one there."),
        ({"is_active": False}, "Held", "The customer is archived in the ledger."),
        ({"reminder": reminder(ReminderState.SENT)}, "Sent", "The last one left 24 Nov; every step is past."),
        ({"reminder": reminder(ReminderState.SKIPPED, reasons.PAID)}, "Skipped", reasons.PAID.sentence),
        (
            {"reminder": reminder(ReminderState.SENT), "next_step": NextStep(30, date(2026, 12, 9))},
            "Sent",
            "The last one left 24 Nov; the next step is 09 Dec, 30 days after due.",
        ),
        (
            {"next_step": NextStep(0, date(2026, 12, 9))},
            "Planned",
            "The next step is 09 Dec, on the due date.",
        ),
        ({}, "Not planned", "Every step is past."),
    ],
)
def test_each_standing_has_its_answer(changes: dict[str, Any], word: str, sentence: str) -> None:
    assert told(**changes) == (word, sentence)


def test_money_on_its_way_speaks_before_any_reminder() -> None:
    assert told(paid_but_unbooked=Decimal(480), reminder=reminder(ReminderState.PLANNED))[0] == "Paid"
    assert told(paid_but_unbooked=Decimal(10), reminder=reminder(ReminderState.PLANNED))[0] == "Planned"


def test_a_hold_speaks_before_what_was_sent_earlier() -> None:
    assert told(hold="On hold: talking.", reminder=reminder(ReminderState.SENT))[1] == "On hold: talking."


OFFSETS = (-3, 0, 7, 14)


@pytest.mark.parametrize(
    ("due_on", "had", "offset", "day"),
    [
        (date(2026, 12, 2), None, -3, date(2026, 11, 30)),  # the third day before is a Sunday: on Monday
        (date(2026, 11, 22), None, -3, date(2026, 11, 20)),
        (
            date(2026, 11, 12),
            None,
            7,
            date(2026, 11, 20),
        ),  # 7 was yesterday and is due now; -3 and 0 are not made up
        (date(2026, 11, 12), 7, 14, date(2026, 11, 26)),
        (date(2026, 11, 2), 7, 14, date(2026, 11, 20)),
        (date(2026, 6, 1), None, 14, date(2026, 11, 20)),
    ],
)
def test_the_next_step_is_the_one_the_planner_would_take(
    due_on: date, had: int | None, offset: int, day: date
) -> None:
    assert next_step(OFFSETS, due_on=due_on, had=had, today=date(2026, 11, 20)) == NextStep(offset, day)


def test_after_the_last_step_there_is_none() -> None:
    assert next_step(OFFSETS, due_on=date(2026, 11, 2), had=14, today=date(2026, 11, 20)) is None
