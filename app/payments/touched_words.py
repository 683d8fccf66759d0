"""What the bookkeeper is asked about an entry of ours that somebody has deleted or changed in the ledger. Pure."""

from datetime import date
from decimal import Decimal

from app.connectors.base import EntryNow
from app.models import WriteBack, WriteBackKind
from app.payments.in_words import day, money
from app.payments.on_clearing import clearing_currency, on_clearing

_NAMES = {
    WriteBackKind.FEE: "card fee",
    WriteBackKind.OVERPAYMENT: "customer's credit",
    WriteBackKind.SURCHARGE: "surcharge",
    WriteBackKind.SURCHARGE_RETURNED: "surcharge given back",
    WriteBackKind.REFUND: "refund",
    WriteBackKind.REFUND_RETURNED: "returned refund",
    WriteBackKind.CHARGEBACK: "chargeback",
    WriteBackKind.CHARGEBACK_FEE: "fee of a chargeback",
    WriteBackKind.CHARGEBACK_RETURNED: "won chargeback",
    WriteBackKind.CHARGEBACK_FEE_RETURNED: "returned fee of a chargeback",
    WriteBackKind.TRANSFER: "payout",
}


def deleted_words(row: WriteBack) -> str:
    """It is gone."""
    return (
        f"This {_NAMES[row.kind]} was deleted in the ledger after it was booked, but the money moved at Stripe. Press "
        "Try again to book it again. To leave it out, say that you booked it yourself."
    )


def changed_words(row: WriteBack, now: EntryNow) -> str | None:
    """It says something else; None if it still says what we booked."""
    amount, currency = made_as(row)
    if now.amount == amount and now.booked_on in (None, row.booked_on):
        return None
    then, is_now = _told(amount, currency, row.booked_on), _told(now.amount, currency, now.booked_on)
    return (
        f"This {_NAMES[row.kind]} was changed in the ledger after it was booked: it was {then} and is {is_now} now. "
        "Put it back there and press Try again, or undo it and book it again. To leave it as it is, say that you "
        "booked it yourself."
    )


def made_as(row: WriteBack) -> tuple[Decimal, str]:
    """What the ledger was told: a credit has its customer's currency, everything else that of the clearing account."""
    if row.kind is WriteBackKind.OVERPAYMENT:
        return row.amount, row.currency
    return abs(on_clearing(row)), clearing_currency(row)


def _told(amount: Decimal, currency: str, on: date | None) -> str:
    return f"{money(amount, currency)} on {day(on)}" if on else money(amount, currency)
