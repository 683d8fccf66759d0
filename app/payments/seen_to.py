"""A difference that is not ours to book: the bookkeeper has seen to it and says so, or takes that back."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.kit.errors import NotFound, Rejected
from app.models import SettledDifference, Tenant
from app.payments.reconciliation_lines import Line, lines
from app.payments.reconciliation_rows import causes_of

_CHANGED = "This line has changed since you looked at it. Look at its amounts again."


def settle_difference(
    session: Session, *, source: str, currency: str, amount: Decimal, by: UUID, now: datetime
) -> None:
    """Nothing is left to do about what `source` moved, though the ledger lacks `amount` of it by our entries.

    Raises NotFound if nothing is known of it, Rejected if the difference is another one by now or is settled by
    its own entry.
    """
    line = _line(session, source, currency)
    if line.cause.settled is not None and line.agrees:
        return
    if not line.can_be_settled or line.difference != amount:
        raise Rejected(_CHANGED)
    reopen_difference(session, source=source, currency=currency, by=by, now=now)
    insertion = insert(SettledDifference).values(
        tenant_id=tenant_of(session),
        id=uuid4(),
        source=source,
        currency=currency,
        amount=amount,
        settled_by=by,
        settled_at=now,
    )
    # Whoever ticks it at the same moment has said the same.
    session.execute(insertion.on_conflict_do_nothing())


def reopen_difference(session: Session, *, source: str, currency: str, by: UUID, now: datetime) -> None:
    """It counts as a difference again; who had settled it, and when, is kept."""
    settled = session.scalars(
        select(SettledDifference)
        .where(
            SettledDifference.source == source,
            SettledDifference.currency == currency,
            SettledDifference.reopened_at.is_(None),
        )
        .with_for_update()
    ).one_or_none()
    if settled is not None:
        settled.reopened_by, settled.reopened_at = by, now
        session.flush()


def _line(session: Session, source: str, currency: str) -> Line:
    zone = ZoneInfo(session.get_one(Tenant, tenant_of(session)).time_zone)
    found = lines(causes_of(session, {source}, currency=currency, zone=zone))
    if not found:
        raise NotFound("Nothing is known of this.")
    return found[0]
