"""By which way a payer has chosen to pay, and what they have agreed to add for it. Pure."""

from dataclasses import dataclass
from decimal import Decimal

from app.models import PayWays
from app.payments.surcharge import SurchargeTerms, surcharge_on


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a press of the button means."""

    surcharge: Decimal
    ways: PayWays


def agreed(terms: SurchargeTerms | None, amount: Decimal, *, way: str, shown: str) -> Agreed | None:
    """What was agreed to on a page that showed the terms with the key `shown` (empty: none).

    None if other terms hold by now: the page is shown again, so that nobody adds what they have not read.
    """
    if terms is None:
        return None if shown else Agreed(Decimal(0), PayWays.ANY)
    if shown != terms.key:
        return None
    if way == PayWays.CARD:
        return Agreed(surcharge_on(amount, terms), PayWays.CARD)
    if way == PayWays.NOT_CARD and terms.takes_debits:
        return Agreed(Decimal(0), PayWays.NOT_CARD)
    return None
