"""What the entries we make in the ledger are called. Pure."""

from app.models import WriteBackKind

ENTRY_NAMES = {
    WriteBackKind.PAYMENT: ("payment", "payments"),
    WriteBackKind.OVERPAYMENT: ("customer's credit", "customers' credits"),
    WriteBackKind.SURCHARGE: ("surcharge", "surcharges"),
    WriteBackKind.SURCHARGE_RETURNED: ("returned surcharge", "returned surcharges"),
    WriteBackKind.FEE: ("card fee", "card fees"),
    WriteBackKind.NOTE: ("note", "notes"),
    WriteBackKind.REFUND: ("refund", "refunds"),
    WriteBackKind.REFUND_RETURNED: ("returned refund", "returned refunds"),
    WriteBackKind.CHARGEBACK: ("chargeback", "chargebacks"),
    WriteBackKind.CHARGEBACK_FEE: ("chargeback fee", "chargeback fees"),
    WriteBackKind.CHARGEBACK_RETURNED: ("returned chargeback", "returned chargebacks"),
    WriteBackKind.CHARGEBACK_FEE_RETURNED: ("returned chargeback fee", "returned chargeback fees"),
    WriteBackKind.TRANSFER: ("payout", "payouts"),
    WriteBackKind.LATE_FEE: ("late fee", "late fees"),
}
"""One, and many, in the order in which a list of them reads."""


def entry_name(kind: str) -> str:
    """The name of one, to begin a line with: Card fee."""
    one = ENTRY_NAMES[WriteBackKind(kind)][0]
    return one[0].upper() + one[1:]
