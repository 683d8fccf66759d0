"""Texts to begin with, by language, and the phrases that the house itself puts into a message.

They lie in `texts/<language>/`; `texts/en_US/` holds what an American business would say differently.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.kit.languages import ENGLISH, LANGUAGES
from app.models import Tone

_TEXTS = Path(__file__).parent / "texts"
BEFORE, DUE, LAST, PROMISE_BROKEN = "before", "due", "last", "promise_broken"
MOMENTS = (BEFORE, DUE, *Tone, LAST, PROMISE_BROKEN)
"""What a ready text is for: before and on the due date, overdue in one of three tones, and two special ones."""
EMAIL, SMS = "email", "sms"


@dataclass(frozen=True, slots=True)
class ReadyText:
    """A template. A text message has no subject."""

    subject: str
    body: str


def moment_of(offset_days: int, tone: Tone) -> str:
    """The ready text that suits a step: by its day until the due date, by its tone afterwards."""
    if offset_days < 0:
        return BEFORE
    return DUE if offset_days == 0 else tone.value


@cache
def ready_text(language: str, moment: str, *, channel: str = EMAIL, country: str = "") -> ReadyText:
    """The text for a moment; the channel is `email` or `sms`. English where the language has none."""
    text = _read(language, country, f"{moment}.{channel}.txt").strip()
    if channel == SMS:
        return ReadyText("", text)
    subject, _, body = text.partition("\n\n")
    return ReadyText(subject, body.strip())


@cache
def phrases(language: str, country: str = "") -> Mapping[str, str]:
    """The house's own words, such as the heads of the table. All languages have the same ones."""
    found: Mapping[str, str] = tomllib.loads(_read(language, country, "phrases.toml"))
    return found


def _read(language: str, country: str, name: str) -> str:
    known = language if language in LANGUAGES else ENGLISH
    at_home = _TEXTS / f"{known}_{country.upper()}" / name
    path = at_home if country.isalpha() and at_home.is_file() else _TEXTS / known / name
    return path.read_text(encoding="utf-8")
