"""Mails about payments: what was paid, to the digit of its currency, and nothing hostile."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from app.kit.languages import LANGUAGES
from app.models import PaymentMailKind
from app.reminders.payment_letter import TO_PAYER, PaidPart, PaymentLetter, compose_payment_mail
from app.reminders.payment_words import payment_phrases, payment_words
from app.reminders.ready_texts import phrases

KINDS = tuple(PaymentMailKind)


def letter(kind: PaymentMailKind = PaymentMailKind.RECEIPT, **changes: object) -> PaymentLetter:
    values: dict[str, object] = {
        "kind": kind,
        "now": datetime(2026, 11, 20, 10, tzinfo=UTC),
        "business_name": "Harbour Lane Joinery",
        "country_code": "GB",
        "reply_to": "accounts@harbour.example",
        "customer_name": "Quayside Cafe",
        "currency": "GBP",
        "amount": Decimal("1250.50"),
        "paid_on": date(2026, 11, 19),
        "reference": "pi_123",
        "parts": (PaidPart("INV-1", Decimal(1000)), PaidPart("INV-2", Decimal("250.5"))),
        "page_url": "https://pay.example/pay/x",
        **changes,
    }
    return PaymentLetter(**values)  # type: ignore[arg-type]


def test_a_receipt_names_what_was_paid_for_which_invoice() -> None:
    mail = compose_payment_mail(letter())
    assert mail.subject == "Receipt from Harbour Lane Joinery: £1,250.50"
    for told in (
        "Invoice INV-1: £1,000.00",
        "Invoice INV-2: £250.50",
        "£1,250.50 of 19 November 2026",
        "pi_123",
    ):
        assert told in mail.text
    for told in ("INV-1", "£250.50", "£1,250.50", "pi_123", "mailto:accounts@harbour.example"):
        assert told in mail.html
    assert "https://pay.example" not in mail.text + mail.html
    assert mail.headers["Auto-Submitted"] == "auto-generated"
    assert "List-Unsubscribe" not in mail.headers


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_added_for_paying_by_card_stands_beside_the_invoices(language: str) -> None:
    mail = compose_payment_mail(
        letter(amount=Decimal("1265.50"), surcharge=Decimal(15), language=language, currency="USD")
    )
    named = payment_phrases(language).surcharge
    told = next(line for line in mail.text.splitlines() if named in line)
    assert "15" in told
    assert named in mail.html
    assert named not in compose_payment_mail(letter(language=language)).text


def test_a_failed_debit_tells_both_sides_what_comes_next() -> None:
    payer = compose_payment_mail(letter(PaymentMailKind.DEBIT_FAILED))
    assert payer.subject == "Your bank debit of £1,250.50 to Harbour Lane Joinery did not go through"
    assert "See what is open: https://pay.example/pay/x" in payer.text
    business = compose_payment_mail(letter(PaymentMailKind.DEBIT_FAILED_NOTICE))
    assert business.subject == "The bank debit of Quayside Cafe did not go through: £1,250.50"
    assert "reminders of these invoices go on" in business.text


@pytest.mark.parametrize(
    ("currency", "amount", "shown"), [("JPY", "120000", "¥120,000"), ("KWD", "12.345", "12.345")]
)
def test_amounts_have_the_digits_of_their_currency(currency: str, amount: str, shown: str) -> None:
    parts = (PaidPart("INV-1", Decimal(amount)),)
    mail = compose_payment_mail(letter(currency=currency, amount=Decimal(amount), parts=parts))
    assert shown in mail.subject
    assert f"{shown}.00" not in mail.text
    assert f"{shown}0" not in mail.text


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_names_stay_text(kind: PaymentMailKind) -> None:
    hostile = "<script>alert(1)</script>\r\nBcc: x@y.example {amount}"
    mail = compose_payment_mail(letter(kind, business_name=hostile, customer_name=hostile))
    assert "\n" not in mail.subject
    assert "\r" not in mail.subject
    assert "<script>" not in mail.html
    assert "\r" not in mail.text


@pytest.mark.parametrize(
    ("language", "country", "subject", "told"),
    [
        (
            "de",
            "DE",
            "Zahlungsbestätigung von Harbour Lane Joinery: 1.250,50 £",
            "vom 19. November 2026",
        ),
        ("fr", "FR", "Reçu de Harbour Lane Joinery : 1 250,50 £GB", "du 19 novembre 2026"),
        ("es", "ES", "Recibo de Harbour Lane Joinery: 1.250,50 GBP", "del 19 de noviembre de 2026"),
        ("nl", "NL", "Betaalbewijs van Harbour Lane Joinery: £ 1.250,50", "van 19 november 2026"),
        ("en", "US", "Receipt from Harbour Lane Joinery: £1,250.50", "of 19 November 2026"),
    ],
)
def test_a_payer_reads_dates_and_money_in_their_language(
    language: str, country: str, subject: str, told: str
) -> None:
    mail = compose_payment_mail(letter(language=language, customer_country=country))
    assert mail.subject == subject
    for form in (mail.text, mail.html):
        assert told in form
    assert f'<html lang="{language}">' in mail.html


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
@pytest.mark.parametrize("kind", TO_PAYER)
def test_a_mail_to_a_payer_is_in_one_language_throughout(kind: PaymentMailKind, language: str) -> None:
    mail = compose_payment_mail(letter(kind, language=language))
    for word in ("Invoice ", "Total:", "Paid", "receive", "reference:", "genuine", "payment page", "{", "}"):
        assert word not in mail.text
    for form in (mail.text, mail.html):
        assert phrases(language)["invoice"] in form


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_mail_to_a_payer(language: str) -> None:
    assert payment_phrases(language).reference
    for kind in TO_PAYER:
        words, english = payment_words(kind, language), payment_words(kind, "en")
        assert bool(words.button) == bool(english.button)
        assert len(words.paragraphs) == len(english.paragraphs)


def test_only_a_mail_to_a_payer_that_links_to_the_pay_page_says_how_to_know_that_it_is_genuine() -> None:
    said = {kind: "genuine" in compose_payment_mail(letter(kind)).text for kind in KINDS}
    assert [kind for kind in KINDS if said[kind]] == [PaymentMailKind.DEBIT_FAILED]
