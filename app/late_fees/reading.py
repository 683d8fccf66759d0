"""Late fees for the pages: proposals, charges and how each stands in the ledger, what a rule would charge."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from uuid import UUID

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session, aliased

from app.late_fees.charging_again import has_come_back
from app.late_fees.evaluating import Evaluated, evaluate
from app.late_fees.rules import all_rules
from app.models import (
    Customer,
    Invoice,
    InvoiceState,
    LateFee,
    LateFeeRule,
    LateFeeState,
    Tenant,
    WriteBack,
    WriteBackState,
)

_Wanted = Select[LateFee, LateFeeRule, str, Invoice, WriteBack | None, Invoice | None]

PREVIEW_DAYS = 30
MOST_SHOWN = 200
_GONE = (InvoiceState.VOIDED, InvoiceState.DELETED)


@dataclass(frozen=True, slots=True)
class ChargeRow:
    """A charge as a list shows it."""

    charge: LateFee
    rule_name: str
    customer_name: str
    invoice_number: str
    entry_state: WriteBackState | None
    """How it stands in the ledger; None while nothing was asked of the ledger."""
    entry_reason: str | None
    number: str | None
    """The number of the charge's own invoice, once it is in the mirror."""
    own_invoice_id: UUID | None
    left: Decimal | None
    """What is open of it, once it is in the mirror."""
    is_gone: bool
    """Its invoice was voided or deleted."""
    is_changed: bool
    """Its invoice has another amount in the ledger than we entered."""
    has_come_back: bool
    """It was waived by itself, and its late invoice is owed again."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule would charge."""

    now: Evaluated
    later: Evaluated
    """As if nobody paid for a month."""
    later_on: date


def charges(session: Session, *states: LateFeeState) -> list[ChargeRow]:
    """Charges in these states, the newest first; proposals in the order of their customers."""
    own = aliased(Invoice)
    is_proposed = LateFeeState.PROPOSED in states
    order = (
        (Customer.name, Invoice.number, LateFee.from_day)
        if is_proposed
        else (LateFee.decided_at.desc(), Invoice.number, LateFee.from_day)
    )
    return _listed(session, _charges(own).where(LateFee.state.in_(states)).order_by(*order))


def corrections(session: Session) -> list[ChargeRow]:
    """Charges of which less is owed than was charged, for somebody to decide."""
    own = aliased(Invoice)
    wanted = _charges(own).where(
        LateFee.state == LateFeeState.CHARGED,
        LateFee.owed.is_not(None),
        LateFee.correction_asked_at.is_(None),
        WriteBack.state.is_distinct_from(WriteBackState.UNDONE),
    )
    return _listed(session, wanted.order_by(Customer.name, Invoice.number, LateFee.from_day))


def _listed(session: Session, wanted: _Wanted) -> list[ChargeRow]:
    return [
        ChargeRow(
            charge=charge,
            rule_name=rule.name,
            customer_name=customer_name,
            invoice_number=late.number,
            entry_state=entry.state if entry else None,
            entry_reason=entry.reason if entry else None,
            number=mirrored.number if mirrored else None,
            own_invoice_id=mirrored.id if mirrored else None,
            left=mirrored.amount_due if mirrored else None,
            is_gone=mirrored is not None and mirrored.state in _GONE,
            is_changed=mirrored is not None and mirrored.total != charge.amount,
            has_come_back=has_come_back(charge, rule, late, entry),
        )
        for charge, rule, customer_name, late, entry, mirrored in session.execute(wanted.limit(MOST_SHOWN))
    ]


def preview(session: Session, rule: LateFeeRule, *, today: date, charges_from: date) -> Preview:
    """What a rule would charge, whether it is on or not: not those for whom there is one of a tag."""
    zone = session.scalars(select(Tenant)).one().time_zone
    later_on = today + timedelta(days=PREVIEW_DAYS)
    look = partial(
        evaluate,
        session,
        [rule],
        today=today,
        zone=zone,
        charges_from=charges_from,
        beside=all_rules(session),
    )
    return Preview(now=look(), later=look(looked_on=later_on), later_on=later_on)


def _charges(own: type[Invoice]) -> _Wanted:
    return (
        select(LateFee, LateFeeRule, Customer.name, Invoice, WriteBack, own)
        .join(
            LateFeeRule, and_(LateFeeRule.tenant_id == LateFee.tenant_id, LateFeeRule.id == LateFee.rule_id)
        )
        .join(Customer, and_(Customer.tenant_id == LateFee.tenant_id, Customer.id == LateFee.customer_id))
        .join(Invoice, and_(Invoice.tenant_id == LateFee.tenant_id, Invoice.id == LateFee.invoice_id))
        .outerjoin(
            WriteBack,
            and_(WriteBack.tenant_id == LateFee.tenant_id, WriteBack.late_fee_id == LateFee.id),
        )
        .outerjoin(own, and_(own.tenant_id == WriteBack.tenant_id, own.external_id == WriteBack.external_id))
    )
