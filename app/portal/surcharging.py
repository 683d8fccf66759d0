"""What the pay page shows of a surcharge: its rule in words, its amount, and figures to reckon with. Pure."""

from typing import Any

from app.kit.money import minor_digits, to_minor
from app.payments.offer import Offer
from app.payments.surcharge import SurchargeTerms, rounded_down, surcharge_on
from app.portal.formats import money, percent
from app.portal.speech import Speech

_MILLIONTHS = 10_000
"""Of one per cent."""


def surcharge_line(offer: Offer, currency: str, speech: Speech) -> dict[str, Any] | None:
    """The line of its own; None where nothing is added."""
    terms = offer.surcharges.get(currency)
    if terms is None:
        return None
    total = offer.total(currency)
    added = surcharge_on(total, terms)
    maximum = rounded_down(terms.maximum, currency) if terms.maximum is not None else None
    return {
        "key": terms.key,
        "words": words(terms, speech),
        "amount": money(added, currency, speech.locale),
        "card_total": money(total + added, currency, speech.locale),
        "takes_debits": terms.takes_debits,
        "percent": int(terms.percent * _MILLIONTHS),
        "most": int(terms.most_percent * _MILLIONTHS),
        "fixed": to_minor(terms.fixed, currency),
        "maximum": "" if maximum is None else to_minor(maximum, currency),
        "step": 10 ** max(0, minor_digits(currency) - 2),
    }


def words(terms: SurchargeTerms, speech: Speech) -> str:
    """`1.5% and £0.30, at most £10.00, and never more than 2.1% of what you pay`."""
    said, locale = speech.words["surcharge"], speech.locale
    fixed = money(terms.fixed, terms.currency, locale)
    told = percent(terms.percent, locale) if terms.percent else fixed
    if terms.percent and terms.fixed:
        told = said["both"].format(percent=told, fixed=fixed)
    if terms.maximum is not None:
        told += said["at_most"].format(maximum=money(terms.maximum, terms.currency, locale))
    if terms.fixed or terms.percent > terms.most_percent:
        told += said["never_more"].format(percent=percent(terms.most_percent, locale))
    return told
