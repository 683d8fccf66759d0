"""The collector of cycles waits while values are built, and is as it was afterwards."""

import gc

import pytest

from app.kit.collecting import rarely_collecting


def test_the_collector_waits_until_the_last_builder_is_done() -> None:
    usual = gc.get_threshold()
    with rarely_collecting():
        with rarely_collecting():
            assert gc.get_threshold()[0] > 100 * usual[0]
        assert gc.get_threshold()[0] > 100 * usual[0]
    assert gc.get_threshold() == usual


def test_a_failure_gives_the_collector_back() -> None:
    usual = gc.get_threshold()
    with pytest.raises(ValueError, match="on the way"), rarely_collecting():
        raise ValueError("on the way")
    assert gc.get_threshold() == usual
