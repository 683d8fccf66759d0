"""Who works for an organisation here, and taking one of them away. Membership is asked at every request of theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.errors import NotFound, Rejected
from app.kit.ground import Ground
from app.models import Membership, UserAccount


@dataclass(frozen=True)
class Member:
    """One person who may open this organisation's pages."""

    id: UUID
    name: str
    email: str
    since: datetime
    gets_notices: bool
    """Mails about payments go to whoever has been here longest."""


def members(ground: Ground, tenant_id: UUID) -> list[Member]:
    """Whoever has been here longest comes first."""
    with ground.database.platform() as session:
        rows = session.execute(
            select(UserAccount, Membership.created_at)
            .join(Membership, Membership.user_id == UserAccount.id)
            .where(Membership.tenant_id == tenant_id)
            .order_by(Membership.created_at, UserAccount.id)
        ).all()
    opened = ground.platform_sealer().open
    return [
        Member(
            user.id,
            opened(user.name_sealed, column="user_account.name", row=user.id),
            opened(user.email_sealed, column="user_account.email", row=user.id),
            since,
            gets_notices=place == 0,
        )
        for place, (user, since) in enumerate(rows)
    ]


def remove_member(ground: Ground, tenant_id: UUID, leaving: UUID, *, asked_by: UUID) -> None:
    """End one person's way to the organisation. Raises Rejected for oneself, NotFound for whom it does not know.

    The rows are locked, so that two people who remove each other do not leave an organisation without anybody.
    """
    if leaving == asked_by:
        raise Rejected("You cannot remove yourself. Somebody else who works here can.")
    with ground.database.platform() as session:
        here = {row.user_id: row for row in _locked(session, tenant_id)}
        if leaving not in here or asked_by not in here:
            raise NotFound("There is no such person here any more.")
        session.delete(here[leaving])


def _locked(session: Session, tenant_id: UUID) -> Sequence[Membership]:
    return session.scalars(
        select(Membership)
        .where(Membership.tenant_id == tenant_id)
        .order_by(Membership.user_id)
        .with_for_update()
    ).all()
