"""A link in a text message: short, and told apart from what is no token at all."""

import pytest

from app.kit.tokens import new_short_token, new_token
from app.portal.guessing import is_token


@pytest.mark.parametrize("text", ["", "x" * 15, "x" * 17, "x" * 42, "x" * 44, "x" * 15 + "é", "x" * 15 + "/"])
def test_what_is_no_token_is_known_without_looking(text: str) -> None:
    assert not is_token(text)


def test_both_lengths_are_tokens() -> None:
    assert is_token(new_token())
    assert is_token(new_short_token())
    assert len(new_short_token()) == 16
