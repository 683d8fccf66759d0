"""Customers' word that their phone may be written to: given, withdrawn, given again. Kept as evidence."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.models import Consent, OptOut
from app.reminders.consequences import STOP


def withdraw(
    session: Session,
    customer_id: UUID,
    channel: str,
    *,
    now: datetime,
    note: str | None = None,
    by: UUID | None = None,
) -> None:
    """The customer's consent ends; that it was given stays on record. `by` is the user who wrote it down, and why."""
    session.execute(
        update(Consent)
        .where(Consent.customer_id == customer_id, Consent.channel == channel, Consent.withdrawn_at.is_(None))
        .values(withdrawn_at=now, withdrawn_note=note, withdrawn_by=by)
    )


def start_again(session: Session, customer_id: UUID, channel: str, *, now: datetime) -> None:
    """START takes back the customer's own STOP and is a consent of its own; the business's wish stays."""
    session.execute(
        delete(OptOut).where(
            OptOut.customer_id == customer_id, OptOut.channel == channel, OptOut.source == STOP
        )
    )
    give(session, customer_id, channel, source="message", now=now)


def give(
    session: Session,
    customer_id: UUID,
    channel: str,
    *,
    source: str,
    now: datetime,
    note: str | None = None,
    by: UUID | None = None,
) -> None:
    """Record a consent, with how it was given and who wrote it down. One that is in force stays as it is."""
    session.execute(
        insert(Consent)
        .values(
            tenant_id=tenant_of(session),
            id=uuid4(),
            customer_id=customer_id,
            channel=channel,
            source=source,
            note=note,
            given_by=by,
            given_at=now,
        )
        .on_conflict_do_nothing()
    )
