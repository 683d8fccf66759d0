"""A charge that was waived by itself, because its invoice was paid in time or voided, and whose reason is gone: the
payment was deleted, the invoice is open again. Nobody is charged by surprise: somebody charges it again with a click.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.kit.clock import local_date
from app.kit.database import tenant_of
from app.kit.errors import NotFound, Rejected
from app.kit.ground import Ground
from app.late_fees.accounts import require_accounts
from app.late_fees.accrual import most
from app.late_fees.late_invoices import load_debts, load_limits
from app.late_fees.looking_again import look_again, made_as
from app.late_fees.rules import locked_rules
from app.late_fees.still_owed import limits
from app.models import (
    Invoice,
    InvoiceState,
    LateFee,
    LateFeeKind,
    LateFeeRule,
    LateFeeState,
    Tenant,
    WriteBack,
    WriteBackState,
)
from app.payments.late_fee_correction import make_again
from app.sync.fresh import fresh_invoices

_OTHERWISE = "Nothing was charged: it is no longer as you saw it. Look at it again."
_LESS = (
    "Nothing was charged: by what is in your books now, not all of it is owed. If you have just changed something "
    "there, try again in some minutes."
)
_BEYOND = "Nothing was charged: with it, the charges for this invoice would pass a limit."


def has_come_back(charge: LateFee, rule: LateFeeRule, invoice: Invoice, entry: WriteBack | None) -> bool:
    """Whether a charge went by itself and its late invoice is owed again. Pure.

    What somebody waived or corrected stays as they decided; so does what is still on its way out of the ledger. A fee
    that is charged once is proposed anew by its rule.
    """
    if charge.kind is LateFeeKind.FEE and rule.every_days is None:
        return False
    went_by_itself = charge.state is LateFeeState.WAIVED and charge.decided_by is None and charge.owed == 0
    is_out = entry is not None and entry.state is WriteBackState.UNDONE
    return went_by_itself and is_out and invoice.state is InvoiceState.OPEN and invoice.amount_due > 0


def charge_again(ground: Ground, tenant_id: UUID, charge_id: UUID, *, by: UUID, now: datetime) -> None:
    """Charge it again under the same days, dated today; the ledger is asked first.

    Raises NotFound for an unknown charge, Rejected with a sentence if it has not come back, is not owed in full, passes
    a limit or has no account, and whatever asking the ledger raises; then nothing is charged.
    """
    with ground.database.tenant(tenant_id) as session:
        charge = _find(session, charge_id)
        require_accounts(session, {charge.currency}, now=now)
        invoice_id = charge.invoice_id
    fresh_invoices(ground, tenant_id, [invoice_id])
    with ground.database.tenant(tenant_id) as session:
        stand_again(session, charge_id, by=by, now=now)


def stand_again(session: Session, charge_id: UUID, *, by: UUID, now: datetime) -> None:
    """Let a charge that has come back stand again, by what the mirror tells now. Raises Rejected with a sentence if it
    does not; the unit of work must not be kept then."""
    locked_rules(session)
    charge = _find(session, charge_id)
    invoice = session.get_one(Invoice, (charge.tenant_id, charge.invoice_id))
    rule = session.get_one(LateFeeRule, (charge.tenant_id, charge.rule_id))
    cause = select(WriteBack).where(WriteBack.late_fee_id == charge_id)
    entry = session.scalars(cause.with_for_update()).one_or_none()
    if entry is None or not has_come_back(charge, rule, invoice, entry):
        raise Rejected(_OTHERWISE)
    charge.state, charge.reason, charge.owed = LateFeeState.CHARGED, None, None
    charge.correction_asked_at = None
    charge.decided_at, charge.decided_by = now, by
    make_again(session, charge, entry, now=now)
    session.flush()
    _refuse_what_is_not_owed(session, charge, invoice, now=now)


def _refuse_what_is_not_owed(session: Session, charge: LateFee, invoice: Invoice, *, now: datetime) -> None:
    zone = session.get_one(Tenant, charge.tenant_id).time_zone
    look_again(session, zone=zone, now=now)
    if charge.state is not LateFeeState.CHARGED or charge.owed is not None:
        raise Rejected(_LESS)
    charged = select(func.sum(LateFee.amount)).where(
        LateFee.invoice_id == invoice.id, LateFee.state == LateFeeState.CHARGED
    )
    debt = load_debts(session, [invoice], zone=zone)[invoice.id]
    place = load_limits(session, [invoice])[invoice.id]
    room = most(limits(made_as(charge), debt), debt, place, today=local_date(now, zone))
    if (session.scalar(charged) or charge.amount) > room:
        raise Rejected(_BEYOND)


def _find(session: Session, charge_id: UUID) -> LateFee:
    charge = session.get(LateFee, (tenant_of(session), charge_id))
    if charge is None:
        raise NotFound("There is no such charge.")
    return charge
