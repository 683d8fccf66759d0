"""Looks again at what was charged, by what the ledger tells now: waives what came inside the grace, and says of every
other charge what of it is still owed, for somebody to correct it with a click.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, aliased

from app.kit.clock import local_date
from app.late_fees.accrual import came_in_grace
from app.late_fees.debt import Debt
from app.late_fees.late_invoices import load_debts, load_limits
from app.late_fees.law import laws
from app.late_fees.places import Limit
from app.late_fees.spans import read
from app.late_fees.still_owed import Made, Owed, first_day_late, still_owed
from app.late_fees.waiving import waive
from app.late_fees.words import day
from app.models import Invoice, InvoiceState, LateFee, LateFeeState, WriteBack, WriteBackState

_IN_GRACE = "The money came inside the days of grace."
_GONE = "The invoice was voided."
_CREDITED = "The invoice was credited in full."
_GONE_STATES = (InvoiceState.VOIDED, InvoiceState.DELETED)


@dataclass(slots=True)
class Found:
    """A charge with its late invoice, by what is known now."""

    charge: LateFee
    invoice: Invoice
    entry: WriteBack | None
    own: Invoice | None
    """The charge's own invoice, once the mirror has it."""
    debt: Debt
    limit: Limit
    left: Owed | None = None
    """What of it is owed, once somebody has looked."""

    def owed(self, *, others: Decimal, today: date) -> Owed:
        """What of it is owed."""
        return still_owed(made_as(self.charge), self.debt, self.limit, others=others, today=today)


def look_again(session: Session, *, zone: str, now: datetime) -> Sequence[Found]:
    """Waive what stands no longer, and renew what is to be corrected; what stands. The caller has locked the rules."""
    standing = []
    for found in _charged(session, zone):
        reason = _why_nothing_stands(found)
        if reason is None:
            standing.append(found)
        else:
            waive(session, found.charge, reason=reason, by=None, now=now)
            found.charge.owed = Decimal(0)
    today = local_date(now, zone)
    for _, of_invoice in groupby(standing, key=lambda found: found.invoice.id):
        others = Decimal(0)
        for found in of_invoice:
            others += _renew(found, others, today)
    return standing


def _why_nothing_stands(found: Found) -> str | None:
    """Why a charge goes by itself, in a sentence; None if it stays until somebody decides."""
    state, debt = found.invoice.state, found.debt
    if state in _GONE_STATES:
        return _GONE
    if state is not InvoiceState.PAID or not debt.is_told:
        return None
    if not debt.paid:
        return _CREDITED
    return _IN_GRACE if came_in_grace(debt, grace_days=found.charge.grace_days) else None


def _renew(found: Found, others: Decimal, today: date) -> Decimal:
    """Say what of a charge is owed, if it is less; what it comes to then."""
    charge = found.charge
    if charge.correction_asked_at is not None and not _was_settled_by_hand(found):
        return charge.amount if charge.owed is None else charge.owed
    if not found.debt.is_told:
        charge.owed, charge.owed_because = None, None
        return charge.amount
    owed = found.left = found.owed(others=others, today=today)
    is_left = charge.left_at is not None and owed.amount >= charge.left_at
    is_less = owed.amount < charge.amount and not is_left
    charge.owed = owed.amount if is_less else None
    charge.owed_because = _because(found, owed) if is_less else None
    return owed.amount


def _was_settled_by_hand(found: Found) -> bool:
    """The ledger did not let go of a charge that was to be corrected, and somebody has seen to it."""
    charge, entry = found.charge, found.entry
    if entry is None or entry.state is not WriteBackState.DONE:
        return False
    charge.left_at, charge.correction_asked_at = charge.owed, None
    return True


def _because(found: Found, owed: Owed) -> str:
    charge, debt = found.charge, found.debt
    if first_day_late(made_as(charge), debt) > charge.from_day:
        return f"The invoice is now due on {day(debt.due_on)}, so that some of these days were not late."
    if owed.amount == 0:
        return "Nothing was open any more on the days charged for, by the dates in your books."
    return "Less was open than was charged for, by what is in your books now."


def _charged(session: Session, zone: str) -> Sequence[Found]:
    """Every charge that stands, invoice by invoice, in the order of their days; not what somebody has taken out of
    the books."""
    rows = session.execute(_STANDING).all()
    invoices = list({row[1].id: row[1] for row in rows}.values())
    debts, limits = load_debts(session, invoices, zone=zone), load_limits(session, invoices)
    return [
        Found(charge, invoice, entry, own, debts[invoice.id], limits[invoice.id])
        for charge, invoice, entry, own in rows
    ]


def made_as(charge: LateFee) -> Made:
    """A charge as it was made, in values."""
    return Made(
        kind=charge.kind,
        from_day=charge.from_day,
        to_day=charge.to_day,
        base=charge.base,
        rate=charge.rate,
        spans=read(charge.spans),
        amount=charge.amount,
        charged_on=charge.issued_on or charge.to_day,
        grace_days=charge.grace_days,
        cap_percent=charge.cap_percent,
        cap_amount=charge.cap_amount,
        law=laws().get(charge.law or ""),
    )


_own = aliased(Invoice)
_STANDING = (
    select(LateFee, Invoice, WriteBack, _own)
    .join(Invoice, and_(Invoice.tenant_id == LateFee.tenant_id, Invoice.id == LateFee.invoice_id))
    .outerjoin(WriteBack, and_(WriteBack.tenant_id == LateFee.tenant_id, WriteBack.late_fee_id == LateFee.id))
    .outerjoin(_own, and_(_own.tenant_id == WriteBack.tenant_id, _own.external_id == WriteBack.external_id))
    .where(
        LateFee.state == LateFeeState.CHARGED,
        or_(WriteBack.id.is_(None), WriteBack.state != WriteBackState.UNDONE),
        or_(_own.id.is_(None), _own.state.not_in(_GONE_STATES)),
    )
    .order_by(LateFee.invoice_id, LateFee.from_day, LateFee.kind)
)
