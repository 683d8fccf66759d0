"""The last decision before a message leaves: by example, and for whatever anybody can invent."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import zip_longest

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.connectors.base import InvoiceRecord
from app.models import HoldKind, InvoiceState, Sending
from app.reminders.brake import brake_limit
from app.reminders.calendar import local, working_day
from app.reminders.gate import Drop, Facts, Hold, Line, Recipient, Send, decide, seen
from app.reminders.holds import either
from app.reminders.reasons import quiet_books
from app.reminders.situation import Stop
from app.reminders.standing import Organisation
from tests.reminders.hours import is_sending_time
from tests.reminders.values import ZONES, moments, number, step_id, stops

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
OPEN = InvoiceRecord(
    external_id="i1",
    number="INV-1",
    reference="PO 7",
    customer_external_id="c1",
    customer_name="Ada Byron Ltd",
    state=InvoiceState.OPEN,
    currency="GBP",
    total=Decimal("100.00"),
    amount_due=Decimal("80.00"),
    amount_paid=Decimal("20.00"),
    amount_credited=Decimal("0.00"),
    issued_on=date(2026, 10, 14),
    due_on=date(2026, 11, 13),
    settled_on=None,
    changed_at=NOW,
)
ORGANISATION = Organisation("Europe/London", Sending.ON, is_connected=True, has_channel=True)


def line(name: int = 1, record: InvoiceRecord | None = OPEN, **changes: object) -> Line:
    return replace(Line(number(name), step_id(7), 7, record), **changes)  # type: ignore[arg-type]


def facts(*lines: Line, **changes: object) -> Facts:
    given_facts = Facts(
        now=NOW,
        read_at=NOW,
        mirror_read_at=NOW,
        organisation=ORGANISATION,
        send_hour=9,
        currency="GBP",
        recipient=Recipient("c1", is_active=True, opted_out=False, has_valid_address=True),
        lines=lines or (line(),),
        is_expected=False,
        brake_left=10,
    )
    return replace(given_facts, **changes)  # type: ignore[arg-type]


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
        ({"organisation": replace(ORGANISATION, has_channel=False)}, "no_mail_server"),
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


records = st.builds(
    replace,
    st.just(OPEN),
    number=st.sampled_from(("INV-1", "INV-2")),
    customer_external_id=st.sampled_from(("c1", "c1", "c1", "c2")),
    state=st.sampled_from(InvoiceState) | st.just(InvoiceState.OPEN),
    currency=st.sampled_from(("GBP", "GBP", "GBP", "EUR")),
    amount_due=st.decimals(-10, 200, places=2),
    due_on=st.dates(date(2025, 12, 1), date(2027, 6, 1)),
)
lines = st.lists(
    st.builds(
        Line,
        invoice_id=st.uuids(),
        step_id=st.just(step_id(7)),
        offset_days=st.integers(-10, 60),
        record=st.none() | records | records | records,
        ours=st.sampled_from((Decimal(0), Decimal(0), Decimal("40.00"))),
        stop=stops,
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda one: one.invoice_id,
)
organisations = st.builds(
    Organisation,
    zone=st.sampled_from(ZONES),
    sending=st.sampled_from(Sending) | st.just(Sending.ON) | st.just(Sending.ON),
    is_connected=st.just(True) | st.booleans(),
    has_channel=st.just(True) | st.booleans(),
    quiet=st.sampled_from((None, None, None, quiet_books(12))),
)
recipients = st.builds(
    Recipient,
    external_id=st.just("c1"),
    is_active=st.just(True) | st.booleans(),
    opted_out=st.just(False) | st.booleans(),
    has_valid_address=st.just(True) | st.booleans(),
    stop=st.none() | stops,
)
all_facts = st.builds(
    lambda now, age, mirror_age, **more: Facts(
        now=now,
        read_at=now - timedelta(seconds=age),
        mirror_read_at=None if mirror_age is None else now - timedelta(hours=mirror_age),
        **more,
    ),
    now=moments,
    age=st.integers(0, 90),
    mirror_age=st.none() | st.integers(0, 60),
    organisation=organisations,
    send_hour=st.integers(8, 20),
    currency=st.just("GBP"),
    recipient=recipients,
    lines=lines.map(tuple),
    is_expected=st.booleans(),
    brake_left=st.integers(-1, 3),
)
thousands = settings(max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@thousands
@given(all_facts)
def test_whatever_the_facts_nothing_leaves_that_must_not(given_facts: Facts) -> None:
    verdict = decide(given_facts)
    assert verdict == decide(given_facts)
    if not isinstance(verdict, Send):
        assert verdict.reason.sentence
        return
    organisation, recipient = given_facts.organisation, given_facts.recipient
    today = local(given_facts.now, organisation.zone).date()
    assert organisation.sending is Sending.ON
    assert organisation.is_connected
    assert organisation.has_channel
    assert organisation.quiet is None
    assert given_facts.mirror_read_at is None or (
        given_facts.now - given_facts.mirror_read_at <= timedelta(hours=48)
    )
    assert recipient.is_active
    assert recipient.has_valid_address
    assert not recipient.opted_out
    assert is_sending_time(given_facts.now, organisation.zone)
    assert given_facts.now - given_facts.read_at <= timedelta(seconds=60)
    assert given_facts.is_expected or given_facts.brake_left > 0
    assert _free(recipient.stop, today)
    by_id = {one.invoice_id: one for one in given_facts.lines}
    assert verdict.lines
    assert {one.invoice_id for one in verdict.lines} | set(verdict.left_out) == set(by_id)
    for one in verdict.lines:
        planned = by_id[one.invoice_id]
        assert planned.record is not None
        assert planned.record.state is InvoiceState.OPEN
        assert one.balance == planned.record.amount_due - planned.ours > 0
        assert planned.record.customer_external_id == recipient.external_id
        assert planned.record.currency == given_facts.currency
        assert working_day(planned.record.due_on + timedelta(days=planned.offset_days)) <= today
        assert _free(planned.stop, today)


def _free(stop: Stop | None, today: date) -> bool:
    return stop is None or (stop.until is not None and stop.until < today)


@thousands
@given(
    all_facts,
    st.lists(st.none() | st.builds(Stop, st.just("x"), st.none() | st.dates(), st.sampled_from(HoldKind))),
)
def test_one_hold_more_never_lets_anything_leave(given_facts: Facts, more: list[Stop | None]) -> None:
    """Every verdict is one of the three, and a hold only ever takes invoices away."""
    stricter_lines = tuple(
        replace(one, stop=either(one.stop, stop))
        for one, stop in zip_longest(given_facts.lines, more[: len(given_facts.lines)])
    )
    held = replace(given_facts, lines=stricter_lines)
    for changed in (held, _with_customer_stop(held, more[-1] if more else None)):
        before, after = decide(given_facts), decide(changed)
        assert isinstance(after, Send | Hold | Drop)
        if isinstance(after, Send):
            assert isinstance(before, Send)
            assert {one.invoice_id for one in after.lines} <= {one.invoice_id for one in before.lines}


def _with_customer_stop(given_facts: Facts, stop: Stop | None) -> Facts:
    recipient = given_facts.recipient
    return replace(given_facts, recipient=replace(recipient, stop=either(recipient.stop, stop)))


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
        recipient = Recipient("c1", is_active=True, opted_out=False, has_valid_address=True, zones=(zone,))
        verdict = decide(facts(line(), recipient=recipient))
        assert isinstance(verdict, Send) is leaves, zone
        if isinstance(verdict, Hold):
            assert verdict.until is not None
            assert is_sending_time(verdict.until, zone)
