"""Days and hours: holidays, business days, and every clock on earth."""

import os
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.kit.zones import zones_of, zones_of_country
from app.reminders.calendar_days import SendingDays, public_holidays
from app.reminders.calendar_hours import Hours, Window
from app.reminders.zones import zone_of
from tests.reminders.clock_changes import changes_of
from tests.reminders.counting import count

ENGLAND, SCOTLAND, TEXAS = ("GB", "ENG"), ("GB", "SCT"), ("US", "TX")
EVERY_ZONE = sorted(available_timezones() - {"localtime", "posixrules"})

zones = st.lists(st.sampled_from(EVERY_ZONE), min_size=1, max_size=4, unique=True).map(tuple)
times = st.integers(0, 23 * 60 + 59).map(lambda minutes: time(minutes // 60, minutes % 60))
windows = st.builds(Window, send_at=times, opens_at=times, closes_at=times)
days = st.dates(date(2024, 1, 1), date(2037, 12, 31))
thousands = settings(max_examples=int(os.environ.get("CALENDAR_EXAMPLES", "1000")), deadline=None)


def test_holidays_are_those_of_the_region() -> None:
    second_of_january = date(2026, 1, 2)
    assert SendingDays(places=(ENGLAND,)).allows(second_of_january)
    assert not SendingDays(places=(SCOTLAND,)).allows(second_of_january)
    assert not SendingDays(places=(ENGLAND, SCOTLAND)).allows(second_of_january)
    assert public_holidays("XX", None, 2026) == frozenset()
    assert date(2026, 12, 25) in public_holidays("GB", "no such region", 2026)


def test_a_day_before_christmas_and_the_first_business_days_after_it() -> None:
    sending = SendingDays(places=(ENGLAND,))
    eve = date(2026, 12, 24)
    assert sending.after(eve) == sending.plus(eve, 1) == date(2026, 12, 29)  # 28 is Boxing Day's substitute
    assert sending.plus(date(2026, 12, 29), -1) == eve
    assert sending.plus(eve, 4) == date(2027, 1, 4)
    assert sending.plus(date(2026, 12, 26), 0) == date(2026, 12, 26)


def test_other_weekdays_can_be_chosen() -> None:
    friday = date(2026, 11, 20)
    assert SendingDays(frozenset({5, 6})).after(friday) == friday + timedelta(days=1)
    assert SendingDays(frozenset()).after(friday) == friday + timedelta(days=3)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([ENGLAND, SCOTLAND, TEXAS, ("AU", "NSW"), ("DE", "BY"), ("NZ", None)]),
    days,
    st.integers(1, 40),
)
def test_counting_back_and_forth_ends_where_it_began(
    place: tuple[str, str | None], day: date, count: int
) -> None:
    sending = SendingDays(places=(place,))
    start = sending.on_or_after(day)
    there = sending.plus(start, count)
    assert sending.allows(there)
    assert sending.plus(there, -count) == start
    assert sum(sending.allows(start + timedelta(days=n)) for n in range(1, (there - start).days + 1)) == count


@thousands
@given(windows, zones, days)
def test_the_moment_of_a_day_is_within_quiet_hours_limits_on_a_clock_of_every_zone(
    window: Window, among: tuple[str, ...], day: date
) -> None:
    hours = Hours(window, among)
    if not hours.have(day):
        return
    count("calendar")
    moment = hours.moment(day)
    assert hours.are_open(moment)
    here = moment.astimezone(ZoneInfo(among[0]))
    assert here.date() == day
    assert time(8) <= here.time() < time(21)


@thousands
@given(windows, st.sampled_from(EVERY_ZONE), days)
def test_every_day_of_every_zone_has_its_hour_through_every_change_of_clocks(
    window: Window, zone: str, day: date
) -> None:
    hours = Hours(window, (zone,))
    count("calendar")
    assert hours.have(day)
    opens, closes = max(window.opens_at, time(8)), min(window.closes_at, time(21))
    local = hours.moment(day).astimezone(ZoneInfo(zone)).time()
    if opens < closes:
        assert opens <= local < closes
    if opens <= window.send_at < closes:
        assert local == window.send_at


def test_around_every_change_of_its_clocks_every_zone_keeps_the_hour() -> None:
    windows = [Window(send_at=at) for at in (time(8), time(9), time(20, 59))]
    for zone in EVERY_ZONE:
        clock = ZoneInfo(zone)
        every_hours = [(window, Hours(window, (zone,))) for window in windows]
        for at in changes_of(zone, 2024, 2037):
            for day, (window, hours) in product((-1, 0, 1), every_hours):
                on = at.astimezone(clock).date() + timedelta(days=day)
                assert hours.are_open(hours.moment(on))
                here = hours.moment(on).astimezone(clock)
                assert (here.date(), here.time()) == (on, window.send_at), zone
                count("calendar")


@thousands
@given(zones, st.datetimes(datetime(2024, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_the_first_day_is_the_earliest_that_has_not_closed(among: tuple[str, ...], now: datetime) -> None:
    hours = Hours(Window(), among)
    first = hours.first_day(now)
    count("calendar")
    assert hours.closing(first) > now
    assert hours.closing(first - timedelta(days=1)) <= now or hours.today(now) == first


def test_where_the_zone_is_not_sure_only_common_hours_count() -> None:
    hours = Hours(Window(send_at=time(9)), ("America/New_York", "America/Los_Angeles"))
    moment = hours.moment(date(2026, 11, 20))
    assert moment == datetime(2026, 11, 20, 17, tzinfo=UTC)  # noon in New York, nine in Los Angeles
    assert not hours.are_open(datetime(2026, 11, 20, 15, tzinfo=UTC))  # ten and seven
    assert not hours.are_open(datetime(2026, 11, 21, 2, tzinfo=UTC))  # nine in the evening and six


@pytest.mark.parametrize(
    ("phone", "country", "region", "expected"),
    [
        ("+1 212 555 1234", None, None, ("America/New_York",)),
        ("+44 20 7183 8750", None, None, ("Europe/London",)),
        ("+44 7700 900123", None, None, ("Europe/London",)),
        ("+61 2 9123 4567", "AU", None, ("Australia/Sydney",)),
        ("+44 20 7183 8750", "NZ", None, ("Pacific/Auckland", "Pacific/Chatham")),
        ("+1 212 555 1234", "US", "CA", ("America/Los_Angeles",)),
        (None, "US", "FL", ("America/New_York", "America/Chicago")),
        (None, "DE", None, ("Europe/Berlin", "Europe/Busingen")),
        (None, "UM", None, ()),
        ("not a number", None, None, ()),
        (None, None, None, ()),
    ],
)
def test_the_zone_follows_the_address_then_the_number(
    phone: str | None, country: str | None, region: str | None, expected: tuple[str, ...]
) -> None:
    assert zones_of(phone=phone, country=country, region=region) == expected


def test_a_free_number_tells_its_country_and_nothing_tells_the_organisations_own_zone() -> None:
    assert zones_of(phone="+1 800 555 1234", country=None) == zones_of_country("US")
    assert zones_of(phone="020 7183 8750", country=None, home_country="GB") == ("Europe/London",)
    assert zone_of(None, None, "Pacific/Auckland") == ("Pacific/Auckland",)
