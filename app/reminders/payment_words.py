"""What mails about payments say, by language: `texts/<language>/payments.toml`. Pure."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from app.models import PaymentMailKind

_TEXTS = Path(__file__).parent / "texts"


@dataclass(frozen=True, slots=True)
class PaymentWords:
    """The words of one kind of mail."""

    subject: str
    paragraphs: tuple[str, ...]
    table: str
    """What the amounts in the table are."""
    in_all: str
    """The total, as a sentence."""
    button: str
    """Empty: there is nothing to do."""
    foot: str

    def filled(self, values: Mapping[str, object]) -> "PaymentWords":
        """The same with its values in place."""
        return PaymentWords(
            self.subject.format_map(values),
            tuple(paragraph.format_map(values) for paragraph in self.paragraphs),
            self.table,
            self.in_all.format_map(values),
            self.button,
            self.foot.format_map(values),
        )


@dataclass(frozen=True, slots=True)
class PaymentPhrases:
    """What all kinds have in common."""

    row: str
    surcharge: str
    """What a payer added for paying by card is called."""
    reference: str


def payment_words(kind: PaymentMailKind, language: str) -> PaymentWords:
    """Raises KeyError for a mail to the business in any language but English."""
    known = _read(language)[kind]
    return PaymentWords(**{**known, "paragraphs": tuple(known["paragraphs"])})


def payment_phrases(language: str) -> PaymentPhrases:
    """The words around each of them."""
    known = _read(language)
    return PaymentPhrases(known["row"], known["surcharge"], known["reference"])


@cache
def _read(language: str) -> dict[str, Any]:
    return tomllib.loads((_TEXTS / language / "payments.toml").read_text(encoding="utf-8"))
