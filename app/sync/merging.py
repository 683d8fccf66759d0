"""Follows customers that have become inactive: merged into another one, as a rule.

A merge moves the loser's documents to the winner, and not every ledger dates them anew. So right after the customers,
before anything else, the open invoices of those that vanished are read again by id. Not every ledger says who the
winner is; then the invoices say it. What the loser asked for, or was granted, goes on with the winner.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.connectors.base import InvoiceRecord, Resource
from app.connectors.registry import open_ledger
from app.kit.ground import Ground
from app.sync import progress
from app.sync.fresh import learn
from app.sync.identity import CUSTOMER, mirror_id
from app.sync.inheriting import Moves, inherit
from app.sync.progress import Run
from app.sync.reading import ResourceRead
from app.sync.tables import Reading

# All that are open; of a customer that has none open, the latest, which says who the winner is.
_TO_ASK_FOR = """
    SELECT DISTINCT ON (customer.id, CASE WHEN invoice.state = 'open' THEN invoice.id END)
           invoice.external_id, customer.external_id
    FROM customer JOIN invoice ON invoice.tenant_id = customer.tenant_id AND invoice.customer_id = customer.id
    WHERE customer.external_id = ANY(:vanished) AND invoice.state <> 'deleted'
      AND (invoice.state = 'open' OR NOT EXISTS (
        SELECT FROM invoice AS other WHERE other.tenant_id = customer.tenant_id
        AND other.customer_id = customer.id AND other.state = 'open'))
    ORDER BY customer.id, CASE WHEN invoice.state = 'open' THEN invoice.id END, invoice.issued_on DESC, invoice.id
"""


def follow_customers(ground: Ground, run: Run, read: ResourceRead) -> int:
    """Read the invoices of vanished customers again and let the winners inherit; how much is different now.

    Only then does the cursor of customers move: a pull that breaks off before finds the same customers again.
    Raises what the ledger raises.
    """
    moves = _moved_invoices(ground, run, read.vanished) if read.vanished else {}
    with ground.database.tenant(run.tenant_id) as session:
        inherited = inherit(session, ground.sealer(session), moves, now=ground.clock.now())
        if read.complete_until is not None:
            progress.move_cursor(session, run, Resource.CUSTOMERS, read.complete_until)
    return sum(moves.values()) + inherited


def _moved_invoices(ground: Ground, run: Run, vanished: Collection[str]) -> Moves:
    """How many invoices have gone from which customer to which, by the mirror's ids.

    The ledger is opened anew: the pull's own may be reading the next resource already.
    """
    with ground.database.tenant(run.tenant_id) as session:
        owners = _owners(session, vanished)
    if not owners:
        return {}
    asked_at = ground.clock.now()
    answer = open_ledger(ground, run.tenant_id).invoices(sorted(owners))
    with ground.database.tenant(run.tenant_id) as session:
        learn(session, Reading(run.tenant_id, ground.sealer(session), asked_at), answer)
    return _moves(run.tenant_id, owners, answer)


def _owners(session: Session, vanished: Collection[str]) -> dict[str, str]:
    """Per invoice to ask for, the customer the mirror knows it from; both by the ledger's ids."""
    rows = session.execute(text(_TO_ASK_FOR), {"vanished": sorted(vanished)})
    return {invoice: customer for invoice, customer in rows}  # noqa: C416 (a Row is no pair of types)


def _moves(
    tenant_id: UUID, owners: Mapping[str, str], answer: Mapping[str, InvoiceRecord | None]
) -> dict[tuple[UUID, UUID], int]:
    return Counter(
        (
            mirror_id(tenant_id, CUSTOMER, owners[external_id]),
            mirror_id(tenant_id, CUSTOMER, record.customer_external_id),
        )
        for external_id, record in answer.items()
        if record is not None and record.customer_external_id != owners[external_id]
    )
