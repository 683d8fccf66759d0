"""What holds of the gate for everything that anybody can invent, on every clock.

Hundreds of situations normally, and three times as many as GATE_EXAMPLES says in a long run.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import zip_longest
from operator import itemgetter
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from app.models import HoldKind, InvoiceState, Sending
from app.reminders.gate import Drop, Facts, Hold, Line, Recipient, Send, decide
from app.reminders.holds import either
from app.reminders.reasons import quiet_books
from app.reminders.situation import Cadence, Contact, Stop
from app.reminders.standing import Organisation
from tests.reminders.clock_changes import changes_of
from tests.reminders.gate_laws import Clocks, check_verdict, it_is_a_decent_hour_of_a_sending_day
from tests.reminders.gate_values import OPEN
from tests.reminders.test_planner_everything import EVERY_ZONE, PLACES
from tests.reminders.values import moments, step_id

thousands = settings(
    max_examples=int(os.environ.get("GATE_EXAMPLES", "200")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
hundreds = settings(thousands, max_examples=max(50, thousands.max_examples // 4))
_LIMITS = st.sampled_from((None, None, Decimal(50), Decimal(150)))


_MOSTLY = st.sampled_from((True,) * 9 + (False,))


all_clocks = st.builds(
    Clocks,
    cadence=st.builds(
        Cadence,
        version=st.just(1),
        send_hour=st.integers(0, 23),
        steps=st.just(()),
        weekdays=st.frozensets(st.integers(0, 6), min_size=1),
        opens_at=st.integers(0, 23).map(time),
        closes_at=st.integers(0, 23).map(time),
        keeps_holidays=st.booleans(),
    ),
    home=st.sampled_from(EVERY_ZONE),
    zones=st.lists(st.sampled_from(EVERY_ZONE), max_size=2, unique=True).map(tuple),
    places=st.lists(st.sampled_from(PLACES), max_size=2, unique=True).map(tuple),
)


@st.composite
def lines(draw: st.DrawFn, now: datetime) -> Line:
    """An invoice as it was planned and as it is in the ledger now: mostly still open, sometimes anything."""
    record = replace(
        OPEN, due_on=now.date() - timedelta(days=draw(st.integers(-5, 40))), number=draw(_NUMBERS)
    )
    changed = draw(
        st.sampled_from(
            (
                {},
                {},
                {},
                {"customer_external_id": "c2"},
                {"currency": "EUR"},
                {"state": InvoiceState.PAID, "amount_due": Decimal("0.00")},
                {"state": InvoiceState.VOIDED},
                {"amount_due": Decimal("-5.00")},
                {"amount_due": Decimal("40.00")},
            )
        )
    )
    is_gone = draw(st.sampled_from((False,) * 9 + (True,)))
    return Line(
        invoice_id=draw(st.uuids()),
        step_id=step_id(7),
        offset_days=draw(st.integers(-10, 7)),
        record=None if is_gone else replace(record, **changed),  # type: ignore[arg-type]
        ours=draw(st.sampled_from((Decimal(0), Decimal(0), Decimal("40.00")))),
        min_balance=draw(_LIMITS),
        max_balance=draw(_LIMITS),
        stop=draw(stops_near(now)),
    )


_NUMBERS = st.sampled_from(("INV-1", "INV-2"))


def stops_near(now: datetime) -> st.SearchStrategy[Stop | None]:
    until = st.none() | st.integers(-5, 20).map(lambda days: now.date() + timedelta(days=days))
    return st.none() | st.none() | st.builds(Stop, st.just("x"), until, st.sampled_from(HoldKind))


@st.composite
def situations(draw: st.DrawFn) -> tuple[Facts, Clocks]:
    """What the gate sees, and what its diary was made from. Mostly at a moment for which something was planned."""
    clocks = draw(all_clocks)
    diary, now = clocks.diary(), draw(moments)
    if draw(_MOSTLY):
        now = diary.next_moment(now)
    troubles = draw(st.frozensets(st.sampled_from(sorted(TROUBLES)), max_size=2))
    today = now.astimezone(ZoneInfo(clocks.home)).date()
    lately = st.builds(
        Contact,
        st.integers(0, 7).map(lambda back: today - timedelta(days=back)),
        st.sampled_from(("email", "sms")),
    )
    facts = Facts(
        now=now,
        read_at=now - timedelta(seconds=draw(st.sampled_from((0, 60)))),
        mirror_read_at=draw(st.sampled_from((None, now, now - timedelta(hours=48)))),
        organisation=Organisation(
            clocks.home, Sending.ON, is_connected=True, channels=frozenset({"email", "sms"})
        ),
        diary=diary,
        channel=draw(st.sampled_from(("email", "sms"))),
        currency="GBP",
        recipient=Recipient("c1", is_active=True, opted_out=False, has_valid_address=True),
        lines=tuple(draw(st.lists(lines(now), min_size=1, max_size=3, unique_by=lambda one: one.invoice_id))),
        is_expected=draw(st.booleans()),
        brake_left=3,
        had=tuple(draw(st.lists(lately, max_size=9))) if "contacts" in troubles else (),
    )
    for trouble in sorted(troubles):
        facts = TROUBLES[trouble](facts)
    if "stop" in troubles:
        facts = replace(facts, recipient=replace(facts.recipient, stop=draw(stops_near(now))))
    return facts, clocks


def _organisation(**changes: object) -> Callable[[Facts], Facts]:
    return lambda facts: replace(facts, organisation=replace(facts.organisation, **changes))  # type: ignore[arg-type]


def _recipient(**changes: object) -> Callable[[Facts], Facts]:
    return lambda facts: replace(facts, recipient=replace(facts.recipient, **changes))  # type: ignore[arg-type]


TROUBLES: dict[str, Callable[[Facts], Facts]] = {
    "contacts": lambda facts: facts,
    "stop": lambda facts: facts,
    "paused": _organisation(sending=Sending.PAUSED),
    "unconfirmed": _organisation(sending=Sending.HELD_UNTIL_CONFIRMED),
    "disconnected": _organisation(is_connected=False),
    "no channels": _organisation(channels=frozenset()),
    "quiet books": _organisation(quiet=quiet_books(12)),
    "archived": _recipient(is_active=False),
    "opted out": _recipient(opted_out=True),
    "no address": _recipient(has_valid_address=False),
    "old facts": lambda facts: replace(facts, read_at=facts.now - timedelta(seconds=61)),
    "old mirror": lambda facts: replace(facts, mirror_read_at=facts.now - timedelta(hours=49)),
    "brake": lambda facts: replace(facts, brake_left=0),
}


@thousands
@given(situations())
def test_whatever_the_facts_nothing_leaves_that_must_not(given_situation: tuple[Facts, Clocks]) -> None:
    facts, clocks = given_situation
    verdict = decide(facts)
    assert verdict == decide(facts)
    event(getattr(getattr(verdict, "reason", None), "code", "send"))
    check_verdict(verdict, facts, clocks)


@hundreds
@given(situations(), st.integers(0, 10**6))
def test_hour_by_hour_and_around_every_change_of_clocks_nothing_leaves_that_must_not(
    given_situation: tuple[Facts, Clocks], chance: int
) -> None:
    """From half a day before the moment, or before some change of the organisation's or the customer's clocks."""
    facts, clocks = given_situation
    changes = [at for zone in (clocks.home, *clocks.zones) for at in changes_of(zone, 2026, 2027)]
    start = (changes[chance % len(changes)] if changes and chance % 2 else facts.now) - timedelta(hours=12)
    for quarters in range(96):
        now = start + timedelta(minutes=15 * quarters + chance % 15)
        then = replace(facts, now=now, read_at=now, mirror_read_at=now)
        check_verdict(decide(then), then, clocks)


@hundreds
@given(all_clocks, moments, st.integers(-5, 40))
def test_the_first_day_after_one_of_the_organisation_leaves_none_out(
    clocks: Clocks, now: datetime, ahead: int
) -> None:
    diary, last = clocks.diary(), now.date() + timedelta(days=ahead)
    day = diary.first_day(now)
    found = diary.after_home_day(day, last)
    assert diary.home_day(found) > last
    assert found == diary.on_or_after(found)
    while day < found:
        assert diary.home_day(day) <= last
        day = diary.on_or_after(day + timedelta(days=1))
    assert day == found


_DAYS_WITHIN_REASON = st.dates(max_value=date(2199, 12, 31))
_RESUMES = ("send_window", "day_taken", "week_full", "held_until")


@thousands
@given(situations())
def test_what_waits_for_a_time_says_one_at_which_it_may_leave(given_situation: tuple[Facts, Clocks]) -> None:
    facts, clocks = given_situation
    verdict = decide(facts)
    check_verdict(verdict, facts, clocks)
    if not isinstance(verdict, Hold) or verdict.reason.code not in _RESUMES:
        return
    assert verdict.until is not None
    assert verdict.until > facts.now
    it_is_a_decent_hour_of_a_sending_day(verdict.until, clocks)
    later = replace(facts, now=verdict.until, read_at=verdict.until, mirror_read_at=verdict.until)
    again = decide(later)
    if isinstance(again, Hold) and again.until is not None:
        assert again.reason.code != verdict.reason.code or again.reason != verdict.reason
        assert again.until > verdict.until


@thousands
@given(
    situations().map(itemgetter(0)),
    st.lists(
        st.none() | st.builds(Stop, st.just("x"), st.none() | _DAYS_WITHIN_REASON, st.sampled_from(HoldKind))
    ),
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
