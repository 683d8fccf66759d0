"""Whether a payment's money reached the balance in its own currency: only then may it be booked there.

The processor may change what is paid in one currency into another one as it arrives. The clearing account of the
payment's currency then never held it.
"""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.kit.money import rounded
from app.models import Payment, Tenant, WriteBack, WriteBackKind
from app.payments.in_words import money

# These have the currency of the balance itself; a note and a payout move none of the payment's money.
_OF_THE_BALANCE = (
    WriteBackKind.FEE,
    WriteBackKind.NOTE,
    WriteBackKind.CHARGEBACK_FEE,
    WriteBackKind.CHARGEBACK_FEE_RETURNED,
)
_CAME_IN = (WriteBackKind.PAYMENT, WriteBackKind.SURCHARGE, WriteBackKind.OVERPAYMENT)


@dataclass(frozen=True, slots=True)
class Converted:
    """What became of a payment's money as it reached the balance."""

    currency: str
    settled: Decimal | None
    """All of it there; None for what went back later, and where the processor told only the currency."""
    paid: Decimal
    rate: Decimal | None


def waits_for_conversion(session: Session, row: WriteBack, payment: Payment) -> bool:
    """Whether it is not known yet where the money arrived, and it may not be its own currency.

    It is told with the fee, seconds after the payment. Home currency is not waited for, unless it was converted before.
    """
    if row.kind in _OF_THE_BALANCE or payment.fee_currency is not None:
        return False
    if payment.currency != session.get_one(Tenant, tenant_of(session)).base_currency:
        return True
    before = select(Payment.id).where(
        Payment.currency == payment.currency, Payment.fee_currency != payment.currency
    )
    return session.scalars(before.limit(1)).first() is not None


def conversion(row: WriteBack, payment: Payment) -> Converted | None:
    """What became of an entry's money at the processor; None where it stayed as it was."""
    if row.kind in _OF_THE_BALANCE or payment.fee_currency in (None, payment.currency):
        return None
    settled = payment.settled if row.kind in _CAME_IN else None
    return Converted(payment.fee_currency or payment.currency, settled, payment.amount, payment.exchange_rate)


def conversion_obstacle(
    converted: Converted | None, *, amount: Decimal, currency: str, ledger: str
) -> str | None:
    """Why the entry cannot be made, in words for the bookkeeper; None where nothing was converted. Pure."""
    if converted is None:
        return None
    into, paid = converted.currency, money(amount, currency)
    if converted.settled is None:
        return (
            f"Stripe moved this {paid} in {into}, because it had changed the payment into {into}. Enter it in {ledger} "
            f"yourself, on your clearing account for {into}, with the amount that Stripe shows; then say that you "
            "booked it yourself."
        )
    arrived = money(rounded(converted.settled * amount / converted.paid, into), into)
    rate = f" (1 {currency} = {converted.rate.normalize():f} {into})" if converted.rate else ""
    return (
        f"Stripe changed {paid} into {arrived}{rate} when it arrived, so your clearing account for {currency} never "
        f"held it. Enter {paid} in {ledger} yourself, into your clearing account for {into} at {arrived}; then say "
        "that you booked it yourself."
    )
