"""What the pay page shows of a surcharge: its rule in words, its amount, and figures to reckon with. Pure."""

from decimal import Decimal
from typing import Any

from app.kit.money import minor_digits, to_minor
from app.payments.offer import Offer
from app.payments.surcharge import SurchargeTerms, rounded_down, surcharge_on
from app.portal.formats import money

_MILLIONTHS = 10_000
"""Of one per cent."""


def surcharge_line(offer: Offer, currency: str, locale: str) -> dict[str, Any] | None:
    """The line of its own; None where nothing is added."""
    terms = offer.surcharges.get(currency)
    if terms is None:
        return None
    total = offer.total(currency)
    added = surcharge_on(total, terms)
    maximum = rounded_down(terms.maximum, currency) if terms.maximum is not None else None
    return {
        "key": terms.key,
        "words": words(terms, locale),
        "amount": money(added, currency, locale),
        "card_total": money(total + added, currency, locale),
        "takes_debits": terms.takes_debits,
        "percent": int(terms.percent * _MILLIONTHS),
        "most": int(terms.most_percent * _MILLIONTHS),
        "fixed": to_minor(terms.fixed, currency),
        "maximum": "" if maximum is None else to_minor(maximum, currency),
        "step": 10 ** max(0, minor_digits(currency) - 2),
    }


def words(terms: SurchargeTerms, locale: str) -> str:
    """`1.5% and £0.30, at most £10.00, and never more than 2.1% of what you pay`."""
    parts = [f"{_plain(terms.percent)}%"] if terms.percent else []
    if terms.fixed:
        parts.append(money(terms.fixed, terms.currency, locale))
    said = " and ".join(parts)
    if terms.maximum is not None:
        said += f", at most {money(terms.maximum, terms.currency, locale)}"
    if terms.fixed or terms.percent > terms.most_percent:
        said += f", never more than {_plain(terms.most_percent)}% of what you pay"
    return said


def _plain(number: Decimal) -> str:
    """Without zeros that say nothing."""
    return f"{number.normalize():f}"
