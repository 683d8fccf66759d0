"""A charge that is not made after all, or taken back. Its days are not charged again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.kit.errors import NotFound, Rejected
from app.late_fees.rules import locked_rules
from app.models import LateFee, LateFeeState
from app.payments.entry_rows import undo_late_fee


def waive_by_hand(session: Session, charge_id: UUID, *, reason: str, by: UUID, now: datetime) -> None:
    """Somebody does not want a charge. Raises NotFound for an unknown one, and as `waive`."""
    locked_rules(session)
    charge = session.get(LateFee, (tenant_of(session), charge_id), with_for_update=True)
    if charge is None:
        raise NotFound("There is no such charge.")
    waive(session, charge, reason=reason, by=by, now=now)


def waive(session: Session, charge: LateFee, *, reason: str, by: UUID | None, now: datetime) -> None:
    """Waive a charge, with the reason that the books and the page keep; twice changes nothing.

    What is in the ledger is voided there. If somebody has paid it already the ledger refuses, and the entry waits
    for a person, with that sentence. Raises Rejected without a reason.
    """
    if not reason.strip():
        raise Rejected("Say why this is waived: whoever reads the books will ask.")
    if charge.state is LateFeeState.WAIVED:
        return
    charge.owed, charge.owed_because = None, None
    if charge.state is LateFeeState.CHARGED:
        undo_late_fee(session, charge, reason=reason.strip(), now=now)
    charge.state, charge.reason = LateFeeState.WAIVED, reason.strip()
    charge.decided_at, charge.decided_by = now, by
