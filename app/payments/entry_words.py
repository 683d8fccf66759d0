"""What an entry says of itself to whoever reads it in the books. Pure."""

from uuid import UUID

from app.models import WriteBackKind
from app.payments.entries import PaidCheckout, credit_text, note_text, selection_text

_WORDS = {
    WriteBackKind.FEE: "Card fee for Stripe payment {}",
    WriteBackKind.SURCHARGE: "Surcharge for paying by card, Stripe payment {}",
    WriteBackKind.SURCHARGE_RETURNED: "Surcharge given back with a refund of Stripe payment {}",
    WriteBackKind.REFUND: "Refund of Stripe payment {}",
    WriteBackKind.REFUND_RETURNED: "The refund of Stripe payment {} failed: the money came back",
    WriteBackKind.CHARGEBACK: "Chargeback: the payer's bank took back Stripe payment {}",
    WriteBackKind.CHARGEBACK_FEE: "Stripe's fee for the chargeback of payment {}",
    WriteBackKind.CHARGEBACK_RETURNED: "Chargeback won: the money of Stripe payment {} came back",
    WriteBackKind.CHARGEBACK_FEE_RETURNED: "Chargeback won: Stripe gave its fee for payment {} back",
}
_PAYOUT = "Payout of the Stripe balance to the bank"


def entry_words(kind: WriteBackKind, paid: PaidCheckout | None, *invoice_ids: UUID) -> str:
    """A sentence for an entry of a payment, or of a payout (no payment)."""
    if paid is None:
        return _PAYOUT
    if kind in _WORDS:
        return _WORDS[kind].format(paid.payment)
    parts = [part for part in paid.parts if part.invoice_id in invoice_ids]
    if len(parts) > 1:
        return selection_text(paid, parts)
    tell = credit_text if kind is WriteBackKind.OVERPAYMENT else note_text
    return next((tell(paid, part) for part in parts), "")
