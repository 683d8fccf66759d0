"""The message: text first, then HTML with a table of the invoices. Pure.

The business speaks, not we. Whatever a ledger holds as a name or a number is treated as hostile: no line
breaks, control characters or direction marks, and escaped in HTML.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from email.utils import format_datetime
from pathlib import Path

import css_inline
from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_currency
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.kit.clock import local_date
from app.reminders import wording
from app.reminders.gate import OpenLine

_LONGEST_NAME = 120
_MOST_NUMBERS = 6
_pages = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    undefined=StrictUndefined,
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
_inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


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


@dataclass(frozen=True, slots=True)
class Composed:
    """A finished message."""

    subject: str = field(repr=False)
    text: str = field(repr=False)
    html: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table, as it is shown."""

    number: str
    issued: str
    due: str
    days_overdue: str
    amount: str


def compose(letter: Letter) -> Composed:
    """The message for these invoices. Raises WordingFault if the step's text cannot be filled in."""
    values = variables(letter)
    subject = clean(wording.fill(letter.subject, values), longest=wording.LONGEST_SUBJECT)
    body = wording.fill(letter.body, values).strip()
    shown = {
        "letter": letter,
        "subject": subject,
        "paragraphs": [p.strip().splitlines() for p in body.split("\n\n") if p.strip()],
        "body": body,
        "business": values["business_name"],
        "rows": _rows(letter),
        "total": values["total"],
        "language": _locale(letter.country_code).language,
    }
    return Composed(
        subject=subject,
        text=_pages.get_template("reminder.txt").render(shown).strip() + "\n",
        html=_inliner.inline(_pages.get_template("reminder.html").render(shown)),
        headers=_headers(letter),
    )


def variables(letter: Letter) -> dict[str, object]:
    """The values of `wording.VARIABLES` for a letter."""
    today, leading = local_date(letter.now, letter.zone), min(letter.lines, key=lambda line: line.due_on)
    customer = clean(letter.customer_name) or "customer"
    numbers = _numbers(letter)
    count = len(letter.lines)
    return {
        "customer_name": customer,
        "first_name": clean(letter.first_name or "") or customer,
        "business_name": clean(letter.business_name),
        "invoices": f"invoice {numbers}" if count == 1 else f"{count} invoices",
        "invoice_numbers": numbers,
        "invoice_count": count,
        "total": money(sum((line.balance for line in letter.lines), Decimal(0)), letter),
        "currency": letter.currency,
        "due_on": _day(leading.due_on, letter),
        "days_overdue": max(0, (today - leading.due_on).days),
        "today": _day(today, letter),
        "has_pay_link": letter.pay_url is not None,
    }


def money(amount: Decimal, letter: Letter) -> str:
    """An amount as the business's country writes it."""
    return format_currency(amount, letter.currency, locale=_locale(letter.country_code))


def clean(text: str, *, longest: int = _LONGEST_NAME) -> str:
    """`text` on one line, without control characters or marks that turn the direction of writing."""
    kept = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    plain = "".join(c for c in kept if unicodedata.category(c) not in ("Cf", "Cs", "Co", "Cn"))
    line = " ".join(plain.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def _headers(letter: Letter) -> dict[str, str]:
    """RFC 8058 for one click, RFC 3834 so that no machine answers; the last is Exchange's own for the same."""
    return {
        "Date": format_datetime(letter.now),
        "List-Unsubscribe": f"<{letter.unsubscribe_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }


def _rows(letter: Letter) -> list[Row]:
    today = local_date(letter.now, letter.zone)
    return [
        Row(
            number=clean(line.number) or "–",
            issued=_short_day(line.issued_on, letter),
            due=_short_day(line.due_on, letter),
            days_overdue=str(max(0, (today - line.due_on).days) or "–"),
            amount=money(line.balance, letter),
        )
        for line in letter.lines
    ]


def _numbers(letter: Letter) -> str:
    known = [clean(line.number, longest=40) or "without a number" for line in letter.lines]
    if len(known) > _MOST_NUMBERS:
        known = [*known[: _MOST_NUMBERS - 1], f"{len(known) - _MOST_NUMBERS + 1} more"]
    return format_list(known, locale=_locale(letter.country_code))


def _day(day: date, letter: Letter) -> str:
    return format_date(day, "EEE d MMM y", locale=_locale(letter.country_code))


def _short_day(day: date, letter: Letter) -> str:
    return format_date(day, "d MMM y", locale=_locale(letter.country_code))


def _locale(country_code: str) -> Locale:
    """English as the country writes it; British English where there is none."""
    try:
        return Locale.parse(f"en_{country_code.upper()}")
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en_GB")
