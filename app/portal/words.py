"""What the payer's pages say, by language: `texts/<language>.toml`, every sentence in every language. Pure."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from markupsafe import Markup, escape

_TEXTS = Path(__file__).parent / "texts"
Words = Mapping[str, Mapping[str, str]]
"""Sentences by the part of a page they belong to, and their name in it."""


@cache
def words_in(language: str) -> Words:
    """All words of a language that `app.kit.languages` knows."""
    found: Words = tomllib.loads((_TEXTS / f"{language}.toml").read_text(encoding="utf-8"))
    return found


def say(sentence: str, **values: object) -> Markup:
    """A sentence with its values in place, ready for a page: a value is text unless it is marked up already.

    The name of a business may be written in any direction and is kept apart from the words around it.
    """
    if "business" in values:
        values["business"] = Markup("<bdi>{}</bdi>").format(values["business"])
    return escape(sentence).format(**values)
