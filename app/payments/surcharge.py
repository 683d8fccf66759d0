"""How much is added for paying by card. Pure.

Rounded down, so that no cap is ever passed by a cent, and to hundredths at most: finer money cannot be paid by card.
"""

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum

from app.kit.money import minor_digits

_FINEST = 2


class RefundMode(StrEnum):
    """What becomes of the surcharge when money is given back."""

    WITH_ALL = "with_all"
    """It goes back with the last of the payment."""
    PROPORTION = "proportion"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class SurchargeTerms:
    """What one customer is asked for in one currency."""

    currency: str
    percent: Decimal
    fixed: Decimal
    maximum: Decimal | None
    most_percent: Decimal
    """Of what is paid: the least of the cap of the place and what the card costs the business."""
    takes_debits: bool
    """There is a way to pay by bank debit without a surcharge."""
    only_credit: bool = False

    @property
    def key(self) -> str:
        """The same text for the same terms: a page that shows other ones is shown again."""
        parts = (self.percent, self.fixed, self.maximum, self.most_percent, self.takes_debits)
        return " ".join(f"{part:f}" if isinstance(part, Decimal) else str(part) for part in parts)


def surcharge_on(amount: Decimal, terms: SurchargeTerms) -> Decimal:
    """What is added to an amount."""
    wanted = amount * terms.percent / 100 + terms.fixed
    if terms.maximum is not None:
        wanted = min(wanted, terms.maximum)
    return rounded_down(min(wanted, amount * terms.most_percent / 100), terms.currency)


def rounded_down(amount: Decimal, currency: str) -> Decimal:
    """To an amount that a card can be charged."""
    digits = min(minor_digits(currency), _FINEST)
    return amount.quantize(Decimal(1).scaleb(-digits), ROUND_DOWN)


def surcharge_in_refund(
    amount: Decimal,
    *,
    left: Decimal,
    surcharge_left: Decimal,
    paid: Decimal,
    surcharge: Decimal,
    mode: RefundMode,
    currency: str,
) -> Decimal:
    """How much of a refund gives the surcharge back.

    `left` and `surcharge_left` are what of the payment and of its surcharge has not been given back yet: what goes
    beyond the invoices' money is surcharge in any case.
    """
    needed = max(Decimal(0), amount - (left - surcharge_left))
    if mode is not RefundMode.PROPORTION:
        return needed
    share = rounded_down(amount * surcharge / paid, currency)
    return min(surcharge_left, max(share, needed))
