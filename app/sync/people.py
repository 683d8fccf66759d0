"""Keeps the contacts of customers in line with the people that the ledger names.

A ledger gives people no ids: one is known again by the address, else by the name. What the business has said about
them here (the role, a telephone) stays. Who is gone from the ledger is marked, not removed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.connectors.base import CustomerRecord, PersonRecord
from app.kit.sealing import Sealer
from app.models import ContactRole, CustomerContact
from app.sync.tables import Reading

NAME_COLUMN, EMAIL_COLUMN = "customer_contact.name", "customer_contact.email"
PHONE_COLUMN, DEAD_EMAIL_COLUMN, DEAD_PHONE_COLUMN = (
    "customer_contact.phone",
    "customer_contact.dead_email",
    "customer_contact.dead_phone",
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A person of the ledger as the mirror has them."""

    id: UUID
    name: str = field(repr=False)
    email: str = field(repr=False)
    is_gone: bool


@dataclass(frozen=True, slots=True)
class Settled:
    """Who is who."""

    known: tuple[tuple[Kept, PersonRecord], ...]
    new: tuple[PersonRecord, ...]
    gone: tuple[Kept, ...]
    """Those who are not named any more, and were until now."""


def settled(named: Sequence[PersonRecord], there: Sequence[Kept]) -> Settled:
    """Each person once: by the address, then by the name, those still there before those who were gone. Pure."""
    left = sorted(there, key=lambda one: one.is_gone)
    found: dict[int, Kept] = {}
    for mark in ("email", "name"):
        for place, person in enumerate(named):
            told = getattr(person, mark).lower()
            same = next((one for one in left if told and getattr(one, mark).lower() == told), None)
            if same is not None and place not in found:
                found[place] = same
                left.remove(same)
    return Settled(
        known=tuple((kept, named[place]) for place, kept in sorted(found.items(), key=lambda pair: pair[0])),
        new=tuple(person for place, person in enumerate(named) if place not in found),
        gone=tuple(one for one in left if not one.is_gone),
    )


def follow_people(session: Session, reading: Reading, customers: Mapping[UUID, CustomerRecord]) -> None:
    """Bring the contacts of these customers, which were just written, in line with their people."""
    rows: dict[UUID, list[CustomerContact]] = {}
    for row in session.scalars(
        select(CustomerContact).where(
            CustomerContact.customer_id.in_(customers), CustomerContact.external_id.is_not(None)
        )
    ):
        rows.setdefault(row.customer_id, []).append(row)
    for customer_id, record in customers.items():
        if record.people or customer_id in rows:
            _follow(session, reading, customer_id, record.people, rows.get(customer_id, []))
    session.flush()


def _follow(
    session: Session,
    reading: Reading,
    customer_id: UUID,
    named: Sequence[PersonRecord],
    rows: Sequence[CustomerContact],
) -> None:
    by_id = {row.id: row for row in rows}
    found = settled(named, [_kept(reading.sealer, row) for row in rows])
    for kept, person in found.known:
        _change(reading, by_id[kept.id], kept, person)
    for person in found.new:
        session.add(_new(reading, customer_id, person))
    for kept in found.gone:
        by_id[kept.id].removed_at = by_id[kept.id].changed_at = reading.read_at


def _change(reading: Reading, row: CustomerContact, kept: Kept, person: PersonRecord) -> None:
    wanted: dict[str, Any] = {"removed_at": None}
    seal = reading.sealer.seal_unless_empty
    if not row.is_role_chosen:
        wanted["role"] = _role(person)
    if kept.name != person.name:
        wanted["name_sealed"] = seal(person.name, column=NAME_COLUMN, row=row.id)
    if kept.email != person.email:
        wanted["email_sealed"] = seal(person.email, column=EMAIL_COLUMN, row=row.id)
    for column, value in wanted.items():
        if getattr(row, column) != value:
            setattr(row, column, value)
            row.changed_at = reading.read_at


def _new(reading: Reading, customer_id: UUID, person: PersonRecord) -> CustomerContact:
    row_id, seal = uuid4(), reading.sealer.seal_unless_empty
    return CustomerContact(
        tenant_id=reading.tenant_id,
        id=row_id,
        customer_id=customer_id,
        external_id=str(row_id),
        role=_role(person),
        name_sealed=seal(person.name, column=NAME_COLUMN, row=row_id),
        email_sealed=seal(person.email, column=EMAIL_COLUMN, row=row_id),
        changed_at=reading.read_at,
    )


def _role(person: PersonRecord) -> ContactRole:
    """Until the business says otherwise: who gets the ledger's mails gets ours."""
    return ContactRole.BILLING if person.is_written_to else ContactRole.OTHER


def _kept(sealer: Sealer, row: CustomerContact) -> Kept:
    """Whose name and address do not open is a new one."""
    return Kept(
        row.id,
        sealer.open_or_empty(row.name_sealed, column=NAME_COLUMN, row=row.id),
        sealer.open_or_empty(row.email_sealed, column=EMAIL_COLUMN, row=row.id),
        is_gone=row.removed_at is not None,
    )
