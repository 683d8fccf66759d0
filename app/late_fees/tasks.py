"""The durable task of late fees: several times a day every connected tenant's charges are worked out anew."""

from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.connectors.registry import LEDGERS
from app.kit.errors import Rejected
from app.kit.ground import Ground
from app.late_fees.charging import charge
from app.late_fees.proposing import propose, proposed
from app.models import Connection, ConnectionState, LateFeeRule, Route
from app.payments.left_behind import wake_left_behind
from app.tasks import kinds
from app.tasks.handlers import Assignment, handles
from app.tasks.queue import Wanted, enqueue_all
from app.tasks.schedules import periodically


@periodically(kinds.LATE_FEES, every=timedelta(hours=6))
def look_regularly(session: Session, now: datetime) -> None:
    """Have every tenant with a ledger looked at."""
    tenants = select(Route.tenant_id).where(Route.kind.in_(LEDGERS)).distinct()
    wanted = [Wanted(f"{kinds.LATE_FEES}:{tenant}", tenant, None) for tenant in session.scalars(tenants)]
    enqueue_all(session, wanted, kind=kinds.LATE_FEES, run_at=now, now=now)


@handles(kinds.LATE_FEES)
def look(ground: Ground, task: Assignment) -> None:
    """Propose, waive what came in time, and charge what a rule may charge by itself."""
    now = ground.clock.now()
    with ground.database.tenant(task.tenant) as session:
        if not session.scalar(select(exists().where(LateFeeRule.id.is_not(None)))) or not _is_read(session):
            return
        # A business without a card account has no other sweep that would.
        wake_left_behind(session, now=now)
        propose(session, now=now)
        by_themselves = set(session.scalars(select(LateFeeRule.id).where(LateFeeRule.by_itself)))
        wanted = [row for row in proposed(session) if row.rule_id in by_themselves]
    for currency in sorted({row.currency for row in wanted}):
        task.renew()
        # No account is chosen: the proposals stay, and their page says what is missing. Others are charged.
        with suppress(Rejected):
            seen = {row.id: row.amount for row in wanted if row.currency == currency}
            charge(ground, task.tenant, seen, by=None)


def _is_read(session: Session) -> bool:
    """Whether the books are known: nobody is charged from a mirror that is not kept."""
    connection = session.scalars(select(Connection)).one_or_none()
    return (
        connection is not None
        and connection.state is ConnectionState.ACTIVE
        and connection.read_whole_at is not None
    )
