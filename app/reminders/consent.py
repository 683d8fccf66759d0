"""Customers' word that their phone may be written to: given, withdrawn, given again. Kept as evidence.

Each is for one telephone: the customer's own, or a contact's.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.models import Consent, OptOut

STOP = "stop"
"""Source of an opt-out: the customer told the provider, or wrote STOP."""


def withdraw(
    session: Session,
    customer_id: UUID,
    channel: str,
    *,
    now: datetime,
    contact_id: UUID | None = None,
    note: str | None = None,
    by: UUID | None = None,
) -> None:
    """This telephone's consent ends; that it was given stays on record. `by` is the user who wrote it down, and why."""
    _end(
        session,
        [Consent.customer_id == customer_id, Consent.channel == channel, _about(contact_id)],
        now=now,
        note=note,
        by=by,
    )


def withdraw_all(session: Session, customer_id: UUID, channel: str, *, now: datetime) -> None:
    """Somebody at the customer said STOP: nothing goes to any telephone of theirs before it is agreed to anew."""
    _end(session, [Consent.customer_id == customer_id, Consent.channel == channel], now=now)


def withdraw_of_contact(session: Session, contact_id: UUID, *, note: str, now: datetime) -> None:
    """The contact is gone or has another number: the consent was for the one they had."""
    _end(session, [Consent.contact_id == contact_id], now=now, note=note)


def start_again(
    session: Session, customer_id: UUID, channel: str, *, now: datetime, contact_id: UUID | None = None
) -> None:
    """START takes back the customer's own STOP and is a consent for that telephone; the business's wish stays."""
    session.execute(
        delete(OptOut).where(
            OptOut.customer_id == customer_id, OptOut.channel == channel, OptOut.source == STOP
        )
    )
    give(session, customer_id, channel, source="message", now=now, contact_id=contact_id)


def give(
    session: Session,
    customer_id: UUID,
    channel: str,
    *,
    source: str,
    now: datetime,
    contact_id: UUID | None = None,
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
            contact_id=contact_id,
            channel=channel,
            source=source,
            note=note,
            given_by=by,
            given_at=now,
        )
        .on_conflict_do_nothing()
    )


def _about(contact_id: UUID | None) -> ColumnElement[bool]:
    return Consent.contact_id.is_(None) if contact_id is None else Consent.contact_id == contact_id


def _end(
    session: Session,
    which: Sequence[ColumnElement[bool]],
    *,
    now: datetime,
    note: str | None = None,
    by: UUID | None = None,
) -> None:
    session.execute(
        update(Consent)
        .where(*which, Consent.withdrawn_at.is_(None))
        .values(withdrawn_at=now, withdrawn_note=note, withdrawn_by=by)
    )
