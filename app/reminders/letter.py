"""What a message is made of, and the values of its variables in the customer's language. Pure.

Whatever a ledger holds as a name or a number is treated as hostile: no line breaks, control characters or
direction marks.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.numbers import format_currency

from app.kit.clock import local_date
from app.kit.languages import ENGLISH, locale_of
from app.payments.offer import FailedDebit
from app.reminders.gate import OpenLine
from app.reminders.ready_texts import phrases

_LONGEST_NAME = 120
_MOST_NUMBERS = 6


@dataclass(frozen=True)
class Letter:
    """What a message is made of."""

    now: datetime
    zone: str
    country_code: str
    business_name: str
    reply_to: str | None = field(repr=False)
    customer_name: str = field(repr=False)
    first_name: str | None = field(repr=False)
    currency: str
    lines: tuple[OpenLine, ...]
    subject: str
    body: str
    pay_url: str | None = field(repr=False)
    """None when the business takes no card payments."""
    unsubscribe_url: str = field(repr=False)
    language: str = ENGLISH
    """That of `subject` and `body`; dates, money and the house's own phrases follow it."""
    customer_country: str | None = None
    failed_debit: FailedDebit | None = None
    """A bank debit that did not go through, to be spoken of in this message."""
    late_fees: Decimal = Decimal(0)
    """What is open for paying late, beside the lines."""

    @property
    def locale(self) -> Locale:
        """How dates and money are written: the business's way where it has the language, else the customer's."""
        return locale_of(self.language, self.country_code, self.customer_country)

    @property
    def phrases(self) -> Mapping[str, str]:
        """The house's own words in the letter's language."""
        return phrases(self.language, self.country_code)


def variables(letter: Letter) -> dict[str, object]:
    """The values of `wording.VARIABLES` for a letter."""
    today, leading = local_date(letter.now, letter.zone), min(letter.lines, key=lambda line: line.due_on)
    customer = clean(letter.customer_name) or letter.phrases["customer"]
    numbers = _numbers(letter)
    count = len(letter.lines)
    return {
        "customer_name": customer,
        "first_name": clean(letter.first_name or "") or customer,
        "business_name": clean(letter.business_name),
        "invoices": letter.phrases["one" if count == 1 else "many"].format(numbers=numbers, count=count),
        "invoice_numbers": numbers,
        "invoice_count": count,
        "total": money(sum((line.balance for line in letter.lines), Decimal(0)), letter),
        "currency": letter.currency,
        "due_on": day(leading.due_on, letter),
        "days_overdue": days_overdue(leading, today),
        "today": day(today, letter),
        "has_pay_link": letter.pay_url is not None,
        "pay_link": letter.pay_url or "",
        "late_fees": money(letter.late_fees, letter) if letter.late_fees else "",
        **_of_debit(letter),
    }


def _of_debit(letter: Letter) -> dict[str, object]:
    debit = letter.failed_debit
    if debit is None:
        return {"debit_failed": False, "debit_amount": "", "debit_day": ""}
    amount = format_currency(debit.amount, debit.currency, locale=letter.locale)
    return {"debit_failed": True, "debit_amount": amount, "debit_day": short_day(debit.on, letter)}


def money(amount: Decimal, letter: Letter) -> str:
    """An amount as the letter's language and country write it."""
    return format_currency(amount, letter.currency, locale=letter.locale)


def day(when: date, letter: Letter) -> str:
    """A day with its weekday, such as “Fri 13 Nov 2026”."""
    if letter.language == ENGLISH:
        return format_date(when, "EEE d MMM y", locale=letter.locale)
    return format_skeleton("yMMMEd", when, locale=letter.locale)


def short_day(when: date, letter: Letter) -> str:
    """A day for the table, such as “13 Nov 2026”."""
    if letter.language == ENGLISH:
        return format_date(when, "d MMM y", locale=letter.locale)
    return format_date(when, "medium", locale=letter.locale)


def days_overdue(line: OpenLine, today: date) -> int:
    """Days since the due date; 0 on it and before it."""
    return max(0, (today - line.due_on).days)


def clean(text: str, *, longest: int = _LONGEST_NAME) -> str:
    """`text` on one line, without control characters or marks that turn the direction of writing."""
    # Most texts are printable, which is told quickly.
    plain = text if text.isprintable() else _without_controls(text)
    line = " ".join(plain.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def _without_controls(text: str) -> str:
    kept = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    return "".join(c for c in kept if unicodedata.category(c) not in ("Cf", "Cs", "Co", "Cn"))


def _numbers(letter: Letter) -> str:
    known = [clean(line.number, longest=40) or letter.phrases["unnumbered"] for line in letter.lines]
    if len(known) > _MOST_NUMBERS:
        rest = letter.phrases["more"].format(count=len(known) - _MOST_NUMBERS + 1)
        known = [*known[: _MOST_NUMBERS - 1], rest]
    return format_list(known, locale=letter.locale)
