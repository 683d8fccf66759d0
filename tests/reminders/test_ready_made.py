"""The cadences to begin with can be saved as they are, and differ as promised."""

import pytest

from app.models import Counts, OnlyAfter, StepAction, Tone
from app.reminders.cadence_drafts import CadenceDraft, check_draft
from app.reminders.ready_made import AU_NZ, EU, FLAVOURS, UK, US, all_ready_made, flavour_of, ready_made

COUNTRIES = {US: "US", UK: "GB", AU_NZ: "AU", EU: "DE"}


@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize("tone", list(Tone))
def test_each_can_be_saved_as_it_is(flavour: str, tone: Tone) -> None:
    draft = ready_made(tone, country=COUNTRIES[flavour])
    assert check_draft(draft) == {}
    days = [step.offset_days for step in draft.steps if step.only_after is None]
    assert days == sorted(set(days))
    assert [step.only_after for step in draft.steps].count(OnlyAfter.PROMISE_BROKEN) == 1


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_firm_speaks_sooner_and_more_often_and_ends_with_a_person(flavour: str) -> None:
    gentle, _, firm = all_ready_made(COUNTRIES[flavour])
    first = {draft.name: min(_days_of_plainer_words(draft)) for draft in (gentle, firm)}
    assert first["Firm"] < first["Gentle"]
    assert len(firm.steps) > len(gentle.steps)
    assert [step.action for step in firm.steps].count(StepAction.TASK) == 1
    assert all(step.action is StepAction.MESSAGE for step in gentle.steps)
    assert all(step.tone is not Tone.FIRM for step in gentle.steps)


def test_countries_have_their_own_ways_and_spelling() -> None:
    assert [flavour_of(country) for country in ("US", "gb", "NZ", "FR", "BR")] == [US, UK, AU_NZ, EU, EU]
    british, american = (ready_made(Tone.STANDARD, country=country) for country in ("GB", "US"))
    assert Counts.BUSINESS in {step.counts for step in british.steps if step.only_after is None}
    assert {step.counts for step in american.steps if step.only_after is None} == {Counts.CALENDAR}
    assert any(step.channels == ("sms", "email") for step in ready_made(Tone.FIRM, country="AU").steps)
    assert ready_made(Tone.GENTLE, country="DE").language == "de"
    assert {s.subject for s in british.steps} != {s.subject for s in american.steps}


def _days_of_plainer_words(draft: CadenceDraft) -> list[int]:
    return [s.offset_days for s in draft.steps if s.tone is not Tone.GENTLE and s.only_after is None]
