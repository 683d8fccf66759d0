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
from app.portal.formats import day, decimal_mark, money, overdue, with_mark
from app.portal.speech import Speech
from app.portal.surcharging import surcharge_line


def invoices_page(
    offer: Offer,
    speech: Speech,
    *,
    typed: Mapping[str, Sequence[str]] | None = None,
    faults: Mapping[UUID, str] | None = None,
) -> dict[str, Any]:
    """The open invoices with their sum, currency by currency. A tick box carries the amount shown beside it.

    `typed` is a form that has to be shown again: nothing of it is lost.
    """
    locale = speech.locale
    ticked = None if typed is None else {value[:36] for value in typed.get("invoice", ())}
    groups = [
        {
            "currency": currency,
            "digits": minor_digits(currency),
            "total": money(offer.total(currency), currency, locale),
            "surcharge": surcharge_line(offer, currency, speech),
            "rows": [
                _row(payable, offer, speech, ticked, typed or {}, faults or {})
                for payable in offer.payables_in(currency)
            ],
        }
        for currency in offer.currencies
    ]
    return {
        **notice_frame(offer, speech),
        "groups": groups,
        "count": len(offer.payables),
        "can_pay": offer.standing is Standing.PAYABLE,
        "takes_parts": offer.parts_from is not None,
        "locale": locale.replace("_", "-"),
        "decimal_mark": decimal_mark(locale),
        "failed_debits": [
            {"amount": money(debit.amount, debit.currency, locale), "on": day(debit.on, locale)}
            for debit in offer.failed_debits
        ],
        "bank_details": (offer.bank_details or "").splitlines(),
    }


def _row(
    payable: Payable,
    offer: Offer,
    speech: Speech,
    ticked: set[str] | None,
    typed: Mapping[str, Sequence[str]],
    faults: Mapping[UUID, str],
) -> dict[str, Any]:
    """One invoice. An amount typed for it stays as it was typed."""
    invoice_id, plain, locale = str(payable.invoice_id), _plain(payable), speech.locale
    fault = faults.get(payable.invoice_id)
    return {
        "id": invoice_id,
        "value": f"{invoice_id}:{payable.amount:f}",
        "plain": plain,
        "number": payable.number,
        "issued": day(payable.issued_on, locale),
        "due": day(payable.due_on, locale),
        "overdue": overdue(payable.due_on, offer.today, speech),
        "amount": money(payable.amount, payable.currency, locale),
        "is_ticked": ticked is None or invoice_id in ticked,
        "typed": next(iter(typed.get(f"part-{invoice_id}", ())), with_mark(plain, decimal_mark(locale))),
        "fault": _fault_words(Fault(fault), payable, speech) if fault else "",
    }


def _plain(payable: Payable) -> str:
    """The balance as a payer would type it, without digits that the currency does not have."""
    return f"{rounded(payable.amount, payable.currency):f}"


def _fault_words(fault: Fault, payable: Payable, speech: Speech) -> str:
    most, least = (money(each, payable.currency, speech.locale) for each in (payable.amount, payable.least))
    example = with_mark(_plain(payable), decimal_mark(speech.locale))
    return speech.words["faults"][fault.value].format(most=most, least=least, example=example)


def tell_page(offer: Offer, speech: Speech, *, last_day: date) -> dict[str, Any]:
    """The open invoices to tick, and what can be chosen."""
    page = invoices_page(offer, speech)
    return {
        **page,
        "rows": [row for group in page["groups"] for row in group["rows"]],
        "today": offer.today.isoformat(),
        "last_day": last_day.isoformat(),
        "said_last_day": day(last_day, speech.locale),
    }


def notice_frame(offer: Offer, speech: Speech) -> dict[str, Any]:
    """Who speaks, how to reach them, and what is on its way."""
    shown = [money(amount, currency, speech.locale) for currency, amount in sorted(offer.on_its_way.items())]
    return {
        "business_name": offer.business_name,
        "reply_to": offer.reply_to,
        "on_its_way": format_list(shown, locale=speech.locale) if shown else "",
    }


def thanks_page(found: Outcome, speech: Speech) -> dict[str, Any]:
    """What is known of a payment: `paid`, `processing`, `failed`, `closed` or `waiting`."""
    words = {
        PaymentState.SUCCEEDED: "paid",
        PaymentState.PROCESSING: "processing",
        PaymentState.FAILED: "failed",
    }
    known = "closed" if found.is_closed else "waiting"
    return {
        "business_name": found.business_name,
        "amount": money(found.amount, found.currency, speech.locale),
        "known": words[found.state] if found.state else known,
    }
