"""An entry whose day lies in a closed period goes to the first open day, if the business chose so."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from app.connectors.base import Ledger
from app.kit.errors import Retryable
from app.kit.ground import Ground
from app.models import ClosedPeriod, Connection
from app.payments.entries import on_another_day
from app.payments.intentions import unchanged
from app.payments.obstacles import first_open_day
from app.payments.work import Work


def move_to_open_day(ground: Ground, tenant_id: UUID, work: Work) -> None:
    """Change the entry's day, before it is sent; its reference then tells the true one.

    Raises Retryable if it was moved, so that it is looked for under its new marker first.
    """
    day = first_open_day(work)
    if day is None:
        return
    with ground.database.tenant(tenant_id) as session:
        for row in unchanged(session, work):
            row.marker, row.booked_on = on_another_day(row.marker, row.booked_on), day
    raise Retryable("The entry goes to the first open day.", after=timedelta())


def learn_closed_days(ground: Ground, tenant_id: UUID, ledger: Ledger, work: Work) -> None:
    """The ledger has refused an entry: perhaps its books were closed since we last read until when they are.

    Raises Retryable if that is so and the entry can go to the first open day; whatever else it was stays a refusal.
    """
    if work.accounts is None or work.accounts.closed_period is not ClosedPeriod.FIRST_OPEN_DAY:
        return
    closed_until = ledger.organisation().lock_date
    if first_open_day(replace(work, closed_until=closed_until)) is None:
        return
    with ground.database.tenant(tenant_id) as session:
        session.scalars(select(Connection)).one().lock_date = closed_until
    raise Retryable("The books were closed meanwhile.", after=timedelta())
