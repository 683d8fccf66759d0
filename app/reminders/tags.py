"""Tags that a business gives its customers."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.kit.errors import Rejected
from app.models import CustomerTag
from app.payments.replan import replan

LONGEST_TAG = 40
MOST_TAGS = 20


def read_tag(text: str) -> str:
    """A tag as it is kept: single spaces, no control characters. Raises Rejected if nothing or too much is left."""
    tag = " ".join("".join(one for one in text if one.isprintable()).split())
    if not tag or len(tag) > LONGEST_TAG:
        raise Rejected(f"A tag is a short word, of 1 to {LONGEST_TAG} characters.")
    return tag


def add_tag(session: Session, customer_id: UUID, text: str, *, now: datetime) -> str:
    """Tag a customer; twice changes nothing. Rules and exclusions by tag count at once."""
    tag = read_tag(text)
    if len(tags_of(session, [customer_id]).get(customer_id, [])) >= MOST_TAGS:
        raise Rejected(f"A customer can have {MOST_TAGS} tags. Take one away first.")
    values = {
        "tenant_id": tenant_of(session),
        "id": uuid4(),
        "customer_id": customer_id,
        "tag": tag,
        "created_at": now,
    }
    session.execute(insert(CustomerTag).values(values).on_conflict_do_nothing())
    replan(session, now=now)
    return tag


def remove_tag(session: Session, customer_id: UUID, tag: str, *, now: datetime) -> None:
    """Take a tag away."""
    session.execute(delete(CustomerTag).where(CustomerTag.customer_id == customer_id, CustomerTag.tag == tag))
    replan(session, now=now)


def tags_of(session: Session, customer_ids: Collection[UUID]) -> dict[UUID, list[str]]:
    """Per customer, in the order of the alphabet."""
    rows = session.execute(
        select(CustomerTag.customer_id, func.array_agg(CustomerTag.tag))
        .where(CustomerTag.customer_id.in_(customer_ids))
        .group_by(CustomerTag.customer_id)
    )
    return {customer_id: sorted(tags) for customer_id, tags in rows}


def all_tags(session: Session) -> list[tuple[str, int]]:
    """Every tag with the number of its customers."""
    rows = session.execute(
        select(CustomerTag.tag, func.count()).group_by(CustomerTag.tag).order_by(CustomerTag.tag)
    )
    return [(tag, count) for tag, count in rows]
