"""The people at a customer: read for sending, written down by the business, marked when nothing reaches them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.kit.errors import NotFound, Rejected
from app.kit.sealing import Sealer
from app.models import ContactRole, Customer, CustomerContact
from app.payments.replan import replan
from app.reminders.addresses import is_valid
from app.reminders.consent import withdraw_of_contact
from app.reminders.phone_numbers import mobile_number
from app.sync.people import (
    DEAD_EMAIL_COLUMN,
    DEAD_PHONE_COLUMN,
    EMAIL_COLUMN,
    NAME_COLUMN,
    PHONE_COLUMN,
)

ROLES: Mapping[ContactRole, str] = {
    ContactRole.BILLING: "Pays the bills",
    ContactRole.MANAGER: "Manager",
    ContactRole.DIRECTOR: "Owner or director",
    ContactRole.OTHER: "Somebody else, not written to",
}
MOST_CONTACTS = 20
_LONGEST = 200


@dataclass(frozen=True)
class Person:
    """One contact, opened."""

    id: UUID
    role: ContactRole
    name: str = field(repr=False)
    email: str = field(repr=False)
    phone: str = field(repr=False)
    is_of_ledger: bool
    """The ledger names them: name and address are changed there, role and telephone here."""
    dead_since: datetime | None
    """Since when nothing reaches the address; None while it is tried."""
    dead_number: str = field(default="", repr=False)
    """A number that nothing reaches, in E.164; empty if there is none."""
    dead_number_since: datetime | None = None
    removed_at: datetime | None = None
    """Since when the ledger names them no more."""

    @property
    def is_written_to(self) -> bool:
        """Whether anything may go to them at all."""
        return self.removed_at is None and self.role is not ContactRole.OTHER

    @property
    def gets_copies(self) -> bool:
        """The ledger names them beside the customer, and they pay the bills."""
        return self.is_of_ledger and self.is_written_to and self.role is ContactRole.BILLING

    def mobile(self, country: str) -> str | None:
        """Where texts reach the person, in E.164; the number is read as one of this country unless it names another."""
        return mobile_number(self.phone, country)


@dataclass(frozen=True)
class NewPerson:
    """A contact as it was typed."""

    role: str
    name: str = field(repr=False)
    email: str = field(repr=False)
    phone: str = field(repr=False)


def people_of(
    session: Session, sealer: Sealer, customer_ids: Collection[UUID]
) -> dict[UUID, tuple[Person, ...]]:
    """The contacts of these customers, in one query; those written down first come first."""
    rows = session.scalars(
        select(CustomerContact)
        .where(CustomerContact.customer_id.in_(customer_ids))
        .order_by(CustomerContact.role, CustomerContact.changed_at, CustomerContact.id)
    )
    found: dict[UUID, tuple[Person, ...]] = {}
    for row in rows:
        found[row.customer_id] = (*found.get(row.customer_id, ()), _opened(sealer, row))
    return found


def write_down(
    session: Session,
    sealer: Sealer,
    customer_id: UUID,
    typed: NewPerson,
    *,
    now: datetime,
    contact_id: UUID | None = None,
) -> None:
    """Add a contact, or change one: of a person of the ledger, the role and the telephone. Raises Rejected and
    NotFound."""
    if session.get(Customer, (tenant_of(session), customer_id)) is None:
        raise NotFound("There is no such customer here.")
    row = _present(session, customer_id, contact_id) if contact_id else _added(session, customer_id)
    _refuse(typed, is_of_ledger=row.external_id is not None)
    if row.external_id is None:
        row.name_sealed = sealer.seal_unless_empty(typed.name.strip(), column=NAME_COLUMN, row=row.id)
        row.email_sealed = sealer.seal_unless_empty(typed.email.strip(), column=EMAIL_COLUMN, row=row.id)
    elif row.role != typed.role:
        row.is_role_chosen = True
    row.role, row.changed_at = ContactRole(typed.role), now
    if sealer.open_or_empty(row.phone_sealed, column=PHONE_COLUMN, row=row.id) != typed.phone.strip():
        withdraw_of_contact(session, row.id, note="The contact has another number.", now=now)
    row.phone_sealed = sealer.seal_unless_empty(typed.phone.strip(), column=PHONE_COLUMN, row=row.id)
    session.add(row)
    session.flush()
    replan(session, now=now)


def take_away(session: Session, customer_id: UUID, contact_id: UUID, *, now: datetime) -> None:
    """Forget a contact that the business had added. Raises NotFound, and Rejected for a person of the ledger."""
    row = _present(session, customer_id, contact_id)
    if row.external_id is not None:
        raise Rejected(
            "The ledger names this person. Remove them there, or give them a role that gets nothing."
        )
    session.delete(row)
    withdraw_of_contact(session, contact_id, note="The contact was taken away.", now=now)
    session.flush()
    replan(session, now=now)


def mark_dead(session: Session, sealer: Sealer, customer_id: UUID, address: str, *, now: datetime) -> bool:
    """Write no more to this address of a contact; whether one of the customer's has it."""
    is_theirs = False
    for row in session.scalars(select(CustomerContact).where(CustomerContact.customer_id == customer_id)):
        if sealer.open_or_empty(row.email_sealed, column=EMAIL_COLUMN, row=row.id).lower() == address.lower():
            row.dead_email_sealed = sealer.seal(address, column=DEAD_EMAIL_COLUMN, row=row.id)
            row.dead_since, is_theirs = now, True
    session.flush()
    return is_theirs


def remember_dead(
    session: Session, sealer: Sealer, customer_id: UUID, address: str, *, now: datetime
) -> None:
    """Write no more to an address that the ledger names without a person, such as a copy of an invoice's mails."""
    row = CustomerContact(
        tenant_id=tenant_of(session),
        id=uuid4(),
        customer_id=customer_id,
        role=ContactRole.OTHER,
        dead_since=now,
        changed_at=now,
    )
    row.email_sealed = sealer.seal(address, column=EMAIL_COLUMN, row=row.id)
    row.dead_email_sealed = sealer.seal(address, column=DEAD_EMAIL_COLUMN, row=row.id)
    session.add(row)
    session.flush()


def mark_dead_number(
    session: Session, sealer: Sealer, customer: Customer, number: str, *, country: str, now: datetime
) -> bool:
    """Text no more to this number of a contact, given in E.164; whether one of the customer's has it."""
    is_theirs = False
    for row in session.scalars(select(CustomerContact).where(CustomerContact.customer_id == customer.id)):
        written = sealer.open_or_empty(row.phone_sealed, column=PHONE_COLUMN, row=row.id)
        if mobile_number(written, customer.country_code or country) == number:
            row.dead_phone_sealed = sealer.seal(number, column=DEAD_PHONE_COLUMN, row=row.id)
            row.dead_phone_since, is_theirs = now, True
    session.flush()
    return is_theirs


def _opened(sealer: Sealer, row: CustomerContact) -> Person:
    """What does not open counts as missing, so that nobody is written to by mistake."""
    email = sealer.open_or_empty(row.email_sealed, column=EMAIL_COLUMN, row=row.id)
    dead = sealer.open_or_empty(row.dead_email_sealed, column=DEAD_EMAIL_COLUMN, row=row.id)
    return Person(
        id=row.id,
        role=row.role,
        name=sealer.open_or_empty(row.name_sealed, column=NAME_COLUMN, row=row.id),
        email=email,
        phone=sealer.open_or_empty(row.phone_sealed, column=PHONE_COLUMN, row=row.id),
        is_of_ledger=row.external_id is not None,
        dead_since=row.dead_since if email and dead.lower() == email.lower() else None,
        dead_number=sealer.open_or_empty(row.dead_phone_sealed, column=DEAD_PHONE_COLUMN, row=row.id),
        dead_number_since=row.dead_phone_since,
        removed_at=row.removed_at,
    )


def _added(session: Session, customer_id: UUID) -> CustomerContact:
    same = (CustomerContact.customer_id == customer_id) & CustomerContact.external_id.is_(None)
    if len(session.scalars(select(CustomerContact.id).where(same)).all()) >= MOST_CONTACTS:
        raise Rejected(f"A customer has at most {MOST_CONTACTS} contacts here. Take one away first.")
    return CustomerContact(tenant_id=tenant_of(session), id=uuid4(), customer_id=customer_id)


def _present(session: Session, customer_id: UUID, contact_id: UUID) -> CustomerContact:
    row = session.get(CustomerContact, (tenant_of(session), contact_id), with_for_update=True)
    if row is None or row.customer_id != customer_id:
        raise NotFound("There is no such contact here.")
    return row


def _refuse(typed: NewPerson, *, is_of_ledger: bool) -> None:
    if typed.role not in set(ContactRole):
        raise Rejected("Choose what the person is to the customer.")
    if max(len(typed.name), len(typed.email), len(typed.phone)) > _LONGEST:
        raise Rejected(f"Write at most {_LONGEST} characters.")
    if is_of_ledger:
        return
    if not typed.email.strip() and not typed.phone.strip():
        raise Rejected("Write an e-mail address or a telephone number, so that the person can be reached.")
    if typed.email.strip() and not is_valid(typed.email.strip()):
        raise Rejected("That is not a valid e-mail address, such as accounts@example.com.")
