"""Threads take quick turns while somebody is within, and their usual ones afterwards."""

import sys

import pytest

from app.kit.turns_of_threads import quick_turns


def test_turns_are_quick_until_the_last_one_has_left() -> None:
    usual = sys.getswitchinterval()
    with quick_turns():
        with quick_turns():
            assert sys.getswitchinterval() < usual / 10
        assert sys.getswitchinterval() < usual / 10
    assert sys.getswitchinterval() == usual


def test_a_failure_gives_the_usual_turns_back() -> None:
    usual = sys.getswitchinterval()
    with pytest.raises(ValueError, match="on the way"), quick_turns():
        raise ValueError("on the way")
    assert sys.getswitchinterval() == usual
