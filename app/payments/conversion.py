"""Whether a payment's money reached the balance in its own currency, and where it can be booked if it did not.

The processor may change what is paid in one currency into another one as it arrives. The clearing account of the
payment's currency then never held it. A ledger takes such a payment on an account of the organisation's own currency
only, with a rate; everything else is the bookkeeper's (docs/decisions/0012).
"""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.models import Payment, Tenant, WriteBack, WriteBackKind
from app.payments.entry_kinds import ENTERED_AS
from app.payments.in_words import money
from app.payments.moved_by import movements_of
from app.payments.tenant_ledger import tenant_connector

# These have the currency of the balance itself; a note and a payout move none of the payment's money.
OF_THE_BALANCE = (
    WriteBackKind.FEE,
    WriteBackKind.NOTE,
    WriteBackKind.CHARGEBACK_FEE,
    WriteBackKind.CHARGEBACK_FEE_RETURNED,
)
CAME_IN = (WriteBackKind.PAYMENT, WriteBackKind.OVERPAYMENT, WriteBackKind.SURCHARGE)


@dataclass(frozen=True, slots=True)
class Converted:
    """What became of an entry's money as it reached or left the balance."""

    currency: str
    arrived: Decimal | None
    """How much of that currency the balance moved by; None where the processor has told only the currency."""
    rate: Decimal | None
    """Units of `currency` for one of the payment's, as the processor told it when the money came in."""
    can_be_entered: bool
    """The ledger takes such an entry on an account of that currency."""


def waits_for_conversion(session: Session, row: WriteBack, payment: Payment) -> bool:
    """Whether the processor has yet to tell where the money arrived, if that may not be its own currency, or how much
    of a changed currency went back.

    The first is told with the fee, seconds after the payment; home currency is not waited for, unless a payment was
    changed into another one before. The second is told by the balance's movements, a minute after the money moved.
    """
    if row.kind in OF_THE_BALANCE:
        return False
    if payment.fee_currency is None:
        return _may_be_converted(session, payment)
    converted = conversion(session, row, payment, row.cleared)
    if converted is None or converted.arrived is not None:
        return False
    return row.kind not in CAME_IN and not movements_of(session, row)


def _may_be_converted(session: Session, payment: Payment) -> bool:
    """Of another currency, or in a business whose balance is known to be kept in another one."""
    if payment.currency != session.get_one(Tenant, tenant_of(session)).base_currency:
        return True
    elsewhere = select(Payment.id).where(
        Payment.fee_currency != Payment.currency, Payment.fee_currency != payment.currency
    )
    return session.scalars(elsewhere.limit(1)).first() is not None


def conversion(
    session: Session, row: WriteBack, payment: Payment, arrived: Decimal | None
) -> Converted | None:
    """What became of an entry's money at the processor; None where it stayed as it was."""
    into = payment.fee_currency
    if row.kind in OF_THE_BALANCE or into is None or into == payment.currency:
        return None
    connector, is_home = tenant_connector(session), _is_home(session, into)
    can_be_entered = connector is not None and ENTERED_AS[row.kind] in connector.enters_converted
    rate = payment.exchange_rate if row.kind in CAME_IN else None
    return Converted(into, arrived, rate, can_be_entered and is_home)


def _is_home(session: Session, currency: str) -> bool:
    return session.get_one(Tenant, tenant_of(session)).base_currency == currency


def conversion_obstacle(
    converted: Converted | None, *, amount: Decimal, currency: str, ledger: str
) -> str | None:
    """Why the entry cannot be made, in words for the bookkeeper; None where it can. Pure."""
    if converted is None or (converted.can_be_entered and converted.arrived is not None):
        return None
    into, paid = converted.currency, money(amount, currency)
    if converted.arrived is None:
        return (
            f"Stripe moved this {paid} in {into}, because it had changed the payment into {into}. Enter it in {ledger} "
            f"yourself, on your clearing account for {into}, with the amount that Stripe shows; then say that you "
            "booked it yourself."
        )
    arrived = money(converted.arrived, into)
    rate = f" (1 {currency} = {converted.rate.normalize():f} {into})" if converted.rate else ""
    return (
        f"Stripe changed {paid} into {arrived}{rate} on its balance, so your clearing account for {currency} never "
        f"held it, and {ledger} takes no such entry from us. Enter {paid} there yourself, on your clearing account for "
        f"{into} at {arrived}; then say that you booked it yourself."
    )
