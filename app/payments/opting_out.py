"""A customer's wish to get no more reminders, and taking it back."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.kit.errors import NotFound
from app.models import OptOut, PayLink
from app.payments.replan import replan

EMAIL = "email"
ONE_CLICK, PAGE = "one_click", "page"
OWNER = "owner"
"""Source of a wish of the business itself."""


def opt_out(session: Session, link_id: UUID, *, source: str, now: datetime) -> None:
    """No more reminders by e-mail for the customer of this link. Asking twice changes nothing."""
    keep_wish(session, _customer(session, link_id), EMAIL, source=source, now=now)
    replan(session, now=now)


def keep_wish(session: Session, customer_id: UUID, channel: str, *, source: str, now: datetime) -> None:
    """The customer's own wish for a channel. It takes the place of the business's, which could be taken back."""
    wish = insert(OptOut).values(
        tenant_id=tenant_of(session),
        id=uuid4(),
        customer_id=customer_id,
        channel=channel,
        source=source,
        created_at=now,
    )
    session.execute(
        wish.on_conflict_do_update(
            index_elements=["tenant_id", "customer_id", "channel"],
            set_={"source": source, "created_at": now},
            where=OptOut.source == OWNER,
        )
    )


def opt_in_again(session: Session, link_id: UUID, *, now: datetime) -> None:
    """Take back what the customer asked for; a wish of the business itself stays."""
    session.execute(
        delete(OptOut).where(
            OptOut.customer_id == _customer(session, link_id),
            OptOut.channel == EMAIL,
            OptOut.source.in_([ONE_CLICK, PAGE]),
        )
    )
    replan(session, now=now)


def _customer(session: Session, link_id: UUID) -> UUID:
    link = session.get(PayLink, (tenant_of(session), link_id))
    if link is None:
        raise NotFound("This link leads nowhere.")
    return link.customer_id
