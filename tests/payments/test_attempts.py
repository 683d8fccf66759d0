from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.payments.attempts import NEW_KEY_AFTER, SAME_KEY_FOR, Send, Wait, next_attempt

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
MEMORY = timedelta(minutes=6)
LONGEST_REQUEST = timedelta(minutes=2)
UNDER_WAY = timedelta(minutes=1)


def test_the_first_attempt_takes_a_new_key() -> None:
    assert next_attempt(key_used_at=None, now=NOW) == Send(with_new_key=True)


@pytest.mark.parametrize(
    ("minutes", "decision"),
    [
        (0, Send(with_new_key=False)),
        (5, Send(with_new_key=False)),
        (6, Wait(timedelta(minutes=2))),
        (7, Wait(timedelta(minutes=1))),
        (8, Send(with_new_key=True)),
        (60, Send(with_new_key=True)),
        (-60, Send(with_new_key=False)),
    ],
)
def test_a_key_is_repeated_while_it_is_surely_remembered_and_replaced_when_it_is_surely_done(
    minutes: int, decision: Send | Wait
) -> None:
    assert next_attempt(key_used_at=NOW - timedelta(minutes=minutes), now=NOW) == decision


@given(some.timedeltas(min_value=timedelta(), max_value=timedelta(days=2)))
def test_no_age_of_a_key_allows_two_entries(age: timedelta) -> None:
    decision = next_attempt(key_used_at=NOW - age, now=NOW)
    if isinstance(decision, Wait):
        assert next_attempt(key_used_at=NOW - age, now=NOW + decision.after) == Send(with_new_key=True)
    elif decision.with_new_key:
        # The old key was last used at most SAME_KEY_FOR after its first use: that request is long over.
        assert age - SAME_KEY_FOR >= LONGEST_REQUEST
    else:
        assert age < MEMORY


def test_the_limits_leave_room_on_both_sides_of_the_vendors_memory() -> None:
    assert SAME_KEY_FOR + UNDER_WAY <= MEMORY
    assert SAME_KEY_FOR + UNDER_WAY + LONGEST_REQUEST <= NEW_KEY_AFTER


def test_accounts_that_were_chosen_anew_are_not_sent_while_the_old_entry_may_be_on_its_way() -> None:
    used = NOW - timedelta(minutes=2)
    decision = next_attempt(key_used_at=used, now=NOW, changed_at=NOW - timedelta(minutes=1))
    assert decision == Wait(timedelta(minutes=6))
    assert next_attempt(key_used_at=used, now=NOW, changed_at=used) == Send(with_new_key=False)
    changed = NOW - timedelta(minutes=8)
    assert next_attempt(key_used_at=changed, now=NOW, changed_at=NOW) == Send(with_new_key=True)
