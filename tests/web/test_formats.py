"""Money, days and times as people read them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from app.web.formats import (
    ago,
    clock_time,
    counted,
    day,
    days_late,
    duration,
    figure,
    is_late,
    long_day,
    moment,
    money,
    overdue,
    step_name,
)

TODAY = date(2026, 12, 1)
NOW = datetime(2026, 12, 1, 9, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount", "currency", "whole", "bare"),
    [
        ("1234.5", "GBP", "£1,234.50", "1,234.50"),
        ("1234.5000", "EUR", "€1,234.50", "1,234.50"),
        ("1500", "JPY", "JP¥1,500", "1,500"),
        ("1.234", "KWD", "KWD1.234", "1.234"),
        ("-3", "GBP", "-£3.00", "-3.00"),
    ],
)
def test_money_has_its_currencys_digits(amount: str, currency: str, whole: str, bare: str) -> None:
    assert money(Decimal(amount), currency) == whole
    assert figure(Decimal(amount), currency) == bare


def test_a_day_names_its_year_only_if_it_is_not_this_one() -> None:
    assert day(date(2026, 12, 3), TODAY) == "Thu 3 Dec"
    assert day(date(2026, 9, 24), TODAY) == "Thu 24 Sep"
    assert day(date(2025, 12, 3), TODAY) == "Wed 3 Dec 2025"
    assert day(date(2026, 12, 3), TODAY, "en_US") == "Thu, Dec 3"
    assert long_day(date(2026, 11, 20)) == "Friday 20 November"


def test_times_are_told_where_the_organisation_is() -> None:
    assert clock_time(NOW, "Europe/London") == "09:05"
    assert clock_time(NOW, "Pacific/Auckland") == "22:05"
    assert clock_time(NOW, "America/New_York", "en_US") == "4:05\u202fAM".replace("\u202f", " ")
    assert moment(datetime(2026, 12, 1, 13, tzinfo=UTC), "Pacific/Auckland", TODAY) == "Wed 2 Dec, 02:00"


@pytest.mark.parametrize(
    ("due_on", "said", "column"),
    [
        (date(2026, 11, 19), "12 days overdue", "12 days"),
        (date(2026, 11, 30), "1 day overdue", "1 day"),
        (TODAY, "due today", "today"),
        (date(2026, 12, 4), "due in 3 days", "in 3 days"),
    ],
)
def test_overdue_is_told_in_days(due_on: date, said: str, column: str) -> None:
    assert (overdue(due_on, TODAY), days_late(due_on, TODAY)) == (said, column)


def test_only_what_is_older_than_a_month_is_marked() -> None:
    assert not is_late(TODAY - timedelta(30), TODAY)
    assert is_late(TODAY - timedelta(31), TODAY)


def test_a_step_is_named_by_its_place() -> None:
    assert [step_name(offset) for offset in (-3, -1, 0, 1, 45)] == [
        "3 days before due",
        "1 day before due",
        "on the due date",
        "1 day after due",
        "45 days after due",
    ]


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(minutes=2), "2 min ago"),
        (timedelta(hours=3, minutes=50), "3 h ago"),
        (timedelta(days=5), "5 days ago"),
        (timedelta(seconds=-5), "just now"),
    ],
)
def test_how_long_ago(passed: timedelta, said: str) -> None:
    assert ago(NOW - passed, NOW) == said


def test_counts_and_durations() -> None:
    assert counted(1, "reminder") == "1 reminder"
    assert counted(1204, "reminder") == "1,204 reminders"
    assert counted(2, "entry", "entries") == "2 entries"
    assert [duration(seconds) for seconds in (0.2, 40, 180, 7200)] == ["1 s", "40 s", "3 min", "2 h"]
