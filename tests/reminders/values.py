"""Small builders of planner and gate values, and strategies that invent whole situations."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import strategies as st

from app.reminders.situation import Addressee, Cadence, Had, OpenInvoice, Past, Situation, Step, Stop

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)  # a Friday
TODAY = NOW.date()
OFFSETS = (-3, 0, 7, 14, 30, 45)


def number(value: int) -> UUID:
    return UUID(int=value)


def step_id(offset: int) -> UUID:
    return number(10_000 + offset)


def cadence(*offsets: int, send_hour: int = 9) -> Cadence:
    return Cadence(1, send_hour, tuple(Step(step_id(offset), offset) for offset in offsets or OFFSETS))


def invoice(
    name: int,
    *,
    overdue: int = 0,
    customer: int = 1,
    currency: str = "GBP",
    balance: str = "100.00",
    last: int | None = None,
    stop: Stop | None = None,
) -> OpenInvoice:
    """An invoice that is `overdue` days past its due date today."""
    return OpenInvoice(
        id=number(name),
        customer_id=number(customer),
        currency=currency,
        due_on=TODAY - timedelta(days=overdue),
        balance=Decimal(balance),
        had=had(last, TODAY - timedelta(days=overdue)),
        stop=stop,
    )


def had(offset: int | None, due_on: date) -> tuple[Had, ...]:
    """The past of an invoice whose latest step was that many days after it was due."""
    if offset is None:
        return ()
    return (Had(Step(step_id(offset), offset), 0, due_on + timedelta(days=offset)),)


def situation(
    *invoices: OpenInvoice,
    now: datetime = NOW,
    zone: str = "Europe/London",
    steps: Cadence | None = None,
    addressees: dict[UUID, Addressee] | None = None,
    past: dict[tuple[UUID, str], Past] | None = None,
) -> Situation:
    known = {one.customer_id: Addressee() for one in invoices} | (addressees or {})
    return Situation(now, zone, steps or cadence(), invoices, known, past or {})


ZONES = ("Europe/London", "Pacific/Auckland", "America/Los_Angeles", "Asia/Kathmandu", "Pacific/Kiritimati")
moments = st.datetimes(
    min_value=datetime(2026, 1, 1),  # noqa: DTZ001 (the strategy adds the zone)
    max_value=datetime(2027, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)
days = st.dates(date(2025, 12, 1), date(2028, 1, 31))
stops = st.none() | st.builds(Stop, st.just("promised"), st.none() | days)
cadences = st.builds(
    lambda offsets, hour: Cadence(1, hour, tuple(Step(step_id(o), o) for o in sorted(offsets))),
    st.sets(st.integers(-10, 60), min_size=1, max_size=6),
    st.integers(8, 20),
)
invoices = st.lists(
    st.builds(
        lambda last_offset, due_on, **more: OpenInvoice(due_on=due_on, had=had(last_offset, due_on), **more),
        id=st.uuids(),
        customer_id=st.integers(1, 4).map(number),
        currency=st.sampled_from(("GBP", "EUR")),
        due_on=days,
        balance=st.decimals(-5, 500, places=2),
        last_offset=st.none() | st.integers(-10, 60),
        stop=stops,
    ),
    max_size=12,
    unique_by=lambda one: one.id,
)
addressees = st.fixed_dictionaries(
    {
        number(customer): st.builds(
            Addressee,
            has_address=st.booleans() | st.just(True),
            is_active=st.just(True),
            opted_out=st.sampled_from((False, False, False, True)),
            stop=stops,
        )
        for customer in range(1, 5)
    }
)
pasts = st.dictionaries(
    st.tuples(st.integers(1, 4).map(number), st.sampled_from(("GBP", "EUR"))),
    st.builds(Past, last_on=st.none() | days, not_before=st.none() | moments),
)
situations = st.builds(
    Situation,
    now=moments,
    zone=st.sampled_from(ZONES),
    cadence=cadences,
    invoices=invoices,
    addressees=addressees,
    past=pasts,
)
