"""Long tests begin, on as many workers as there are, and none is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.order import longest_first


@given(st.lists(st.sampled_from([0.0, 0.0, 0.0, 180.0, 240.0, 1500.0])), st.integers(1, 9))
def test_every_test_runs_once(seconds: list[float], workers: int) -> None:
    assert sorted(longest_first(range(len(seconds)), seconds, workers)) == list(range(len(seconds)))


@pytest.mark.parametrize(
    ("workers", "expected"),
    [
        (1, [5, 2, 8, 0, 1, 3, 4, 6, 7]),
        (2, [5, 0, 1, 3, 2, 8, 4, 6, 7]),
        (3, [5, 0, 1, 2, 3, 4, 8, 6, 7]),
    ],
)
def test_long_ones_stand_where_the_workers_begin(workers: int, expected: list[int]) -> None:
    seconds = [0.0, 0, 240, 0, 0, 1500, 0, 0, 180]
    assert longest_first(range(9), seconds, workers) == expected
