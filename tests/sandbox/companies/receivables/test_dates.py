"""Reading dates."""

from datetime import date

import pytest

from sandbox.companies.receivables.dates import Order, read_date, reading


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-03",
        "2026/11/3",
        "2026-11-03T00:00:00",
        "2026-11-03 10:15",
        "03/11/2026",
        "3.11.26",
        "03-11-2026",
        "3 Nov 2026",
        "3-Nov-26",
        "Nov 3, 2026",
        "3 November 2026",
    ],
)
def test_a_date_is_read_in_the_usual_forms(text: str) -> None:
    assert read_date(text, Order.DAY_FIRST) == date(2026, 11, 3)


def test_the_order_decides_what_comes_first() -> None:
    assert read_date("11/03/2026", Order.MONTH_FIRST) == date(2026, 11, 3)


@pytest.mark.parametrize("text", ["", "soon", "31/02/2026", "2026-13-01", "0/1/2026", "20261103x"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_date(text, Order.DAY_FIRST)


@pytest.mark.parametrize(
    ("texts", "order", "certain"),
    [
        (["03/04/2026", "13/04/2026"], Order.DAY_FIRST, True),
        (["03/04/2026", "04/13/2026"], Order.MONTH_FIRST, True),
        (["03/04/2026"], Order.DAY_FIRST, False),
        (["3.4.2026"], Order.DAY_FIRST, True),
        (["2026-04-03"], Order.DAY_FIRST, True),
    ],
)
def test_the_order_is_decided_by_all_dates_together(texts: list[str], order: Order, certain: bool) -> None:
    seen = reading(texts)
    assert (seen.order, seen.certain) == (order, certain)
