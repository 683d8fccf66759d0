"""Customers whose tag the business excluded."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.models import CustomerTag, ExcludedTag, HoldKind, HoldScope
from app.reminders.situation import Stop


def stops_of_tags(session: Session) -> Iterator[tuple[tuple[HoldScope, UUID], Stop]]:
    """The customers that have an excluded tag."""
    same = and_(CustomerTag.tenant_id == ExcludedTag.tenant_id, CustomerTag.tag == ExcludedTag.tag)
    rows = session.execute(select(CustomerTag.customer_id, CustomerTag.tag).join(ExcludedTag, same))
    for customer_id, tag in rows:
        stop = Stop(f"Customers tagged “{tag}” get no reminders", None, HoldKind.TAG)
        yield (HoldScope.CUSTOMER, customer_id), stop
