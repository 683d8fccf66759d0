"""From the first list to delivered mail, against a real ledger and a real mail server."""

from collections import Counter

from app.models import ReminderState
from tests.reminders.journey import Journey, header


def test_nothing_leaves_until_the_list_is_confirmed_and_then_each_customer_has_one_mail_per_currency(
    journey: Journey,
) -> None:
    assert journey.inbox() == []
    held = journey.reminders()
    assert {reminder.state for reminder in held} == {ReminderState.HELD}
    assert {r.reason_code for r in held} <= {"first_list", "no_email", "inactive"}
    expected = len([r for r in journey.due_today() if r.reason_code == "first_list"])
    assert expected > 10
    confirmed = journey.confirm_all()
    assert confirmed >= expected
    journey.run()
    mails = journey.inbox()
    assert len(mails) == expected
    assert journey.states()["sent"] == expected
    per_recipient = Counter((mail["to"][0], mail["subject"]) for mail in mails)
    assert set(per_recipient.values()) == {1}
    assert header(mails[0], "List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"
    journey.run()
    assert len(journey.inbox()) == expected
