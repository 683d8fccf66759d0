"""Why an entry is not in the ledger yet though nobody has to do anything about it, in a sentence. Pure."""

from collections.abc import Sequence

from app.connectors.base import FeeStyle
from app.models import WriteBack, WriteBackKind, WriteBackState
from app.payments.entry_order import AFTER

_FIRST = {
    WriteBackKind.PAYMENT: "the payment",
    WriteBackKind.REFUND: "the refund",
    WriteBackKind.CHARGEBACK: "the chargeback",
    WriteBackKind.CHARGEBACK_FEE: "the chargeback's fee",
    WriteBackKind.SURCHARGE: "the surcharge",
}
_ON_ITS_WAY = "On its way to the ledger: we look there first, then enter it."
_ASKED = "The ledger was asked to take it; we look whether it did."
_UNTOLD = (
    "Waits until Stripe tells in which currency this reached its balance, and how much; then it is booked."
)
_UNDER_WAY = (WriteBackState.WAITING, WriteBackState.SENDING, WriteBackState.UNKNOWN)


def waiting_words(
    row: WriteBack, others: Sequence[WriteBack], *, waits_for_stripe: bool = False
) -> str | None:
    """The sentence for an entry, given all entries of its payment, and whether Stripe has yet to say in which currency
    its money moved; None if it does not wait, or says itself why."""
    if row.state not in _UNDER_WAY or row.reason:
        return None
    is_deposit = any(other.fee_style == FeeStyle.DEPOSIT for other in others)
    before = [
        other for other in others if other.id != row.id and _is_before(other, row, is_deposit=is_deposit)
    ]
    missing = [other for other in before if other.state is not WriteBackState.DONE]
    if missing:
        return _waits_for(missing)
    if waits_for_stripe:
        return _UNTOLD
    return _ON_ITS_WAY if row.state is WriteBackState.WAITING else _ASKED


def _is_before(other: WriteBack, row: WriteBack, *, is_deposit: bool) -> bool:
    if row.kind is WriteBackKind.FEE and is_deposit:
        return other.kind is WriteBackKind.PAYMENT
    if other.kind is not AFTER.get(row.kind):
        return False
    if row.invoice_id is not None:
        return other.invoice_id == row.invoice_id
    if other.refund_id is None and other.chargeback_id is None:
        return True
    return (other.refund_id, other.chargeback_id) == (row.refund_id, row.chargeback_id)


def _waits_for(missing: Sequence[WriteBack]) -> str:
    """A person who must act comes before anything that happens by itself."""
    first = _FIRST.get(missing[0].kind, "another entry")
    if any(other.state is WriteBackState.PARKED for other in missing):
        return f"Waits for {first}, which needs you: it is booked as soon as {first} is."
    if any(other.state in (WriteBackState.UNDONE, WriteBackState.UNDOING) for other in missing):
        return (
            f"Waits for {first}, which was taken back: book that again, or say that you booked it yourself."
        )
    return f"Waits until {first} is booked."
