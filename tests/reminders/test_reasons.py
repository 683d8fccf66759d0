"""Every reason has words that a business understands, wherever it is shown."""

import inspect
import re
from datetime import date
from decimal import Decimal

import pytest

from app.models import HoldKind, InvoiceState, ReminderState
from app.reminders import reaching, reasons
from app.reminders.reasons import OURS, STANDING, TAKEN_UP_WHEN_DUE, Reason
from app.web.invoices.why import LastReminder, Standing, why

DAY = date(2026, 11, 23)
MADE = (
    reasons.late(DAY),
    reasons.held("in talks."),
    reasons.held_until(DAY, "in talks."),
    reasons.quiet_books(5),
    reasons.ledger_unreachable("Xero does not answer."),
    reasons.try_again("The mail server cannot be reached."),
    reasons.wording("“x” is not a variable."),
    reasons.not_attached("Xero has no such file."),
    Reason("fallback", "The phone could not be reached. It goes by e-mail on the next sending day."),
)
STANDING_STILL = (*(reasons.stopped(kind, "In talks.", until) for kind in HoldKind for until in (None, DAY)),)
NAMED = tuple(
    found
    for module in (reasons, reaching)
    for _, found in inspect.getmembers(module, lambda member: isinstance(member, Reason))
)
EVERY = (*NAMED, *MADE, *STANDING_STILL)
# Ours, not the user's.
JARGON = re.compile(r"\b(task|lease|webhook|batch|gate|cadence version|worker|null|none)\b", re.IGNORECASE)


@pytest.mark.parametrize("reason", EVERY, ids=lambda reason: reason.code)
def test_a_reason_is_a_code_and_whole_sentences_in_the_user_s_words(reason: Reason) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", reason.code)
    assert re.fullmatch(r"[A-Z“].*[.”]", reason.sentence)
    assert ".." not in reason.sentence
    assert not JARGON.search(reason.sentence.replace("None of", ""))


@pytest.mark.parametrize("reason", EVERY, ids=lambda reason: reason.code)
def test_whoever_looks_at_a_held_invoice_reads_why(reason: Reason) -> None:
    shown = why(_held_for(reason), str)
    assert shown.word == "Held"
    assert shown.sentence == (
        "Waits for your word on Today." if reason.code == reasons.FIRST_LIST.code else reason.sentence
    )


def test_what_is_looked_at_again_by_itself_is_held_for_reasons_that_exist() -> None:
    codes = {reason.code for reason in EVERY}
    assert codes >= STANDING
    assert codes >= TAKEN_UP_WHEN_DUE
    assert codes >= OURS


def test_what_waits_for_a_moment_says_when_or_what_brings_it() -> None:
    assert "next sending day" in reasons.DAY_TAKEN.sentence
    assert "when there is room" in reasons.WEEK_FULL.sentence
    assert "its turn" in reasons.SENDER_BUSY.sentence
    assert "next one is looked for" in reasons.OTHER_STEP.sentence
    assert "Set one up" in reasons.NO_SENDER.sentence


def _held_for(reason: Reason) -> Standing:
    return Standing(
        state=InvoiceState.OPEN,
        amount_due=Decimal(10),
        settled_on=None,
        paid_but_unbooked=Decimal(0),
        reminder=LastReminder(ReminderState.HELD, DAY, 0, reason.code, reason.sentence),
        next_step=None,
        hold=None,
        has_address=True,
        is_opted_out=False,
        is_active=True,
    )
