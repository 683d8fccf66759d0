"""A slip in the year of one document must not stop what is counted from all of them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from app.connectors.quickbooks import fields as quickbooks
from app.connectors.xero import fields as xero

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _ticks(day: str) -> str:
    at = datetime.fromisoformat(f"{day}T00:00:00+00:00")
    return f"/Date({(at - _EPOCH) // timedelta(milliseconds=1)}+0000)/"


@pytest.mark.parametrize(
    ("read", "write"), [(quickbooks.day_in, str), (xero.day_in, _ticks)], ids=["quickbooks", "xero"]
)
@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("9999-12-31", date(2199, 12, 31)),
        ("0001-01-01", date(1900, 1, 1)),
        ("0026-11-30", date(1900, 1, 1)),
        ("2026-11-30", date(2026, 11, 30)),
    ],
)
def test_a_day_can_be_counted_from(
    read: Callable[[str, str, str], date], write: Callable[[str], str], written: str, kept: date
) -> None:
    assert read(write(written), "An invoice", "due date") == kept
