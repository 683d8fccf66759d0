"""The last decision before a message leaves: by example, and for whatever anybody can invent."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from app.models import HoldKind, InvoiceState, Sending
from app.reminders.brake import brake_limit
from app.reminders.calendar_days import Place
from app.reminders.gate import Drop, Facts, Hold, Recipient, Send, decide, seen
from app.reminders.reasons import quiet_books
from app.reminders.situation import Contact, Stop
from tests.reminders.gate_values import NOW, OPEN, ORGANISATION, at, diary, facts, line
from tests.reminders.hours import is_sending_time
from tests.reminders.values import number


def verdict_code(given_facts: Facts) -> str:
    verdict = decide(given_facts)
    assert isinstance(verdict, Drop | Hold)
    return verdict.reason.code


def test_an_open_invoice_leaves_at_its_live_balance() -> None:
    verdict = decide(facts(line(ours=Decimal("30.00"))))
    assert isinstance(verdict, Send)
    assert [(one.number, one.balance) for one in verdict.lines] == [("INV-1", Decimal("50.00"))]
    assert verdict.total == Decimal("50.00")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"amount_due": Decimal("0.00"), "state": InvoiceState.PAID}, "paid"),
        ({"amount_due": Decimal("0.00")}, "paid"),
        ({"amount_due": Decimal("-5.00")}, "paid"),
        ({"state": InvoiceState.VOIDED}, "voided"),
        ({"state": InvoiceState.DRAFT}, "voided"),
        ({"currency": "EUR"}, "changed"),
        ({"customer_external_id": "c2"}, "changed"),
        ({"due_on": date(2026, 11, 14)}, "not_due_yet"),
        ({"due_on": date(2027, 1, 1)}, "not_due_yet"),
    ],
)
def test_an_invoice_that_changed_in_the_ledger_drops_the_reminder(
    change: dict[str, object], code: str
) -> None:
    assert verdict_code(facts(line(record=replace(OPEN, **change)))) == code  # type: ignore[arg-type]


def test_an_invoice_the_ledger_does_not_know_drops_the_reminder() -> None:
    assert verdict_code(facts(line(record=None))) == "gone"


def test_what_was_paid_through_us_drops_the_reminder_before_the_ledger_knows() -> None:
    assert verdict_code(facts(line(ours=Decimal("80.00")))) == "paid"


def test_paid_invoices_leave_the_message_and_the_others_go() -> None:
    paid = replace(OPEN, state=InvoiceState.PAID, amount_due=Decimal("0.00"))
    older = replace(OPEN, number="INV-0", due_on=date(2026, 10, 1))
    verdict = decide(facts(line(1), line(2, paid), line(3, older)))
    assert isinstance(verdict, Send)
    assert [one.number for one in verdict.lines] == ["INV-0", "INV-1"]
    assert {key.int: why.code for key, why in verdict.left_out.items()} == {2: "paid"}


def test_a_mixture_of_reasons_drops_with_a_reason_of_its_own() -> None:
    paid = replace(OPEN, state=InvoiceState.PAID, amount_due=Decimal("0.00"))
    assert verdict_code(facts(line(1, paid), line(2, None))) == "nothing_left"


def test_a_held_invoice_stays_out() -> None:
    assert verdict_code(facts(line(stop=Stop("Disputed", None)))) == "held"
    assert verdict_code(facts(line(stop=Stop("Promised", date(2026, 11, 20))))) == "held_until"
    assert isinstance(decide(facts(line(stop=Stop("Promised", date(2026, 11, 19))))), Send)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"organisation": replace(ORGANISATION, is_connected=False)}, "disconnected"),
        ({"organisation": replace(ORGANISATION, sending=Sending.PAUSED)}, "paused"),
        ({"organisation": replace(ORGANISATION, sending=Sending.HELD_UNTIL_CONFIRMED)}, "first_list"),
        ({"organisation": replace(ORGANISATION, channels=frozenset())}, "no_sender"),
        (
            {"recipient": Recipient("c1", is_active=False, opted_out=False, has_valid_address=True)},
            "inactive",
        ),
        ({"recipient": Recipient("c1", is_active=True, opted_out=True, has_valid_address=True)}, "opted_out"),
        (
            {"recipient": Recipient("c1", is_active=True, opted_out=False, has_valid_address=False)},
            "bad_email",
        ),
        ({"read_at": NOW - timedelta(seconds=61)}, "stale_facts"),
        ({"mirror_read_at": NOW - timedelta(hours=49)}, "stale_mirror"),
        ({"organisation": replace(ORGANISATION, quiet=quiet_books(12))}, "stale_books"),
        ({"brake_left": 0}, "volume_brake"),
        ({"now": NOW + timedelta(hours=12), "read_at": NOW + timedelta(hours=12)}, "send_window"),
    ],
)
def test_what_must_not_leave_now_is_held_with_its_reason(change: dict[str, object], code: str) -> None:
    verdict = decide(facts(**change))
    assert isinstance(verdict, Hold)
    assert verdict.reason.code == code


def test_a_reminder_outside_the_hours_waits_for_the_next_send_hour_on_a_working_day() -> None:
    friday_night = datetime(2026, 11, 20, 22, tzinfo=UTC)
    verdict = decide(facts(now=friday_night, read_at=friday_night))
    assert isinstance(verdict, Hold)
    assert verdict.until == datetime(2026, 11, 23, 9, tzinfo=UTC)


def test_the_brake_lets_through_what_the_owner_confirmed_and_asks_for_the_rest() -> None:
    assert isinstance(decide(facts(brake_left=0, is_expected=True)), Send)
    braked = decide(facts(brake_left=0))
    assert isinstance(braked, Hold)
    assert braked.needs_confirmation
    assert (brake_limit(0), brake_limit(16), brake_limit(17), brake_limit(400)) == (50, 50, 51, 1200)


def test_the_facts_are_kept_without_names_or_addresses() -> None:
    kept = seen(facts(line(), line(2, None)))
    assert kept["invoices"][0] == {
        "id": str(number(1)),
        "number": "INV-1",
        "state": "open",
        "balance": "80.00",
        "paid_through_us": "0",
        "due_on": "2026-11-13",
    }
    assert kept["invoices"][1] == {"id": str(number(2)), "state": "gone"}
    assert "Ada" not in str(kept)


def test_what_is_held_waits_for_the_send_hour_after_its_last_day() -> None:
    verdict = decide(facts(line(stop=Stop("Promised", date(2026, 11, 20), HoldKind.PROMISE))))
    assert isinstance(verdict, Hold)
    assert verdict.until == datetime(2026, 11, 23, 9, tzinfo=UTC)
    paid = replace(OPEN, state=InvoiceState.PAID, amount_due=Decimal("0.00"))
    endless = decide(facts(line(1, paid), line(2, stop=Stop("Broken glass", None, HoldKind.DISPUTE))))
    assert isinstance(endless, Hold)
    assert (endless.until, endless.reason.code) == (None, "dispute")


def test_the_facts_name_what_held() -> None:
    kept = seen(facts(line(stop=Stop("Broken glass", None, HoldKind.DISPUTE))))
    assert kept["invoices"][0]["held"] == "dispute"
    assert "glass" not in str(kept)


def test_the_hours_are_those_of_the_recipient() -> None:
    """Ten in the morning in London is two at night in Los Angeles, and noon in Athens."""
    for zone, leaves in (("America/Los_Angeles", False), ("Europe/Athens", True)):
        verdict = decide(facts(line(), diary=diary(zones=(zone,))))
        assert isinstance(verdict, Send) is leaves, zone
        if isinstance(verdict, Hold):
            assert verdict.until is not None
            assert is_sending_time(verdict.until, zone)


@pytest.mark.parametrize("places", [(("GB", None), ("DE", "BY")), (("DE", "BY"), ("GB", None))])
def test_the_holidays_of_both_sides_are_kept(places: tuple[Place, ...]) -> None:
    """6 January is a holiday in Bavaria and none in Britain, whoever of the two is the business."""
    epiphany = datetime(2026, 1, 6, 10, tzinfo=UTC)
    overdue = line(record=replace(OPEN, due_on=date(2025, 12, 20)))
    verdict = decide(at(epiphany, overdue, diary=diary(places=places)))
    assert isinstance(verdict, Hold)
    assert (verdict.reason.code, verdict.until) == ("send_window", datetime(2026, 1, 7, 9, tzinfo=UTC))


def test_a_cadence_that_writes_on_saturdays_does() -> None:
    saturday = datetime(2026, 11, 21, 10, tzinfo=UTC)
    assert isinstance(decide(at(saturday)), Hold)
    assert isinstance(decide(at(saturday, diary=diary(weekdays=frozenset({5})))), Send)
    reached_today = line(record=replace(OPEN, due_on=date(2026, 11, 14)))
    weekend = diary(weekdays=frozenset(range(6)))
    assert isinstance(decide(at(saturday, reached_today, diary=weekend)), Send)


def test_a_recipient_whose_day_is_ahead_of_the_business_has_reached_the_step() -> None:
    """Nine in the morning of the 23rd in Auckland is still the 22nd in London."""
    auckland = datetime(2026, 11, 22, 20, tzinfo=UTC)
    reached = line(record=replace(OPEN, due_on=date(2026, 11, 16)))
    assert isinstance(decide(at(auckland, reached, diary=diary(zones=("Pacific/Auckland",)))), Send)


def test_one_message_per_channel_and_day_whatever_the_currency() -> None:
    today = NOW.date()
    verdict = decide(facts(had=(Contact(today, "email"),)))
    assert isinstance(verdict, Hold)
    assert (verdict.reason.code, verdict.until) == ("day_taken", datetime(2026, 11, 23, 9, tzinfo=UTC))
    for lets_go in (Contact(today, "sms"), Contact(today - timedelta(days=1), "email")):
        assert isinstance(decide(facts(had=(lets_go,))), Send)


def test_the_eighth_message_in_seven_days_waits_until_the_first_is_a_week_old() -> None:
    had = tuple(Contact(date(2026, 11, 14 + day), "sms") for day in range(6))
    assert isinstance(decide(facts(had=had)), Send)
    verdict = decide(facts(had=(*had, Contact(date(2026, 11, 19), "whatsapp"))))
    assert isinstance(verdict, Hold)
    assert (verdict.reason.code, verdict.until) == ("week_full", datetime(2026, 11, 23, 9, tzinfo=UTC))


def test_two_channels_are_never_tried_for_one_reminder_on_a_day() -> None:
    """However often it was held and released since the first did not arrive."""
    texted = (Contact(NOW.date(), "sms"),)
    verdict = decide(facts(gave_way=True, had=texted))
    assert isinstance(verdict, Hold)
    assert (verdict.reason.code, verdict.until) == ("day_taken", datetime(2026, 11, 23, 9, tzinfo=UTC))
    assert isinstance(decide(facts(had=texted)), Send)
    yesterday = (Contact(NOW.date() - timedelta(1), "sms"),)
    assert isinstance(decide(facts(gave_way=True, had=yesterday)), Send)


@pytest.mark.parametrize(
    ("least", "most", "leaves"), [("80", "80", True), ("81", None, False), (None, "79", False)]
)
def test_a_step_for_other_balances_does_not_leave(least: str | None, most: str | None, leaves: bool) -> None:
    """Paid in part since it was planned: what is left is what counts."""
    limits = [None if limit is None else Decimal(limit) for limit in (least, most)]
    verdict = decide(facts(line(min_balance=limits[0], max_balance=limits[1])))
    assert isinstance(verdict, Send) is leaves
    if isinstance(verdict, Drop):
        assert verdict.reason.code == "other_step"


def test_nobody_hears_of_a_broken_promise_whose_money_has_come_since() -> None:
    """Of 100, 20 were promised: with 80 left they are there, with 80.01 they are not."""
    came = decide(facts(line(promise_leaves=Decimal(80))))
    assert isinstance(came, Drop)
    assert came.reason.code == "other_step"
    assert isinstance(decide(facts(line(promise_leaves=Decimal("79.99")))), Send)
