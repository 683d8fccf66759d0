"""The WhatsApp texts: approved once, then only filled in. Pure.

WhatsApp refuses a text that begins or ends with a variable. A changed text is a new one: hence the number in each key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.kit.clock import local_date
from app.reminders.compose import Letter, clean, variables

_LATE, _VERY_LATE = 1, 21
_LONGEST_VARIABLE = 255
_STOP = "Reply STOP to get no more of these."
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

    key: str
    body: str

    def filled(self, values: Mapping[str, str]) -> str:
        """The words as they arrive."""
        text = self.body
        for name, value in values.items():
            text = text.replace("{{" + name + "}}", value)
        return text


BEFORE_DUE = PhoneTemplateText(
    "reminder_due_1",
    "Hello {{1}}, a note from {{2}}: {{3}} for {{4}} is due on {{5}}. The invoice and ways to pay: {{6}} - "
    + _STOP,
)
OVERDUE = PhoneTemplateText(
    "reminder_overdue_1",
    "Hello {{1}}, a reminder from {{2}}: {{3}} for {{4}} was due on {{5}} and is still open. "
    "If you have paid, thank you. The invoice and ways to pay: {{6}} - " + _STOP,
)
LONG_OVERDUE = PhoneTemplateText(
    "reminder_long_overdue_1",
    "Hello {{1}}, {{2}} is still waiting for {{4}} for {{3}}, which was due on {{5}}. Please pay, or tell us what is "
    "in the way: {{6}} - " + _STOP,
)
TEMPLATES = (BEFORE_DUE, OVERDUE, LONG_OVERDUE)


def template_for(letter: Letter) -> PhoneTemplateText:
    """The text that suits the invoice longest overdue."""
    late = (local_date(letter.now, letter.zone) - _leading(letter)).days
    if late < _LATE:
        return BEFORE_DUE
    return OVERDUE if late < _VERY_LATE else LONG_OVERDUE


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


def _leading(letter: Letter) -> date:
    return min(line.due_on for line in letter.lines)
