"""Mails about payments: what was paid, to the digit of its currency, and nothing hostile."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from app.models import PaymentMailKind
from app.reminders.payment_letter import PaidPart, PaymentLetter, compose_payment_mail

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
