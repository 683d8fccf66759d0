"""Whether a tenant's plan is still right: nothing has changed that planning looks at, and its time is not over.

The database marks every such change in the transaction that makes it (`app.models.plan_state`).
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.models import Sending

# What this unit of work writes follows from what it has read, so it adds no mark.
#
# PostgreSQL knows nothing of a tenant that came after its last statistics and expects one row of it: a nested loop
# over ten thousand then takes minutes, where any other join takes milliseconds.
# A crash of the server may lose the last plans, each with its marks and with whatever followed from it: they are made
# again, and so need not wait for the disk.
# The marks are read before the lock is had, so what else is read afterwards is never older than they are.
_BEGIN = text("""
    SELECT set_config('app.plan_marked', CAST(:tenant AS text), true), set_config('enable_nestloop', 'off', true),
           set_config('synchronous_commit', 'off', true),
           ARRAY(SELECT id FROM plan_mark WHERE tenant_id = CAST(:tenant AS uuid)), time_zone, sending
    FROM tenant FOR NO KEY UPDATE
""")
_KEEP = text("""
    WITH seen AS (DELETE FROM plan_mark WHERE id = ANY(:marks))
    INSERT INTO plan_state (tenant_id, planned_at, stale_at, sends_mail)
    VALUES (:tenant, :now, :stale_at, :sends_mail)
    ON CONFLICT (tenant_id) DO UPDATE
    SET planned_at = excluded.planned_at, stale_at = excluded.stale_at, sends_mail = excluded.sends_mail
""")
_IS_FRESH = text("""
    SELECT EXISTS (
        SELECT FROM plan_state WHERE tenant_id = :tenant AND planned_at <= :now AND stale_at > :now
        AND sends_mail = :sends_mail
    ) AND NOT EXISTS (SELECT FROM plan_mark WHERE tenant_id = :tenant)
""")
_STALE = text("""
    SELECT DISTINCT r.tenant_id FROM route r LEFT JOIN plan_state p ON p.tenant_id = r.tenant_id
    WHERE r.kind = ANY(:ledgers) AND (
        p.tenant_id IS NULL OR p.planned_at > :now OR p.stale_at <= :now
        OR r.tenant_id IN (SELECT tenant_id FROM plan_mark)
    )
""")


@dataclass(frozen=True, slots=True)
class Marks:
    """The changes that a planning sees because they had been committed before it read anything."""

    tenant_id: UUID
    ids: list[int]


@dataclass(frozen=True, slots=True)
class Begun:
    """A planning under way: the tenant's row is locked, so that planning, claiming and confirming take turns."""

    marks: Marks
    zone: str
    sending: Sending


def begin(session: Session, tenant_id: UUID) -> Begun | None:
    """The first statement of a unit of work that plans; None if there is no such tenant."""
    row = session.execute(_BEGIN, {"tenant": str(tenant_id)}).one_or_none()
    if row is None:
        return None
    *_, ids, zone, sending = row
    return Begun(Marks(tenant_id, ids), zone, Sending(sending))


def keep(session: Session, marks: Marks, *, now: datetime, stale_at: datetime, sends_mail: bool) -> None:
    """The plan is made; whatever changed since the marks were read keeps its mark."""
    values = {"now": now, "stale_at": stale_at, "sends_mail": sends_mail}
    session.execute(_KEEP, {"tenant": marks.tenant_id, "marks": marks.ids, **values})


def is_fresh(session: Session, tenant_id: UUID, *, now: datetime, sends_mail: bool) -> bool:
    """Whether planning again would give the same. When in doubt it says no."""
    values = {"tenant": tenant_id, "now": now, "sends_mail": sends_mail}
    return bool(session.scalar(_IS_FRESH, values))


def stale_tenants(session: Session, ledgers: list[str], *, now: datetime) -> list[UUID]:
    """Tenants with books of one of these ledgers whose plan may be wrong, or that have none."""
    return list(session.scalars(_STALE, {"ledgers": ledgers, "now": now}))
