"""Turns proposals into charges: the ledger is asked first, everything is worked out again, and only what is still the
same as somebody saw it is charged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.clock import local_date
from app.kit.ground import Ground
from app.late_fees.accounts import require_accounts
from app.late_fees.describing import voice_for
from app.late_fees.proposing import propose
from app.late_fees.words import reference
from app.models import LateFee, LateFeeRule, LateFeeState, Tenant
from app.payments.entry_rows import add_late_fee_entry
from app.sync.fresh import fresh_invoices


@dataclass(frozen=True, slots=True)
class Charged:
    """What became of a click."""

    charged: int
    changed: int
    """No longer as they were seen: paid, disputed or of another amount by now."""


def charge(ground: Ground, tenant_id: UUID, seen: Mapping[UUID, Decimal], *, by: UUID | None) -> Charged:
    """Charge proposals, each with the amount somebody saw (or a rule worked out by itself).

    Raises Rejected with a sentence if no account is chosen for it, and whatever asking the ledger raises;
    then nothing is charged.
    """
    with ground.database.tenant(tenant_id) as session:
        rows = _proposed(session, seen)
        require_accounts(session, {row.currency for row in rows}, now=ground.clock.now())
        invoice_ids = {row.invoice_id for row in rows}
    known = fresh_invoices(ground, tenant_id, invoice_ids)
    now = ground.clock.now()
    with ground.database.tenant(tenant_id) as session:
        propose(session, now=now)
        same = [
            row for row in _proposed(session, seen) if row.amount == seen[row.id] and row.invoice_id in known
        ]
        for row in same:
            _charge(session, row, by=by, now=now)
    return Charged(len(same), len(seen) - len(same))


def _proposed(session: Session, seen: Mapping[UUID, Decimal]) -> list[LateFee]:
    """Of these, the ones that are still proposed, in the order of their days."""
    wanted = select(LateFee).where(LateFee.id.in_(list(seen)), LateFee.state == LateFeeState.PROPOSED)
    return list(session.scalars(wanted.order_by(LateFee.from_day, LateFee.id)))


def _charge(session: Session, row: LateFee, *, by: UUID | None, now: datetime) -> None:
    rule = session.get_one(LateFeeRule, (row.tenant_id, row.rule_id))
    today = local_date(now, session.get_one(Tenant, row.tenant_id).time_zone)
    row.state, row.decided_at, row.decided_by = LateFeeState.CHARGED, now, by
    row.issued_on, row.due_on = today, today + timedelta(days=rule.pay_within_days)
    session.flush()
    called = reference(voice_for(session, row.customer_id).language)
    add_late_fee_entry(session, row, now=now, called=called)
