"""What the templates show, made of an offer or an outcome. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from babel.lists import format_list

from app.kit.money import minor_digits, rounded
from app.models import PaymentState
from app.payments.offer import Offer, Payable, Standing
from app.payments.outcome import Outcome
from app.payments.selection import Fault
from app.portal.formats import day, locale_of, money, overdue
from app.portal.surcharging import surcharge_line
from app.reminders.claims import LABELS as METHODS
from app.reminders.disputes import LABELS as REASONS


def invoices_page(
    offer: Offer,
    *,
    typed: Mapping[str, Sequence[str]] | None = None,
    faults: Mapping[UUID, str] | None = None,
) -> dict[str, Any]:
    """The open invoices with their sum, currency by currency. A tick box carries the amount shown beside it.

    `typed` is a form that has to be shown again: nothing of it is lost.
    """
    locale = locale_of(offer.country_code)
    ticked = None if typed is None else {value[:36] for value in typed.get("invoice", ())}
    groups = [
        {
            "currency": currency,
            "digits": minor_digits(currency),
            "total": money(offer.total(currency), currency, locale),
            "surcharge": surcharge_line(offer, currency, locale),
            "rows": [
                _row(payable, offer, locale, ticked, typed or {}, faults or {})
                for payable in offer.payables_in(currency)
            ],
        }
        for currency in offer.currencies
    ]
    return {
        **notice_frame(offer),
        "groups": groups,
        "count": len(offer.payables),
        "can_pay": offer.standing is Standing.PAYABLE,
        "takes_parts": offer.parts_from is not None,
        "locale": locale.replace("_", "-"),
        "failed_debits": [
            {"amount": money(debit.amount, debit.currency, locale), "on": day(debit.on, locale)}
            for debit in offer.failed_debits
        ],
        "bank_details": (offer.bank_details or "").splitlines(),
    }


def _row(
    payable: Payable,
    offer: Offer,
    locale: str,
    ticked: set[str] | None,
    typed: Mapping[str, Sequence[str]],
    faults: Mapping[UUID, str],
) -> dict[str, Any]:
    """One invoice. An amount typed for it stays as it was typed."""
    invoice_id, plain = str(payable.invoice_id), _plain(payable)
    fault = faults.get(payable.invoice_id)
    return {
        "id": invoice_id,
        "value": f"{invoice_id}:{payable.amount:f}",
        "plain": plain,
        "number": payable.number,
        "issued": day(payable.issued_on, locale),
        "due": day(payable.due_on, locale),
        "overdue": overdue(payable.due_on, offer.today),
        "amount": money(payable.amount, payable.currency, locale),
        "is_ticked": ticked is None or invoice_id in ticked,
        "typed": next(iter(typed.get(f"part-{invoice_id}", ())), plain),
        "fault": _fault_words(fault, payable, locale) if fault else "",
    }


def _plain(payable: Payable) -> str:
    """The balance as a payer would type it, without digits that the currency does not have."""
    return f"{rounded(payable.amount, payable.currency):f}"


def _fault_words(fault: str, payable: Payable, locale: str) -> str:
    most, least = (money(each, payable.currency, locale) for each in (payable.amount, payable.least))
    words = {
        Fault.UNREADABLE: f"Write an amount such as {_plain(payable)}.",
        Fault.TOO_MUCH: f"That is more than is open. Pay at most {most}.",
        Fault.TOO_LITTLE: f"Pay at least {least} of this invoice.",
        Fault.NO_PARTS: f"Parts of an invoice cannot be paid here. Pay {most}, or untick it.",
    }
    return words[Fault(fault)]


def tell_page(offer: Offer, *, last_day: date) -> dict[str, Any]:
    """The open invoices to tick, and what can be chosen."""
    page = invoices_page(offer)
    return {
        **page,
        "rows": [row for group in page["groups"] for row in group["rows"]],
        "today": offer.today.isoformat(),
        "last_day": last_day.isoformat(),
        "said_last_day": day(last_day, locale_of(offer.country_code)),
        "methods": {method.value: label for method, label in METHODS.items()},
        "reasons": {reason.value: label for reason, label in REASONS.items()},
    }


def notice_frame(offer: Offer) -> dict[str, Any]:
    """Who speaks, how to reach them, and what is on its way."""
    locale = locale_of(offer.country_code)
    shown = [money(amount, currency, locale) for currency, amount in sorted(offer.on_its_way.items())]
    return {
        "business_name": offer.business_name,
        "reply_to": offer.reply_to,
        "on_its_way": format_list(shown, locale=locale) if shown else "",
    }


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
