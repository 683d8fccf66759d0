"""The WhatsApp texts: one for each kind of step and language, approved once, then only filled in. Pure.

They lie in `texts/<language>/whatsapp.toml`. WhatsApp refuses a text that begins or ends with a variable. A changed
text is a new one: hence the number in each key.
"""

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.models import Tone
from app.reminders.compose import Letter, clean, variables
from app.reminders.ready_texts import BEFORE, DUE, PROMISE_BROKEN

_TEXTS = Path(__file__).parent / "texts"
_NUMBER = 2
_LONGEST_VARIABLE = 255
_PLACE = re.compile(r"\{\{(\w+)\}\}")
DEBIT_FAILED = "debit_failed"
MOMENTS: Mapping[str, str] = {
    BEFORE: "Before the due date",
    DUE: "On the due date",
    Tone.GENTLE: "Overdue, gentle",
    Tone.STANDARD: "Overdue, standard",
    Tone.FIRM: "Overdue, firm",
    PROMISE_BROKEN: "After a broken promise to pay",
    DEBIT_FAILED: "After a bank debit that did not go through",
}
"""What a text is for, and how that is called."""
EXAMPLES = {
    "1": "Zoe Adams",
    "2": "Harbour Lane Joinery",
    "3": "invoice INV-1024",
    "4": "£120.00",
    "5": "Fri 13 Nov 2026",
    "6": "https://pay.example.com/pay/abc",
}
"""What WhatsApp's reviewers are shown in place of the variables."""


@dataclass(frozen=True, slots=True)
class PhoneTemplateText:
    """A text for WhatsApp's approval: customer, business, invoices, total, due date, link."""

    moment: str
    language: str
    body: str

    @property
    def key(self) -> str:
        """Its name at the provider."""
        return f"reminder_{self.moment}_{self.language}_{_NUMBER}"

    @property
    def examples(self) -> dict[str, str]:
        """Values for the variables that it has."""
        return self.used(EXAMPLES)

    def used(self, values: Mapping[str, str]) -> dict[str, str]:
        """Those of the values that it has a place for."""
        return {name: value for name, value in values.items() if "{{" + name + "}}" in self.body}

    def filled(self, values: Mapping[str, str]) -> str:
        """The words as they arrive. What a value itself says in double braces is no place for another one."""
        return _PLACE.sub(lambda place: values.get(place[1], place[0]), self.body)


def templates(languages: Iterable[str]) -> list[PhoneTemplateText]:
    """All texts of these languages."""
    return [template(moment, language) for language in languages for moment in MOMENTS]


@cache
def template(moment: str, language: str) -> PhoneTemplateText:
    """The text for a step of this kind in this language."""
    words = tomllib.loads((_TEXTS / language / "whatsapp.toml").read_text(encoding="utf-8"))
    return PhoneTemplateText(moment, language, f"{words[moment]} - {words['stop']}")


def template_for(
    moment: str, *, wanted: str, own: str, approved: Collection[str]
) -> PhoneTemplateText | None:
    """The text in the customer's language, else in the cadence's own; None while WhatsApp has approved neither."""
    found = (template(moment, language) for language in dict.fromkeys((wanted, own)))
    return next((text for text in found if text.key in approved), None)


def template_values(letter: Letter, *, link: str) -> dict[str, str]:
    """What fills a template. Each is one line and not empty, as WhatsApp wants it."""
    known = variables(letter)
    told = (
        known["first_name"],
        known["business_name"],
        known["invoices"],
        known["total"],
        known["due_on"],
        link,
    )
    return {
        str(place): clean(str(value), longest=_LONGEST_VARIABLE) or "–" for place, value in enumerate(told, 1)
    }
