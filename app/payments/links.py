"""The durable address in a reminder: one customer, whatever is open when it is clicked, the reminder's currency first.

Its token is random and kept only as a hash. It is also what proves a wish to get no more reminders.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.kit.errors import NotFound
from app.kit.ground import Ground
from app.kit.tokens import new_short_token, new_token, token_hash
from app.models import PayLink, Route

ROUTE_KIND = "pay_link"
LINK_LIFE = timedelta(days=400)
"""Longer than any books stay open; after it an old mailbox shows nobody's invoices."""
_PAY, _STOP = "/pay/", "/unsubscribe/"
_KEEP = text("""
    WITH new AS (
        SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:customers AS uuid[]), CAST(:currencies AS text[]),
                             CAST(:reminders AS uuid[]), CAST(:hashes AS text[]))
            AS t(id, customer_id, currency, reminder_id, hashed)
    ), routed AS (
        INSERT INTO route (kind, outside_key, tenant_id, subject_id)
        SELECT :kind, hashed, CAST(:tenant AS uuid), id FROM new
    )
    INSERT INTO pay_link (tenant_id, id, customer_id, currency, reminder_id, token_hash, created_at)
    SELECT CAST(:tenant AS uuid), id, customer_id, currency, reminder_id, hashed, CAST(:now AS timestamptz) FROM new
""")


@dataclass(frozen=True, slots=True)
class LinkPlace:
    """Where a token leads."""

    tenant_id: UUID
    link_id: UUID


@dataclass(frozen=True, slots=True)
class NewPayLink:
    """An address that is in no table yet."""

    token: str = field(repr=False)
    url: str = field(repr=False)


def new_pay_link(ground: Ground, *, is_short: bool = False) -> NewPayLink:
    """A fresh address; it leads somewhere once it has been kept. A short one is for text messages."""
    token = new_short_token() if is_short else new_token()
    return NewPayLink(token, pay_url(ground, token))


def keep_pay_links(
    session: Session, links: Sequence[tuple[NewPayLink, UUID, str, UUID]], *, now: datetime
) -> None:
    """Keep links in this unit of work, each with its customer, currency and reminder."""
    values = {
        "tenant": tenant_of(session),
        "now": now,
        "kind": ROUTE_KIND,
        "ids": [uuid4() for _ in links],
        "customers": [customer_id for _, customer_id, _, _ in links],
        "currencies": [currency for _, _, currency, _ in links],
        "reminders": [reminder_id for _, _, _, reminder_id in links],
        "hashes": [token_hash(link.token) for link, _, _, _ in links],
    }
    session.execute(_KEEP, values)


def make_pay_link(
    session: Session,
    ground: Ground,
    *,
    customer_id: UUID,
    currency: str,
    reminder_id: UUID | None,
    now: datetime,
) -> str:
    """A new link in this unit of work; its address, which cannot be had again."""
    token, link_id, tenant_id = new_token(), uuid4(), tenant_of(session)
    session.add(
        PayLink(
            tenant_id=tenant_id,
            id=link_id,
            customer_id=customer_id,
            currency=currency,
            reminder_id=reminder_id,
            token_hash=token_hash(token),
            created_at=now,
        )
    )
    session.add(
        Route(kind=ROUTE_KIND, outside_key=token_hash(token), tenant_id=tenant_id, subject_id=link_id)
    )
    session.flush()
    return pay_url(ground, token)


def pay_url(ground: Ground, token: str) -> str:
    """The pay page of a token."""
    return f"{ground.settings.public_url}{_PAY}{token}"


def unsubscribe_url(pay_url: str) -> str:
    """The address at which the customer of a pay link asks for no more reminders."""
    before, _, token = pay_url.rpartition(_PAY)
    return f"{before}{_STOP}{token}"


def find_link(ground: Ground, token: str) -> LinkPlace | None:
    """Where a token from outside leads; None if it was never ours."""
    with ground.database.platform() as session:
        route = session.get(Route, (ROUTE_KIND, token_hash(token)))
        return LinkPlace(route.tenant_id, route.subject_id) if route else None


def revoke_link(session: Session, link_id: UUID, *, now: datetime) -> None:
    """Make a link say that it is no longer in use. Money on its way is not touched."""
    link = session.get(PayLink, (tenant_of(session), link_id))
    if link is None:
        raise NotFound("There is no such link.")
    link.revoked_at = link.revoked_at or now
