"""A mail about a payment: to the payer in their language, to the business in English. Pure.

It states what happened to the money, which stays true however long the mail takes; balances are not named.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from email.utils import format_datetime

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency

from app.kit.languages import ENGLISH, locale_of
from app.models import PaymentMailKind
from app.reminders.compose import Composed
from app.reminders.letter import clean
from app.reminders.mail_pages import both_forms
from app.reminders.payment_words import PaymentPhrases, payment_phrases, payment_words
from app.reminders.ready_texts import phrases
from app.reminders.wording import LONGEST_SUBJECT


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
    language: str = ENGLISH
    """The payer's; mails to the business are in English, as its pages are."""
    customer_country: str | None = None
    surcharge: Decimal = Decimal(0)
    """What of the amount was added for paying by card: no part."""

    @property
    def locale(self) -> Locale:
        """How dates and money are written: as in a reminder."""
        return locale_of(self.language, self.country_code, self.customer_country)


TO_PAYER = (PaymentMailKind.RECEIPT, PaymentMailKind.DEBIT_FAILED)


def compose_payment_mail(letter: PaymentLetter) -> Composed:
    """The mail, text first. Names that came from outside are taken as hostile."""
    locale, said = letter.locale, phrases(letter.language, letter.country_code)
    values = {
        "business": clean(letter.business_name),
        "customer": clean(letter.customer_name) or "A customer",
        "amount": format_currency(letter.amount, letter.currency, locale=locale),
        "day": format_date(letter.paid_on, "long", locale=locale),
        "reference": letter.reference,
    }
    words, around = (
        payment_words(letter.kind, letter.language).filled(values),
        payment_phrases(letter.language),
    )
    subject = clean(words.subject, longest=LONGEST_SUBJECT)
    text, html = both_forms(
        "payment",
        {
            "letter": letter,
            "language": locale.language,
            "subject": subject,
            "business": values["business"],
            "amount": values["amount"],
            "words": words,
            "rows": _rows(letter, around, colon=said["colon"]),
            "reference": around.reference.format_map(values),
            "said": {
                name: said[name].format_map(values) for name in ("invoice", "colon", "total", "genuine")
            },
            "is_to_payer": letter.kind in TO_PAYER,
        },
    )
    return Composed(
        subject=subject,
        text=text,
        html=html,
        headers={
            "Date": format_datetime(letter.now),
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )


def _rows(letter: PaymentLetter, around: PaymentPhrases, *, colon: str) -> list[dict[str, str]]:
    """A row for each invoice, and one for a surcharge: together they are the amount."""
    rows = [_row(part, letter, around) for part in letter.parts]
    if letter.surcharge:
        amount = format_currency(letter.surcharge, letter.currency, locale=letter.locale)
        named = around.surcharge
        rows.append({"number": named, "amount": amount, "sentence": f"{named}{colon} {amount}"})
    return rows


def _row(part: PaidPart, letter: PaymentLetter, around: PaymentPhrases) -> dict[str, str]:
    number = clean(part.number) or "–"
    amount = format_currency(part.amount, letter.currency, locale=letter.locale)
    return {
        "number": number,
        "amount": amount,
        "sentence": around.row.format(number=number, amount=amount),
    }
