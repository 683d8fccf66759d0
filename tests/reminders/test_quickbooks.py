"""What QuickBooks' books say at the last moment: nobody is reminded of what changed since the list was made."""

from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.kit.ground import Ground
from app.models import Reminder, ReminderState
from app.reminders.confirming import confirm
from tests.reminders.journey import Journey, begin, header
from tests.sandbox.client import SandboxClient


@pytest.fixture
def journey(sandbox_ground: Ground, sandbox: SandboxClient) -> Journey:
    """A company whose list waits for its owner, on a working morning of its own zone."""
    zone = ZoneInfo(books(sandbox)["organisation"]["timezone"])
    return begin(sandbox_ground, sandbox, "quickbooks", zone=zone)


def books(sandbox: SandboxClient) -> dict[str, Any]:
    return dict(sandbox.get("/control/quickbooks/ledger").json())


def confirmed(journey: Journey) -> Reminder:
    """Confirms one reminder of today alone, of several invoices and in the company's currency."""
    wanted = next(
        reminder
        for reminder in journey.due_today()
        if reminder.reason_code == "first_list"
        and reminder.currency == "USD"
        and len(journey.numbers_of(reminder)) > 1
    )
    with journey.ground.database.tenant(journey.tenant_id) as session:
        assert confirm(session, [wanted.id], now=journey.ground.clock.now()) == 1
    return wanted


def now_of(journey: Journey, wanted: Reminder) -> Reminder:
    return next(reminder for reminder in journey.reminders() if reminder.id == wanted.id)


def customer_of(journey: Journey, wanted: Reminder) -> str:
    """QuickBooks' id of the customer."""
    found = journey.rows("SELECT external_id FROM customer WHERE id = :id", id=wanted.customer_id)
    return str(found[0][0])


@pytest.mark.parametrize("edit", ["pay", "void", "delete"])
def test_an_invoice_that_is_settled_or_gone_is_left_out_and_the_rest_goes(
    journey: Journey, edit: str
) -> None:
    wanted = confirmed(journey)
    gone, *left = journey.numbers_of(wanted)
    journey.sandbox.control(f"quickbooks/invoices/{gone}/{edit}")
    journey.run()
    (mail,) = journey.inbox()
    assert gone not in mail["text"]
    assert all(number in mail["text"] for number in left)


def test_whom_an_invoice_names_for_copies_gets_the_reminder_too(journey: Journey) -> None:
    wanted = confirmed(journey)
    first, second, *_ = journey.numbers_of(wanted)
    journey.sandbox.control(f"quickbooks/invoices/{first}/copies", cc="cfo@c.example, desk@c.example")
    journey.sandbox.control(
        f"quickbooks/invoices/{second}/copies", cc="CFO@c.example", bcc="diary@us.example"
    )
    journey.run()
    (mail,) = journey.inbox()
    assert {"cfo@c.example", "desk@c.example", "diary@us.example"} < set(mail["to"])
    copied = header(mail, "Cc").split(", ")
    assert {"cfo@c.example", "desk@c.example"} <= set(copied)
    assert len(copied) == len(mail["to"]) - 2
    assert "diary@us.example" not in str(mail["headers"])


@pytest.mark.parametrize(("edit", "why"), [("pay", "paid"), ("void", "voided"), ("delete", "gone")])
def test_when_nothing_is_left_nothing_leaves_and_the_row_says_why(
    journey: Journey, edit: str, why: str
) -> None:
    wanted = confirmed(journey)
    for number in journey.numbers_of(wanted):
        journey.sandbox.control(f"quickbooks/invoices/{number}/{edit}")
    journey.run()
    assert journey.inbox() == []
    skipped = now_of(journey, wanted)
    assert (skipped.state, skipped.reason_code) == (ReminderState.SKIPPED, why)


def test_a_credit_used_on_an_invoice_is_seen_in_the_amount(journey: Journey) -> None:
    wanted = confirmed(journey)
    number, *_ = journey.numbers_of(wanted)
    journey.sandbox.control(f"quickbooks/invoices/{number}/credit", amount="1.07")
    journey.run()
    numbers = journey.numbers_of(wanted)
    owed = sum(
        Decimal(row["amount_due"]) for row in books(journey.sandbox)["invoices"] if row["number"] in numbers
    )
    (mail,) = journey.inbox()
    assert f"{owed:,.2f}" in mail["text"]


def test_the_second_of_two_addresses_within_a_second_is_the_one_written_to(journey: Journey) -> None:
    wanted = confirmed(journey)
    customer = customer_of(journey, wanted)
    for address in ("first@new.example", "second@new.example"):
        journey.sandbox.control(f"quickbooks/contacts/{customer}/email", email=address)
    journey.run()
    (mail,) = journey.inbox()
    assert mail["to"] == ["second@new.example"]


def test_a_customer_without_an_address_any_more_is_not_written_to(journey: Journey) -> None:
    wanted = confirmed(journey)
    journey.sandbox.control(f"quickbooks/contacts/{customer_of(journey, wanted)}/email", email="")
    journey.run()
    assert journey.inbox() == []
    assert now_of(journey, wanted).state is ReminderState.HELD


def test_after_a_merge_nobody_is_written_to_at_the_address_that_is_gone(journey: Journey) -> None:
    wanted = confirmed(journey)
    loser = customer_of(journey, wanted)
    [address] = [row["email"] for row in books(journey.sandbox)["contacts"] if row["id"] == loser]
    winner = next(
        row["contact_id"]
        for row in books(journey.sandbox)["invoices"]
        if row["currency"] == "USD" and row["contact_id"] != loser
    )
    journey.sandbox.control(f"quickbooks/contacts/{loser}/merge", into=winner)
    journey.run()
    assert all(address not in mail["to"] for mail in journey.inbox())
    open_ones = "SELECT number FROM invoice WHERE customer_id = :id AND state = 'open'"
    assert journey.rows(open_ones, id=wanted.customer_id) == []
    assert wanted.customer_id not in {one.customer_id for one in journey.reminders(ReminderState.SENT)}
