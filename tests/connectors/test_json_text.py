"""Texts that nobody can keep, inside JSON that somebody has to read."""

import json

import pytest

from app.connectors.json_text import keepable


@pytest.mark.parametrize(
    ("escaped", "text"),
    [
        (rb"a\ud800b", "a\ufffdb"),
        (rb"\udc00", "\ufffd"),
        (rb"\ud83d\ude42 \ud83d", "\U0001f642 \ufffd"),
        (rb"\\ud800 \ud800", "\\ud800 \ufffd"),
        (rb"Nul\u0000l", "Nul\ufffdl"),
        (rb"\\u0000 \\\u0000", "\\u0000 \\\ufffd"),
    ],
)
def test_what_nobody_can_keep_costs_its_own_character_only(escaped: bytes, text: str) -> None:
    assert json.loads(keepable(b'{"name":"' + escaped + b'"}')) == {"name": text}


@pytest.mark.parametrize(
    "content", [b'{"name":"O\\u00e4"}', '{"name":"株式会社 🙂"}'.encode(), b"", b"\xff\\"]
)
def test_everything_else_stays_as_it_is(content: bytes) -> None:
    assert keepable(content) == content
