"""What rules ask of the late invoices of today, rule by customer: for the page, the preview and the daily look."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.late_fees.accrual import accrue
from app.late_fees.late_invoices import LateInvoice, load_late
from app.late_fees.law import law
from app.late_fees.terms import Already, Charge, Terms
from app.models import CustomerTag, LateFee, LateFeeKind, LateFeeRule, LateFeeState


@dataclass(frozen=True, slots=True)
class Asked:
    """A charge that a rule asks for."""

    rule: LateFeeRule
    late: LateInvoice
    charge: Charge
    after_day: date | None


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """A late invoice of a rule's customer that is not charged, and why."""

    late: LateInvoice
    reason: str


@dataclass
class Evaluated:
    """All that rules ask for today, and what they leave alone."""

    asked: list[Asked] = field(default_factory=list)
    left_alone: list[LeftAlone] = field(default_factory=list)


@dataclass
class _Past:
    """What an invoice was charged before."""

    already: Already = field(default_factory=Already)
    chain: dict[LateFeeKind, date] = field(default_factory=dict)


def terms_of(rule: LateFeeRule, *, charges_from: date | None = None) -> Terms:
    """A rule in values; another first day may be tried out."""
    return Terms(
        kind=rule.kind,
        currency=rule.currency,
        amount=rule.amount,
        percent=rule.percent,
        law=law(rule.law) if rule.law else None,
        with_compensation=rule.with_compensation,
        every_days=rule.every_days,
        grace_days=rule.grace_days,
        cap_percent=rule.cap_percent,
        cap_amount=rule.cap_amount,
        charges_from=charges_from or rule.charges_from or date.min,
    )


def evaluate(
    session: Session,
    rules: Sequence[LateFeeRule],
    *,
    today: date,
    zone: str,
    looked_on: date | None = None,
    charges_from: date | None = None,
    beside: Sequence[LateFeeRule] = (),
) -> Evaluated:
    """What these rules ask for. `looked_on`: as if it were that day and nobody had paid meanwhile.

    `beside`: rules that charge nothing now, but whose tags keep their customers from a rule for everybody.
    """
    found = Evaluated()
    if not rules:
        return found
    since = charges_from or min((rule.charges_from or today for rule in rules), default=today)
    currencies = {rule.currency for rule in rules}
    invoices = load_late(
        session, currencies=currencies, since=since, today=today, zone=zone, due_before=looked_on
    )
    past = _load_past(session, [late.debt.invoice_id for late in invoices])
    chosen = _Choice(session, rules, beside)
    for late in invoices:
        rule = chosen.rule_for(late)
        if rule is None:
            continue
        if rule not in rules:
            ending = "" if rule.switched_on_at else ", and it is off"
            found.left_alone.append(LeftAlone(late, f"“{rule.name}” is the rule for this customer{ending}."))
            continue
        terms = terms_of(rule, charges_from=charges_from)
        if (reason := _obstacle(terms, late)) is not None:
            found.left_alone.append(LeftAlone(late, reason))
            continue
        before = past.get(late.debt.invoice_id, _Past())
        charges = accrue(terms, late.debt, before.already, late.limit, today=looked_on or today)
        found.asked += _chained(rule, late, charges, before.chain)
    return found


def _obstacle(terms: Terms, late: LateInvoice) -> str | None:
    if late.pause is not None:
        return late.pause
    if terms.law is not None and late.country not in terms.law.countries:
        return f"The customer is not in {terms.law.place}, whose law this rule goes by."
    if terms.law is None and not late.limit.is_known and not terms.has_cap:
        return (
            "We know no limit that the law of the customer's country sets. Give the rule a limit of its own, "
            "once you have looked it up."
        )
    return None


def _chained(
    rule: LateFeeRule, late: LateInvoice, charges: list[Charge], before: Mapping[LateFeeKind, date]
) -> Iterator[Asked]:
    last = dict(before)
    for charge in charges:
        yield Asked(rule, late, charge, last.get(charge.kind))
        last[charge.kind] = charge.to_day


class _Choice:
    """Which rule is for whom: of a tag before the one for everybody, of several the oldest.

    One of a tag that charges nothing now comes after those that do, but before the one for everybody.
    """

    def __init__(self, session: Session, on: Sequence[LateFeeRule], beside: Sequence[LateFeeRule]) -> None:
        off = [rule for rule in beside if rule.tag is not None and rule not in on]
        rules = [*on, *off]
        self._rules = sorted(
            rules, key=lambda rule: (rule.tag is None, rule in off, rule.created_at, rule.id)
        )
        tags = {rule.tag for rule in rules if rule.tag}
        rows = session.execute(
            select(CustomerTag.customer_id, CustomerTag.tag).where(CustomerTag.tag.in_(tags))
        )
        self._tagged = {(customer_id, tag) for customer_id, tag in rows}

    def rule_for(self, late: LateInvoice) -> LateFeeRule | None:
        for rule in self._rules:
            is_meant = rule.tag is None or (late.customer_id, rule.tag) in self._tagged
            if is_meant and rule.currency == late.debt.currency:
                return rule
        return None


def _load_past(session: Session, invoice_ids: Collection[UUID]) -> dict[UUID, _Past]:
    decided = select(LateFee).where(
        LateFee.invoice_id.in_(invoice_ids), LateFee.state != LateFeeState.PROPOSED
    )
    found: dict[UUID, _Past] = {}
    for row in session.scalars(decided):
        past = found.setdefault(row.invoice_id, _Past())
        past.already = _with(past.already, row)
        past.chain[row.kind] = max(row.to_day, past.chain.get(row.kind, row.to_day))
    return found


def _was_not_owed(row: LateFee) -> bool:
    """Waived because nothing was owed on its day: another day may be charged for, its own one may not."""
    return row.state is LateFeeState.WAIVED and row.owed == 0


def _with(already: Already, row: LateFee) -> Already:
    counted = row.amount if row.state is LateFeeState.CHARGED else Decimal(0)
    if row.kind is LateFeeKind.COMPENSATION:
        return replace(already, has_compensation=True, charged=already.charged + counted)
    return Already(
        accrued_to=max(row.to_day, already.accrued_to or row.to_day),
        has_fee=already.has_fee or (row.kind is LateFeeKind.FEE and not _was_not_owed(row)),
        has_compensation=already.has_compensation,
        charged=already.charged + counted,
    )
