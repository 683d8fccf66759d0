"""Xero's dates."""

from datetime import UTC, date, datetime

import pytest

from sandbox.xero.wire.dates import (
    moment_string,
    read_date,
    read_modified_since,
    written_date,
    written_moment,
)


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2018, 10, 10), "/Date(1539129600000+0000)/"),
        (date(1970, 1, 1), "/Date(0+0000)/"),
        (date(1969, 12, 31), "/Date(-86400000+0000)/"),
    ],
)
def test_a_day_is_written_as_milliseconds_and_read_back(day: date, written: str) -> None:
    assert written_date(day) == written
    assert read_date(written) == day


def test_a_moment_keeps_its_milliseconds() -> None:
    moment = datetime(2019, 3, 12, 23, 10, 38, 623_000, tzinfo=UTC)
    assert written_moment(moment) == "/Date(1552432238623+0000)/"
    assert moment_string(moment) == "2019-03-12T23:10:38Z"


@pytest.mark.parametrize(
    "header",
    [
        "2026-11-20T09:30:15",
        "2026-11-20T09:30:15.999",
        "2026-11-20T09:30:15+00:00",
        "2026-11-20T10:30:15+01:00",
        "Fri, 20 Nov 2026 09:30:15 GMT",
    ],
)
def test_modified_since_is_cut_to_the_second_in_utc(header: str) -> None:
    assert read_modified_since(header) == datetime(2026, 11, 20, 9, 30, 15, tzinfo=UTC)


@pytest.mark.parametrize("header", ["", "yesterday", "1795132800"])
def test_modified_since_must_be_a_date(header: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_modified_since(header)
