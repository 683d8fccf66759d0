"""Does the mirror say what the ledger says? Reads everything afresh and compares counts and sums.

It shares no arithmetic with the pull: the ledger's side is added up here, the mirror's side by the database.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.connectors.base import CreditNoteRecord, InvoiceRecord, Ledger, PaymentRecord, Record, Resource
from app.connectors.registry import LEDGERS, open_ledger
from app.kit.ground import Ground
from app.models import Route

_NOTHING = (0, Decimal(0), Decimal(0))
Sums = tuple[int, Decimal, Decimal]
Group = tuple[str, str, str]

_MIRROR = {
    Resource.INVOICES: """
        SELECT state, currency, count(*), sum(total), sum(amount_due) FROM invoice GROUP BY 1, 2""",
    Resource.CREDIT_NOTES: """
        SELECT state, currency, count(*), sum(total), sum(remaining) FROM credit_note GROUP BY 1, 2""",
    Resource.PAYMENTS: """
        SELECT CASE WHEN is_deleted THEN 'deleted' ELSE 'live' END, currency, count(*), sum(amount), sum(amount)
        FROM ledger_payment GROUP BY 1, 2""",
}


@dataclass(frozen=True, slots=True)
class MirrorLine:
    """One kind of document in one state and currency: how many, their total, and what is still due of it."""

    resource: str
    state: str
    currency: str
    ledger: Sums
    mirror: Sums

    @property
    def is_equal(self) -> bool:
        return self.ledger == self.mirror


@dataclass(frozen=True, slots=True)
class MirrorReport:
    """The comparison, line by line."""

    lines: tuple[MirrorLine, ...]

    @property
    def is_equal(self) -> bool:
        return all(line.is_equal for line in self.lines)

    @property
    def differences(self) -> tuple[MirrorLine, ...]:
        return tuple(line for line in self.lines if not line.is_equal)


def connected_tenants(ground: Ground) -> list[UUID]:
    """Every tenant that has a ledger."""
    with ground.database.platform() as session:
        found = session.scalars(select(Route.tenant_id).where(Route.kind.in_(LEDGERS)).distinct())
        return sorted(found)


def compare(ground: Ground, tenant_id: UUID) -> MirrorReport:
    """Read the whole ledger and compare. Raises what the ledger raises.

    Documents that change while it reads may show as a difference; compare again after the next pull.
    """
    in_ledger = _ledger_sums(open_ledger(ground, tenant_id))
    with ground.database.tenant(tenant_id) as session:
        in_mirror = _mirror_sums(session)
    groups = sorted({*in_ledger, *in_mirror})
    return MirrorReport(
        tuple(
            MirrorLine(*group, in_ledger.get(group, _NOTHING), in_mirror.get(group, _NOTHING))
            for group in groups
        )
    )


def _ledger_sums(ledger: Ledger) -> Mapping[Group, Sums]:
    latest = {
        (resource, record.external_id): record
        for resource in _MIRROR
        for page in ledger.changes(resource, since=None)
        for record in page.rows
    }
    return _added_up((resource, record) for (resource, _), record in latest.items())


def _added_up(records: Iterable[tuple[Resource, Record]]) -> Mapping[Group, Sums]:
    sums: dict[Group, Sums] = defaultdict(lambda: _NOTHING)
    for resource, record in records:
        state, currency, total, left = _figures(record)
        count, totals, lefts = sums[resource.value, state, currency]
        sums[resource.value, state, currency] = (count + 1, totals + total, lefts + left)
    return sums


def _figures(record: Record) -> tuple[str, str, Decimal, Decimal]:
    match record:
        case InvoiceRecord():
            return record.state.value, record.currency, record.total, record.amount_due
        case CreditNoteRecord():
            return record.state.value, record.currency, record.total, record.remaining
        case PaymentRecord():
            return "deleted" if record.is_deleted else "live", record.currency, record.amount, record.amount
        case _:
            raise ValueError("only documents are compared")


def _mirror_sums(session: Session) -> Mapping[Group, Sums]:
    return {
        (resource.value, state, currency): (count, total, left)
        for resource, statement in _MIRROR.items()
        for state, currency, count, total, left in session.execute(text(statement))
    }
