"""A charge that is more than is owed: corrected with a click, or left as it is.

What was charged too much leaves the books, and what is owed is charged anew under the same days: one charge, one row.
"""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.kit.errors import NotFound, Rejected
from app.kit.ground import Ground
from app.kit.money import rounded
from app.late_fees.describing import describe
from app.late_fees.looking_again import Found, look_again
from app.late_fees.rules import locked_rules
from app.late_fees.spans import told
from app.late_fees.still_owed import Owed
from app.late_fees.waiving import waive
from app.models import Invoice, LateFee, LateFeeState, Tenant, WriteBackState
from app.payments.late_fee_correction import make_anew
from app.sync.fresh import fresh_invoices


def correct(ground: Ground, tenant_id: UUID, charge_id: UUID, *, seen: Decimal, by: UUID) -> bool:
    """Correct a charge to what somebody saw is owed; False if by now it is another amount, or nothing to correct.

    The ledger is asked first. Raises NotFound for an unknown charge, Rejected with a sentence if somebody has paid on
    it or it was entered by hand, and whatever asking the ledger raises.
    """
    with ground.database.tenant(tenant_id) as session:
        invoice_id = _find(session, charge_id).invoice_id
    fresh_invoices(ground, tenant_id, [invoice_id])
    now = ground.clock.now()
    with ground.database.tenant(tenant_id) as session:
        locked_rules(session)
        zone = session.get_one(Tenant, tenant_id).time_zone
        standing = {found.charge.id: found for found in look_again(session, zone=zone, now=now)}
        found = standing.get(charge_id)
        if found is None or found.left is None or not is_to_correct(found.charge):
            return False
        if found.left.amount != seen:
            return False
        _refuse_what_cannot_be(found)
        _correct(session, found.charge, found.left, found.invoice, by=by, now=now)
    return True


def leave(session: Session, charge_id: UUID, *, seen: Decimal) -> None:
    """Leave a charge as it is, until even less is owed. Raises NotFound for an unknown one."""
    locked_rules(session)
    charge = _find(session, charge_id)
    if is_to_correct(charge) and charge.owed == seen:
        charge.left_at, charge.owed, charge.owed_because = charge.owed, None, None


def is_to_correct(charge: LateFee) -> bool:
    """Whether somebody has to decide. Pure."""
    return (
        charge.state is LateFeeState.CHARGED
        and charge.owed is not None
        and charge.correction_asked_at is None
    )


def _find(session: Session, charge_id: UUID) -> LateFee:
    charge = session.get(LateFee, (tenant_of(session), charge_id))
    if charge is None:
        raise NotFound("There is no such charge.")
    return charge


def _refuse_what_cannot_be(found: Found) -> None:
    """Money on a charge, and one entered by hand, are for a person. Raises Rejected with what they can do."""
    charge, entry, own = found.charge, found.entry, found.own
    left = found.left.amount if found.left else charge.amount
    too_much = f"{rounded(charge.amount - left, charge.currency):,f} {charge.currency}"
    if own is not None and own.amount_due < own.total:
        raise Rejected(
            f"Something was paid or credited on this charge already, so it cannot be made anew. Give the customer a "
            f"credit of {too_much} in your ledger, then leave the charge as it is here."
        )
    if entry is not None and entry.state is WriteBackState.DONE and entry.external_id is None:
        raise Rejected(
            f"You entered this charge yourself. Take {too_much} off it in your ledger, then leave it as it is here."
        )


def _correct(
    session: Session, charge: LateFee, left: Owed, invoice: Invoice, *, by: UUID, now: datetime
) -> None:
    because = charge.owed_because or ""
    if left.amount == 0:
        waive(session, charge, reason=because, by=by, now=now)
        charge.owed = left.amount
        return
    charge.base, charge.reason = left.base, because
    if left.spans:
        rates = {span.percent for span in left.spans}
        charge.spans = [told(span) for span in left.spans]
        charge.rate = rates.pop() if len(rates) == 1 else None
    charge.description = describe(session, charge, invoice)
    charge.correction_asked_at, charge.decided_by = now, by
    make_anew(session, charge, reason=because, asked_by=by, now=now)
