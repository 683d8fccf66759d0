"""An entry whose day lies in a closed period goes to the first open day, if the business chose so."""

from datetime import timedelta
from uuid import UUID

from app.kit.errors import Retryable
from app.kit.ground import Ground
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
        row = unchanged(session, work)
        row.marker, row.booked_on = on_another_day(row.marker, row.booked_on), day
    raise Retryable("The entry goes to the first open day.", after=timedelta())
