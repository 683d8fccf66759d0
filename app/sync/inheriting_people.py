"""The people that a business wrote down at a customer that was merged away go to the winner, with their consents."""

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.kit.sealing import Sealer
from app.models import Consent, CustomerContact
from app.sync.people import DEAD_EMAIL_COLUMN, DEAD_PHONE_COLUMN, EMAIL_COLUMN, PHONE_COLUMN


def hand_on_people(session: Session, sealer: Sealer, loser: UUID, heir: UUID) -> int:
    """How many moved. Those whom the ledger names are its own to move.

    Somebody who is written down at the winner already stays as they are there; what nothing reaches is remembered.
    """
    theirs = _written_down(session, loser)
    if not theirs:
        return 0
    there = {_reached_by(sealer, row): row for row in _written_down(session, heir)}
    moved = []
    for row in theirs:
        same = there.get(_reached_by(sealer, row))
        if same is None:
            row.customer_id = heir
            moved.append(row.id)
        else:
            _remember_dead(sealer, row, same)
    session.flush()
    session.execute(update(Consent).where(Consent.contact_id.in_(moved)).values(customer_id=heir))
    return len(moved)


def _written_down(session: Session, customer_id: UUID) -> list[CustomerContact]:
    rows = select(CustomerContact).where(
        CustomerContact.customer_id == customer_id, CustomerContact.external_id.is_(None)
    )
    return list(session.scalars(rows.order_by(CustomerContact.id)))


def _reached_by(sealer: Sealer, row: CustomerContact) -> tuple[str, str]:
    """Address and number, which make two of them the same person."""
    email = sealer.open_or_empty(row.email_sealed, column=EMAIL_COLUMN, row=row.id)
    phone = sealer.open_or_empty(row.phone_sealed, column=PHONE_COLUMN, row=row.id)
    return email.lower(), "".join(phone.split())


def _remember_dead(sealer: Sealer, row: CustomerContact, same: CustomerContact) -> None:
    """What nothing reaches at one of two that are the same is not tried at the other."""
    if row.dead_since is not None and same.dead_since is None:
        dead = sealer.open_or_empty(row.dead_email_sealed, column=DEAD_EMAIL_COLUMN, row=row.id)
        same.dead_email_sealed = sealer.seal_unless_empty(dead, column=DEAD_EMAIL_COLUMN, row=same.id)
        same.dead_since = row.dead_since
    if row.dead_phone_since is not None and same.dead_phone_since is None:
        dead = sealer.open_or_empty(row.dead_phone_sealed, column=DEAD_PHONE_COLUMN, row=row.id)
        same.dead_phone_sealed = sealer.seal_unless_empty(dead, column=DEAD_PHONE_COLUMN, row=same.id)
        same.dead_phone_since = row.dead_phone_since
