"""Reads from the ledger whatever changed and writes it into the mirror."""

from collections.abc import Callable, Sequence
from contextlib import closing
from uuid import UUID

from app.connectors.base import Ledger, OrganisationRecord, Resource
from app.connectors.registry import open_ledger
from app.kit.collecting import rarely_collecting
from app.kit.errors import Disconnected, DueMateError
from app.kit.ground import Ground
from app.kit.log import get_log
from app.kit.turns_of_threads import quick_turns
from app.models import Connection, Tenant
from app.sync import progress
from app.sync.asking import ask_for_plan
from app.sync.due import Thoroughness, is_due
from app.sync.merging import follow_customers
from app.sync.progress import Findings, Run
from app.sync.proving import prove
from app.sync.reading import ResourceRead, read_resources

_OUR_FAULT = "Something went wrong on our side. We try again by ourselves."
_log = get_log("sync")


def pull(
    ground: Ground,
    tenant_id: UUID,
    connection_id: UUID,
    *,
    renew: Callable[[], None],
    thoroughness: Thoroughness = Thoroughness.EVERYTHING,
) -> None:
    """One pull of a living connection: organisation first, then the resources in their order.

    What was read whole is compared with the ledger and repaired. If anything changed, a new plan is asked for.
    `renew` is called between pages. Raises what the ledger raises; pages that were written stay written, and the
    next pull goes on from there.
    """
    ledger = open_ledger(ground, tenant_id)
    run = progress.begin(ground, tenant_id, connection_id)
    try:
        with rarely_collecting(), quick_turns():
            found = _read(ground, run, ledger, thoroughness, renew)
    except Exception as failure:
        progress.fail(ground, run, failure.reason if isinstance(failure, DueMateError) else _OUR_FAULT)
        if isinstance(failure, Disconnected):
            with ground.database.tenant(tenant_id) as session:
                ask_for_plan(session, tenant_id, now=ground.clock.now())
        raise
    with ground.database.tenant(tenant_id) as session:
        progress.finish(session, run, found, now=ground.clock.now())
        if found.changed or run.is_first:
            ask_for_plan(session, tenant_id, now=ground.clock.now())
    if found.differences:
        _log.warning("sync.mirror_differs", tenant_id=str(tenant_id), groups=len(found.differences))


def _read(
    ground: Ground, run: Run, ledger: Ledger, thoroughness: Thoroughness, renew: Callable[[], None]
) -> Findings:
    found = Findings()
    if is_due(Resource.ACCOUNTS, run, thoroughness):
        found.changed += _read_organisation(ground, run, ledger.organisation())
    if all(is_due(resource, run, thoroughness) for resource in Resource):
        # All together, so that the ledger works on the next one while one is being written and compared.
        _read_some(ground, run, ledger, tuple(Resource), found, renew)
        return found
    are_invoices_changed = False
    for resource in Resource:
        if is_due(resource, run, thoroughness, are_invoices_changed=are_invoices_changed):
            [read] = _read_some(ground, run, ledger, (resource,), found, renew)
            are_invoices_changed |= resource is Resource.INVOICES and read.told_of_any
        else:
            found.is_whole = False
    return found


def _read_some(
    ground: Ground,
    run: Run,
    ledger: Ledger,
    resources: Sequence[Resource],
    found: Findings,
    renew: Callable[[], None],
) -> list[ResourceRead]:
    """Read resources one after the other, each followed up before the next is written; add what they brought."""
    done: list[ResourceRead] = []
    with closing(read_resources(ground, run, ledger, resources, renew)) as reads:
        for read in reads:
            _follow_up(ground, run, read, found, renew)
            done.append(read)
    return done


def _follow_up(
    ground: Ground, run: Run, read: ResourceRead, found: Findings, renew: Callable[[], None]
) -> None:
    if read.resource is Resource.CUSTOMERS:
        read.changed += follow_customers(ground, run, read)
    if read.is_whole:
        proof = prove(ground, run, read, renew)
        found.repaired += proof.repaired
        found.lines += proof.lines
    found.is_whole &= read.is_whole
    found.changed += read.changed
    found.left_out += read.left_out


def _read_organisation(ground: Ground, run: Run, organisation: OrganisationRecord) -> int:
    """Name, currency, zone and closed period as the ledger has them now. 1 if any of them changed."""
    with ground.database.tenant(run.tenant_id) as session:
        tenant = session.get_one(Tenant, run.tenant_id)
        connection = session.get_one(Connection, (run.tenant_id, run.connection_id))
        tenant.name, tenant.base_currency = organisation.name, organisation.base_currency
        tenant.country_code, tenant.time_zone = organisation.country_code, organisation.time_zone
        # An address without a state takes nothing away.
        tenant.region = organisation.region or tenant.region
        connection.lock_date, connection.short_code = organisation.lock_date, organisation.short_code
        return int(session.is_modified(tenant) or session.is_modified(connection))
