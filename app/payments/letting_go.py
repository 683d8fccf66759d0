"""An invoice that cannot take its part any more leaves the payment that it was to be a line of."""

from datetime import timedelta
from typing import NoReturn
from uuid import UUID

from app.kit.errors import Retryable
from app.kit.ground import Ground
from app.models import WriteBackState
from app.payments.intentions import unchanged
from app.payments.ledger_entry import Obstacle
from app.payments.together import part_ways
from app.payments.work import Work
from app.payments.write_back_rows import wake


def let_go(ground: Ground, tenant_id: UUID, work: Work, obstacle: Obstacle) -> NoReturn:
    """Make entries of their own of those that cannot go along: each is asked about by itself, the rest is booked.

    The caller is certain that no attempt at the whole is still under way. Raises Retryable always: the entry is another
    one now, and is looked for anew.
    """
    now = ground.clock.now()
    with ground.database.tenant(tenant_id) as session:
        rows = unchanged(session, work)
        gone = part_ways(session, rows, obstacle.apart)
        for row in gone:
            row.state, row.reason = WriteBackState.WAITING, None
        # Whoever led may have gone: the rest is another row's task then.
        for row in rows:
            wake(session, row, now=now)
    raise Retryable("Some invoices of this payment are booked by themselves.", after=timedelta())
