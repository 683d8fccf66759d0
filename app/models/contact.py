"""People at a customer: who pays the bills, and who is told when that does not help."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import TenantRow, Timestamp, belongs_to, state_column


class ContactRole(StrEnum):
    """What a person is to the customer. A step of a cadence names the role it writes to."""

    BILLING = "billing"
    """Pays the bills: gets every reminder that names nobody else."""
    MANAGER = "manager"
    DIRECTOR = "director"
    OTHER = "other"
    """Is known, and not written to."""


class CustomerContact(TenantRow):
    """One person at a customer. Several may have one role; all of them are written to then.

    The customer's own addresses (`Customer.emails_sealed`) are no contacts: the first of them is where mails go
    while nobody has the role that is asked for.
    """

    __tablename__ = "customer_contact"
    __table_args__ = (
        belongs_to("customer", "customer_id"),
        UniqueConstraint("tenant_id", "customer_id", "external_id"),
        Index(None, "tenant_id", "customer_id"),
    )

    customer_id: Mapped[UUID]
    external_id: Mapped[str | None]
    """Marks a person that the ledger names; NULL for one that the business has written down here."""
    role: Mapped[ContactRole] = state_column(ContactRole, default=ContactRole.BILLING)
    is_role_chosen: Mapped[bool] = mapped_column(default=False, server_default=false())
    """The business has chosen the role of a person of the ledger; until then it follows the ledger. Whoever of them
    pays the bills gets copies beside the customer's own address."""
    removed_at: Mapped[datetime | None] = mapped_column(Timestamp)
    """When a person of the ledger was found to be gone from it: shown, and not written to any more."""
    name_sealed: Mapped[bytes | None]
    email_sealed: Mapped[bytes | None]
    phone_sealed: Mapped[bytes | None]
    """As it was written. Messages go there only with a consent of this contact's own."""
    dead_email_sealed: Mapped[bytes | None]
    """An address of theirs that nothing reaches. Another one in `email_sealed` is tried anew."""
    dead_since: Mapped[datetime | None] = mapped_column(Timestamp)
    dead_phone_sealed: Mapped[bytes | None]
    """A number of theirs that nothing reaches, in E.164. Another one in `phone_sealed` is tried anew."""
    dead_phone_since: Mapped[datetime | None] = mapped_column(Timestamp)
    changed_at: Mapped[datetime] = mapped_column(Timestamp)
