"""Asks the ledger right now: before a reminder leaves, and when a payer looks at a balance."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.connectors.base import DeletedRecord, InvoiceRecord, Resource
from app.connectors.pace import Urgency
from app.connectors.registry import open_ledger
from app.kit.ground import Ground
from app.models import Invoice, SyncCursor
from app.sync.deletion import mark_deleted
from app.sync.identity import INVOICE, mirror_id
from app.sync.tables import INVOICES, TABLES, Reading
from app.sync.upsert import upsert


def fresh_invoices(
    ground: Ground, tenant_id: UUID, invoice_ids: Collection[UUID], *, urgency: Urgency = Urgency.PROMPT
) -> dict[UUID, InvoiceRecord]:
    """The invoices as the ledger has them at this moment, by mirror id; the mirror is brought up to date with them.

    One that is absent cannot be relied on: it no longer exists in the ledger, or its answer made no sense. Say
    nothing about it. Raises Retryable, Rejected or Disconnected; then nothing is known and nothing may be said.
    Keep no unit of work open while calling.
    """
    if not invoice_ids:
        return {}
    with ground.database.tenant(tenant_id) as session:
        external_ids = list(session.scalars(select(Invoice.external_id).where(Invoice.id.in_(invoice_ids))))
    asked_at = ground.clock.now()
    ledger = open_ledger(ground, tenant_id, urgency=urgency) if external_ids else None
    answer = ledger.invoices(external_ids) if ledger else {}
    with ground.database.tenant(tenant_id) as session:
        learn(session, Reading(tenant_id, ground.sealer(session), asked_at), answer)
    return {
        mirror_id(tenant_id, INVOICE, key): record for key, record in answer.items() if record is not None
    }


def fresh_customers(ground: Ground, tenant_id: UUID) -> None:
    """Bring the mirror's customers up to date with what the ledger has changed since the last pull.

    Nobody is written to at an address that the ledger no longer has. Raises as `fresh_invoices`.
    """
    with ground.database.tenant(tenant_id) as session:
        since = session.scalar(
            select(SyncCursor.changed_since).where(SyncCursor.resource == Resource.CUSTOMERS.value)
        )
    asked_at = ground.clock.now()
    ledger = open_ledger(ground, tenant_id, urgency=Urgency.PROMPT)
    for page in ledger.changes(Resource.CUSTOMERS, since=since):
        with ground.database.tenant(tenant_id) as session:
            reading = Reading(tenant_id, ground.sealer(session), asked_at)
            upsert(session, TABLES[Resource.CUSTOMERS], reading, page.rows)
            mark_deleted(session, Resource.CUSTOMERS, reading, page.deleted)


def learn(session: Session, reading: Reading, answer: Mapping[str, InvoiceRecord | None]) -> None:
    """Write invoices that were asked for by id; those that no longer exist are marked as deleted."""
    upsert(session, INVOICES, reading, [record for record in answer.values() if record is not None])
    gone = [DeletedRecord(key, reading.read_at) for key, record in answer.items() if record is None]
    mark_deleted(session, Resource.INVOICES, reading, gone)
