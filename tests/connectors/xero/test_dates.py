"""Xero's ways of writing time."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from app.connectors.xero.dates import day, modified_since, moment, query_date


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/Date(1539129600000+0000)/", datetime(2018, 10, 10, tzinfo=UTC)),
        ("/Date(1539129600000+1300)/", datetime(2018, 10, 10, tzinfo=UTC)),
        ("/Date(1539129600123)/", datetime(2018, 10, 10, 0, 0, 0, 123000, tzinfo=UTC)),
        ("/Date(-86400000+0000)/", datetime(1969, 12, 31, tzinfo=UTC)),
        ("/Date(0+0000)/", datetime(1970, 1, 1, tzinfo=UTC)),
        ("2019-12-07T18:46:19.5165400", datetime(2019, 12, 7, 18, 46, 19, 516540, tzinfo=UTC)),
        ("2026-06-21T01:15:39.902", datetime(2026, 6, 21, 1, 15, 39, 902000, tzinfo=UTC)),
        ("2019-03-12 23:10:38+00:00", datetime(2019, 3, 12, 23, 10, 38, tzinfo=UTC)),
        ("2019-03-12T23:10:38Z", datetime(2019, 3, 12, 23, 10, 38, tzinfo=UTC)),
        ("2018-10-10T00:00:00", datetime(2018, 10, 10, tzinfo=UTC)),
    ],
)
def test_every_form_is_understood_as_the_same_moment(text: str, expected: datetime) -> None:
    assert moment(text) == expected
    assert moment(text).utcoffset() == timedelta(0)


@pytest.mark.parametrize("text", ["", "yesterday", "/Date()/", "/Date(1.5)/", "2026-13-01"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (any of the forms' own messages)
        moment(text)


def test_a_documents_day_is_never_shifted_into_a_zone() -> None:
    assert day("/Date(1539129600000+1300)/") == date(2018, 10, 10)


def test_the_header_is_utc_in_whole_seconds_rounded_down() -> None:
    local = datetime(2026, 11, 20, 23, 0, 0, 999999, tzinfo=timezone(timedelta(hours=13)))
    assert modified_since(local) == "2026-11-20T10:00:00"


def test_a_day_in_a_where_expression() -> None:
    assert query_date(date(2026, 3, 9)) == "DateTime(2026,03,09)"
