"""A plan is right until it says it is not, and until then nobody plans again."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.kit.clock import SetClock
from app.kit.ground import Ground
from app.kit.settings import Settings
from app.reminders.freshness import stale_at
from app.reminders.planner import plan
from app.reminders.situation import Addressee, Past, Situation
from tests.reminders.values import invoice, number, situation, situations

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
hundreds = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@hundreds
@given(situations, st.floats(0, 0.999))
def test_until_it_is_stale_a_plan_stays_as_it_is(given_situation: Situation, part: float) -> None:
    # What waits for its time is looked at when that has come, by the dispatcher.
    past = {group: replace(one, not_before=None) for group, one in given_situation.past.items()}
    given_situation = replace(given_situation, past=past)
    planned = plan(given_situation)
    until = stale_at(given_situation, planned)
    assert given_situation.now < until <= given_situation.now + timedelta(hours=26)
    later = given_situation.now + (until - given_situation.now) * part
    assert plan(replace(given_situation, now=later)) == planned


def test_a_plan_lasts_until_midnight_unless_something_is_due_today() -> None:
    idle = situation(invoice(1, overdue=-10))
    assert stale_at(idle, plan(idle)) == datetime(2026, 11, 21, tzinfo=UTC)
    busy = situation(invoice(1, overdue=7))
    assert stale_at(busy, plan(busy)) == datetime(2026, 11, 20, 21, tzinfo=UTC)
    abroad = replace(busy, addressees={number(1): Addressee(zones=("America/New_York",))})
    assert stale_at(abroad, plan(abroad)) == NOW + timedelta(hours=1)
    after = replace(busy, past={(number(1), "GBP"): Past(last_on=date(2026, 11, 20))})
    assert stale_at(after, plan(after)) == datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture
def office(make_settings: Callable[..., Settings]) -> Iterator[Ground]:
    built = Ground.from_settings(make_settings(smtp_host="127.0.0.1", smtp_port=9), clock=SetClock(NOW))
    yield built
    built.database.close()
