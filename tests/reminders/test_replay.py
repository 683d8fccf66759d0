"""The past, run through again: never a word after the money, never twice, and the same every time."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.models import InvoiceState
from app.reminders.planner import plan
from app.reminders.replay_books import Books, Fall, PastInvoice, falls_of
from app.reminders.replay_figures import Figures, count, months
from app.reminders.replay_run import Left, run
from app.reminders.situation import (
    Addressee,
    Cadence,
    Contact,
    Had,
    OpenInvoice,
    Past,
    Planned,
    Situation,
    Step,
)
from tests.reminders.values import ZONES, cadence, number, step_id

FIRST, LAST = date(2025, 11, 20), date(2026, 11, 20)
GB = ("GB", "ENG")
fifty = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
hundred = settings(fifty, max_examples=100)


def past_invoice(
    name: int, *, due: date, customer: int = 1, paid: date | None = None, currency: str = "GBP"
) -> PastInvoice:
    falls = () if paid is None else ((paid, Decimal(100)),)
    issued = min(due, paid or due) - timedelta(days=14)
    return PastInvoice(number(name), number(customer), currency, issued, due, Decimal(100), falls)


def books(*invoices: PastInvoice, zone: str = "Europe/London", place: tuple[str, str] | None = GB) -> Books:
    return Books(zone, place, invoices, {one.customer_id: Addressee() for one in invoices})


def figures(of: Books, follows: Cadence, *, until: date = LAST) -> Figures:
    return count(run(of, follows, until=until), of, since=FIRST, until=until)


histories = st.builds(
    lambda invoices, addressees, zone: Books(zone, GB, invoices, addressees),
    invoices=st.lists(
        st.builds(
            lambda name, customer, currency, issued, terms, parts: PastInvoice(
                name,
                number(customer),
                currency,
                issued,
                issued + timedelta(days=terms),
                Decimal(100),
                tuple(sorted((issued + timedelta(days=after), Decimal(amount)) for after, amount in parts)),
            ),
            name=st.uuids(),
            customer=st.integers(1, 3),
            currency=st.sampled_from(("GBP", "EUR")),
            issued=st.dates(date(2026, 1, 1), date(2026, 6, 1)),
            terms=st.integers(0, 40),
            parts=st.lists(st.tuples(st.integers(0, 90), st.sampled_from((40, 60, 100))), max_size=3),
        ),
        max_size=8,
        unique_by=lambda one: one.id,
    ),
    addressees=st.fixed_dictionaries(
        {
            number(customer): st.builds(
                Addressee,
                has_address=st.booleans() | st.just(True),
                zones=st.sampled_from(((), ("Pacific/Auckland",), ("America/Los_Angeles",))),
                phone_channels=st.sampled_from((frozenset(), frozenset({"sms"}))),
            )
            for customer in range(1, 4)
        }
    ),
    zone=st.sampled_from(ZONES),
)
cadences = st.builds(
    lambda steps: Cadence(
        1,
        9,
        tuple(
            Step(step_id(offset), offset, channels=channels, repeat_every_days=every, repeat_limit=2)
            for offset, channels, every in sorted(steps)
        ),
    ),
    st.lists(
        st.tuples(
            st.integers(-10, 45),
            st.sampled_from((("email",), ("sms",), ("email", "sms"))),
            st.sampled_from((None, 7)),
        ),
        min_size=1,
        max_size=4,
        unique_by=lambda one: one[0],
    ),
)


@fifty
@given(histories, cadences)
def test_it_sends_what_planning_every_single_day_would_send(past: Books, follows: Cadence) -> None:
    until = date(2026, 9, 1)
    found = run(past, follows, until=until).left
    assert sorted(map(_plain, found)) == sorted(map(_plain, _day_by_day(past, follows, until)))


@hundred
@given(histories, cadences)
def test_whatever_happened_no_law_is_broken(past: Books, follows: Cadence) -> None:
    course = run(past, follows, until=LAST)
    assert run(past, follows, until=LAST) == course
    spent = Counter((c.invoice_id, c.step_id, c.occurrence) for one in course.left for c in one.covered)
    assert all(times == 1 for times in spent.values())
    found = count(course, past, since=FIRST, until=LAST)
    assert (found.after_payment, found.on_days_off, found.twice_in_a_day) == (0, 0, 0)
    assert found.messages == sum(found.per_channel.values()) == sum(found.per_month.values())


@fifty
@given(histories, cadences)
def test_who_pays_before_the_first_step_hears_nothing(past: Books, follows: Cadence) -> None:
    earliest = timedelta(days=min(0, *(step.offset_days for step in follows.steps)))
    early = [
        PastInvoice(
            one.id,
            one.customer_id,
            one.currency,
            one.due_on + earliest - timedelta(days=2),
            one.due_on,
            one.total,
            ((one.due_on + earliest - timedelta(days=1), one.total),),
        )
        for one in past.invoices
    ]
    paid = Books(past.zone, past.place, early, past.addressees)
    assert run(paid, follows, until=LAST).left == []


def _plain(left: Left) -> tuple[object, ...]:
    return left.on, left.customer_id, left.currency, left.channels, sorted(map(str, left.covered))


def _day_by_day(past: Books, follows: Cadence, until: date) -> list[Left]:
    """The same in the plainest way: everything is planned every morning, and again after what left."""
    left: list[Left] = []
    day = date(2025, 12, 1)
    while day <= until:
        while due := [one for one in _plan_of(past, follows, day, left) if one.send_on <= day]:
            left += [Left(day, day, one.customer_id, one.currency, one.channels, one.covered) for one in due]
        day += timedelta(days=1)
    return left


def _plan_of(past: Books, follows: Cadence, day: date, left: list[Left]) -> list[Planned]:
    steps = {step.id: step for step in follows.steps}
    had: dict[UUID, tuple[Had, ...]] = {}
    for one in left:
        for c in one.covered:
            had[c.invoice_id] = (*had.get(c.invoice_id, ()), Had(steps[c.step_id], c.occurrence, one.on))
    told = Situation(
        now=datetime.combine(day, time(), ZoneInfo(past.zone)).astimezone(UTC),
        zone=past.zone,
        cadence=follows,
        invoices=[
            OpenInvoice(
                one.id,
                one.customer_id,
                one.currency,
                one.due_on,
                one.balance_on(day),
                had.get(one.id, ()),
                issued_on=one.issued_on,
                total=one.total,
            )
            for one in past.invoices
            if one.issued_on <= day
        ],
        addressees=past.addressees,
        past={(one.customer_id, one.currency): Past(last_on=one.on) for one in left},
        contacts={
            who: tuple(
                Contact(one.on, one.channels[0])
                for one in left
                if one.customer_id == who and one.on >= day - timedelta(days=6)
            )
            for who in past.addressees
        },
        place=past.place,
    )
    return [one for one in plan(told) if one.obstacle is None]


def test_an_unchecked_schedule_would_have_written_after_the_money() -> None:
    tuesday = date(2026, 6, 2)
    of = books(
        past_invoice(1, due=tuesday, paid=tuesday + timedelta(days=10)),
        past_invoice(2, due=tuesday, customer=2, paid=tuesday + timedelta(days=2)),
        past_invoice(3, due=tuesday, customer=3),
    )
    found = figures(of, cadence(7, 14))
    # The first had its message on day 7 and paid before day 14; the second paid before day 7; the third never did.
    assert (found.messages, found.customers, found.after_payment, found.prevented) == (3, 2, 0, 2)
    assert (found.reminded, found.paid_after, found.days_to_payment) == (2, 1, 3)
    assert found.most == [(number(3), 2), (number(1), 1)]
    assert found.per_month[date(2026, 6, 1)] == 3


def test_two_currencies_take_a_day_each_and_weekends_and_holidays_are_kept() -> None:
    christmas = date(2025, 12, 25)
    of = books(past_invoice(1, due=christmas), past_invoice(2, due=christmas, currency="EUR"))
    course = run(of, cadence(0), until=LAST)
    assert [one.on for one in course.left] == [date(2025, 12, 29), date(2025, 12, 30)]
    assert {one.currency for one in course.left} == {"EUR", "GBP"}
    assert count(course, of, since=FIRST, until=LAST).twice_in_a_day == 0


def test_what_made_room_abroad_leaves_as_early_as_planning_every_day_would_let_it() -> None:
    spring = date(2026, 3, 19)
    first = PastInvoice(
        number(1),
        number(1),
        "EUR",
        spring,
        spring + timedelta(days=7),
        Decimal(100),
        ((spring, Decimal(40)),),
    )
    second = past_invoice(2, due=date(2026, 2, 21))
    repeated = Step(step_id(20), 20, repeat_every_days=7, repeat_limit=2)
    abroad = Addressee(zones=("Pacific/Auckland",))
    of = Books("America/Los_Angeles", GB, (first, second), {number(1): abroad})
    follows = Cadence(1, 9, (Step(step_id(-8), -8), repeated))
    left = run(of, follows, until=date(2026, 6, 1)).left
    assert sorted(map(_plain, left)) == sorted(map(_plain, _day_by_day(of, follows, date(2026, 6, 1))))
    assert {spring, spring + timedelta(days=1)} <= {one.on for one in left}


def test_a_cadence_that_works_on_saturdays_is_told_so() -> None:
    saturday = date(2026, 6, 6)
    weekend = Cadence(1, 9, (Step(step_id(0), 0),), weekdays=frozenset({5}))
    found = figures(books(past_invoice(1, due=saturday)), weekend)
    assert (found.messages, found.on_days_off) == (1, 1)


def test_what_came_before_the_period_is_lived_through_and_not_counted() -> None:
    found = figures(books(past_invoice(1, due=FIRST - timedelta(days=40))), cadence(7, 14, 60))
    assert found.messages == 1


def test_who_cannot_be_reached_is_counted_once_and_not_written_to() -> None:
    invoice = past_invoice(1, due=date(2026, 6, 2))
    of = Books("Europe/London", GB, (invoice,), {invoice.customer_id: Addressee(has_address=False)})
    found = figures(of, cadence(7, 14))
    assert (found.messages, found.unreachable) == (0, 1)


def test_the_months_of_a_period_are_all_there() -> None:
    assert months(date(2025, 11, 20), date(2026, 2, 1)) == [
        date(2025, 11, 1),
        date(2025, 12, 1),
        date(2026, 1, 1),
        date(2026, 2, 1),
    ]


def test_gaps_of_history_are_closed_towards_fewer_reminders() -> None:
    issued = date(2026, 1, 5)
    part = ((date(2026, 2, 1), Decimal(30)),)
    assert _falls(InvoiceState.OPEN, part, due="50") == ((issued, Decimal(20)), *part)
    ended = date(2026, 3, 1)
    assert _falls(InvoiceState.PAID, part, ended_on=ended) == (*part, (ended, Decimal(70)))
    assert _falls(InvoiceState.PAID, ()) == ((issued, Decimal(100)),)
    assert _falls(InvoiceState.VOIDED, (), ended_on=ended) == ((ended, Decimal(100)),)


def _falls(
    state: InvoiceState, payments: tuple[Fall, ...], *, due: str = "0", ended_on: date | None = None
) -> tuple[Fall, ...]:
    return falls_of(
        state=state,
        total=Decimal(100),
        amount_due=Decimal(due),
        issued_on=date(2026, 1, 5),
        ended_on=ended_on,
        payments=payments,
    )
