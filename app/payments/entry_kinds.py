"""What a ledger calls each kind of entry."""

from collections.abc import Mapping

from app.connectors.base import EntryKind
from app.models import WriteBackKind

ENTERED_AS: Mapping[WriteBackKind, EntryKind] = {
    WriteBackKind.PAYMENT: EntryKind.PAYMENT,
    WriteBackKind.OVERPAYMENT: EntryKind.OVERPAYMENT,
    WriteBackKind.SURCHARGE: EntryKind.INCOME,
    WriteBackKind.SURCHARGE_RETURNED: EntryKind.REFUND,
    WriteBackKind.FEE: EntryKind.FEE,
    WriteBackKind.REFUND: EntryKind.REFUND,
    WriteBackKind.REFUND_RETURNED: EntryKind.INCOME,
    WriteBackKind.CHARGEBACK: EntryKind.REFUND,
    WriteBackKind.CHARGEBACK_FEE: EntryKind.FEE,
    WriteBackKind.CHARGEBACK_RETURNED: EntryKind.INCOME,
    WriteBackKind.CHARGEBACK_FEE_RETURNED: EntryKind.INCOME,
    WriteBackKind.TRANSFER: EntryKind.TRANSFER,
    WriteBackKind.LATE_FEE: EntryKind.CHARGE,
}
"""An expense for a fee, unless its style is a deposit. A note is nothing that can be taken back."""
