"""A charge that is not made after all, or taken back. Its days are not charged again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.kit.errors import Rejected
from app.models import LateFee, LateFeeState
from app.payments.entry_rows import undo_late_fee


def waive(session: Session, charge: LateFee, *, reason: str, by: UUID | None, now: datetime) -> None:
    """Waive a charge, with the reason that the books and the page keep; twice changes nothing.

    What is in the ledger is voided there. If somebody has paid it already the ledger refuses, and the entry waits
    for a person, with that sentence. Raises Rejected without a reason.
    """
    if not reason.strip():
        raise Rejected("Say why this is waived: whoever reads the books will ask.")
    if charge.state is LateFeeState.WAIVED:
        return
    if charge.state is LateFeeState.CHARGED:
        undo_late_fee(session, charge, reason=reason.strip(), now=now)
    charge.state, charge.reason = LateFeeState.WAIVED, reason.strip()
    charge.decided_at, charge.decided_by = now, by
