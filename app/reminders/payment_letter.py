"""What a mail about a payment says. Pure.

It states what happened to the money, which stays true however long the mail takes; balances are not named.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from email.utils import format_datetime
from pathlib import Path

import css_inline
from babel.dates import format_date
from babel.numbers import format_currency
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.models import PaymentMailKind
from app.reminders.compose import Composed
from app.reminders.languages import ENGLISH, locale_of
from app.reminders.letter import clean
from app.reminders.wording import LONGEST_SUBJECT

_pages = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    undefined=StrictUndefined,
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
_inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


@dataclass(frozen=True, slots=True)
class PaidPart:
    """How much of the payment was for which invoice."""

    number: str
    amount: Decimal


@dataclass(frozen=True)
class PaymentLetter:
    """What the mail is made of."""

    kind: PaymentMailKind
    now: datetime
    business_name: str
    country_code: str
    reply_to: str | None = field(repr=False)
    customer_name: str = field(repr=False)
    currency: str
    amount: Decimal
    paid_on: date
    """In the organisation's zone."""
    reference: str
    """The processor's id of the payment, which its own papers name too."""
    parts: tuple[PaidPart, ...]
    page_url: str = field(repr=False)
    """Where to go on: the pay page for a payer, the Money page for the business."""


@dataclass(frozen=True, slots=True)
class _Words:
    subject: str
    paragraphs: tuple[str, ...]
    table: str
    """What the amounts in the table are."""
    button: str
    """Empty: there is nothing to do."""
    foot: str


_WORDS = {
    PaymentMailKind.RECEIPT: _Words(
        subject="Receipt from {business}: {amount}",
        paragraphs=("Thank you. {business} has received your payment of {amount} of {day}.",),
        table="Paid",
        button="",
        foot="This is the receipt for a payment on {business}'s payment page. It asks for nothing.",
    ),
    PaymentMailKind.NOTICE: _Words(
        subject="{customer} has paid {amount}",
        paragraphs=(
            "{customer} has paid {amount} on {day}, on the payment page of their reminder.",
            "Reminders of what is paid have stopped. Money shows how the payment stands in your books.",
        ),
        table="Paid",
        button="Open Money",
        foot="You get a mail of each payment. Settings, Getting paid, switches them off.",
    ),
    PaymentMailKind.DEBIT_FAILED: _Words(
        subject="Your bank debit of {amount} to {business} did not go through",
        paragraphs=(
            "Your bank debit of {amount} of {day} did not go through, so {business} has not received the money.",
            "You can pay again, from another account or by card. If you have paid it since, you need do nothing.",
        ),
        table="Not received",
        button="See what is open",
        foot="This is about a payment that you began on {business}'s payment page.",
    ),
    PaymentMailKind.DEBIT_FAILED_NOTICE: _Words(
        subject="The bank debit of {customer} did not go through: {amount}",
        paragraphs=(
            "{customer} began a bank debit of {amount} on {day}. Their bank did not pay it.",
            "Nothing was booked, and reminders of these invoices go on by their cadence. They are told as well.",
        ),
        table="Not received",
        button="Open Money",
        foot="You get this mail whenever a debit fails, because it changes what you can count on.",
    ),
}


def compose_payment_mail(letter: PaymentLetter) -> Composed:
    """The mail, text first. Names that came from outside are taken as hostile."""
    words, locale = _WORDS[letter.kind], locale_of(ENGLISH, letter.country_code, None)
    values = {
        "business": clean(letter.business_name),
        "customer": clean(letter.customer_name) or "A customer",
        "amount": format_currency(letter.amount, letter.currency, locale=locale),
        "day": format_date(letter.paid_on, "d MMMM y", locale=locale),
    }
    subject = clean(words.subject.format_map(values), longest=LONGEST_SUBJECT)
    shown = {
        "letter": letter,
        "subject": subject,
        "paragraphs": [paragraph.format_map(values) for paragraph in words.paragraphs],
        "rows": [
            (clean(part.number) or "–", format_currency(part.amount, letter.currency, locale=locale))
            for part in letter.parts
        ],
        "heading": words.table,
        "button": words.button,
        "foot": words.foot.format_map(values),
        **values,
    }
    return Composed(
        subject=subject,
        text=_pages.get_template("payment.txt").render(shown).strip() + "\n",
        html=_inliner.inline(_pages.get_template("payment.html").render(shown)),
        headers={
            "Date": format_datetime(letter.now),
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
