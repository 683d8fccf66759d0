"""Reads from the ledger whatever changed and writes it into the mirror, page by page."""

from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from app.connectors.base import Ledger, OrganisationRecord, Page, Resource
from app.connectors.registry import open_ledger
from app.kit.errors import Disconnected, DueMateError
from app.kit.ground import Ground
from app.models import Connection, Tenant
from app.sync import progress
from app.sync.asking import ask_for_plan
from app.sync.progress import Run
from app.sync.reading_ahead import read_ahead
from app.sync.tables import TABLES, Reading
from app.sync.upsert import upsert

_OUR_FAULT = "Something went wrong on our side. We try again by ourselves."


def pull(ground: Ground, tenant_id: UUID, connection_id: UUID, *, renew: Callable[[], None]) -> None:
    """One pull of a living connection: organisation first, then every resource in its order.

    If anything changed, a new plan is asked for. `renew` is called between pages. Raises what the ledger raises;
    pages that were written stay written, and the next pull goes on from there.
    """
    ledger = open_ledger(ground, tenant_id)
    run = progress.begin(ground, tenant_id, connection_id)
    try:
        changed = _read_organisation(ground, run, ledger.organisation())
        left_out: list[str] = []
        for resource in Resource:
            changed += _read_resource(ground, run, ledger, resource, left_out, renew)
    except Exception as failure:
        progress.fail(ground, run, failure.reason if isinstance(failure, DueMateError) else _OUR_FAULT)
        if isinstance(failure, Disconnected):
            with ground.database.tenant(tenant_id) as session:
                ask_for_plan(session, tenant_id, now=ground.clock.now())
        raise
    with ground.database.tenant(tenant_id) as session:
        progress.finish(session, run, left_out, now=ground.clock.now())
        if changed or run.is_first:
            ask_for_plan(session, tenant_id, now=ground.clock.now())


def _read_resource(
    ground: Ground,
    run: Run,
    ledger: Ledger,
    resource: Resource,
    left_out: list[str],
    renew: Callable[[], None],
) -> int:
    with ground.database.tenant(run.tenant_id) as session:
        before = progress.turn_to(session, run, resource)
    changed = 0
    pages = ledger.changes(resource, since=run.since(resource))
    with closing(read_ahead(pages, ground.clock, renew=renew)) as coming:
        for asked_at, page in coming:
            changed += _write_page(ground, run, resource, page, before, asked_at)
            left_out += page.left_out
    return changed


def _write_page(
    ground: Ground, run: Run, resource: Resource, page: Page, before: int, asked_at: datetime
) -> int:
    with ground.database.tenant(run.tenant_id) as session:
        # Rows and cursor go together, so a crash of the server at worst loses both, and they are read again.
        session.execute(text("SET LOCAL synchronous_commit = off"))
        reading = Reading(run.tenant_id, ground.sealer(session), asked_at)
        changed = upsert(session, TABLES[resource], reading, page.rows).changed
        progress.record_page(session, run, resource, page, before=before, changed=changed)
    return changed


def _read_organisation(ground: Ground, run: Run, organisation: OrganisationRecord) -> int:
    """Name, currency, zone and closed period as the ledger has them now. 1 if any of them changed."""
    with ground.database.tenant(run.tenant_id) as session:
        tenant = session.get_one(Tenant, run.tenant_id)
        connection = session.get_one(Connection, (run.tenant_id, run.connection_id))
        tenant.name, tenant.base_currency = organisation.name, organisation.base_currency
        tenant.country_code, tenant.time_zone = organisation.country_code, organisation.time_zone
        connection.lock_date, connection.short_code = organisation.lock_date, organisation.short_code
        return int(session.is_modified(tenant) or session.is_modified(connection))
