"""What the templates show, made of an offer or an outcome. Pure."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from app.kit.money import minor_digits
from app.models import PaymentState
from app.payments.offer import Offer, Standing
from app.payments.outcome import Outcome
from app.portal.formats import day, locale_of, money, overdue
from app.reminders.claims import LABELS as METHODS
from app.reminders.disputes import LABELS as REASONS


def invoices_page(offer: Offer) -> dict[str, Any]:
    """The open invoices with their sum. A tick box carries the amount that was shown beside it."""
    locale = locale_of(offer.country_code)
    rows = [
        {
            "value": f"{payable.invoice_id}:{payable.amount:f}",
            "plain": f"{payable.amount:f}",
            "number": payable.number,
            "issued": day(payable.issued_on, locale),
            "due": day(payable.due_on, locale),
            "overdue": overdue(payable.due_on, offer.today),
            "amount": money(payable.amount, offer.currency, locale),
        }
        for payable in offer.payables
    ]
    return {
        **notice_frame(offer),
        "rows": rows,
        "total": money(offer.total, offer.currency, locale),
        "can_pay": offer.standing is Standing.PAYABLE,
        "locale": locale.replace("_", "-"),
        "currency": offer.currency,
        "digits": minor_digits(offer.currency),
    }


def tell_page(offer: Offer, *, last_day: date) -> dict[str, Any]:
    """The open invoices to tick, and what can be chosen."""
    page = invoices_page(offer)
    for row, payable in zip(page["rows"], offer.payables, strict=True):
        row["id"] = str(payable.invoice_id)
    return {
        **page,
        "today": offer.today.isoformat(),
        "last_day": last_day.isoformat(),
        "said_last_day": day(last_day, locale_of(offer.country_code)),
        "methods": {method.value: label for method, label in METHODS.items()},
        "reasons": {reason.value: label for reason, label in REASONS.items()},
    }


def notice_frame(offer: Offer) -> dict[str, Any]:
    """Who speaks, how to reach them, and what is on its way."""
    on_its_way = offer.on_its_way
    shown = money(on_its_way, offer.currency, locale_of(offer.country_code)) if on_its_way else ""
    return {"business_name": offer.business_name, "reply_to": offer.reply_to, "on_its_way": shown}


def thanks_page(found: Outcome) -> dict[str, Any]:
    """What is known of a payment: `paid`, `processing`, `failed`, `closed` or `waiting`."""
    words = {
        PaymentState.SUCCEEDED: "paid",
        PaymentState.PROCESSING: "processing",
        PaymentState.FAILED: "failed",
    }
    known = "closed" if found.is_closed else "waiting"
    return {
        "business_name": found.business_name,
        "amount": money(found.amount, found.currency, locale_of(found.country_code)),
        "known": words[found.state] if found.state else known,
    }


def said_amounts(ticked: list[str]) -> dict[UUID, Decimal]:
    """Which invoices were ticked, and the balance that stood beside each. Nonsense is nothing."""
    said: dict[UUID, Decimal] = {}
    for value in ticked:
        invoice_id, _, amount = value.partition(":")
        try:
            said[UUID(invoice_id)] = balance = Decimal(amount)
        except (ValueError, InvalidOperation):
            return {}
        if not balance.is_finite():
            return {}
    return said
