"""What the people who did something here are called."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from app.models import UserAccount
from app.web.here import ground


def names_of(user_ids: Collection[UUID]) -> dict[UUID, str]:
    """By their ids: the name that they sign in with, else the address; nobody who is unknown by now."""
    if not user_ids:
        return {}
    opened = ground().platform_sealer().open
    with ground().database.platform() as session:
        rows = session.scalars(select(UserAccount).where(UserAccount.id.in_(user_ids))).all()
    names = {row.id: opened(row.name_sealed, column="user_account.name", row=row.id) for row in rows}
    mails = {row.id: opened(row.email_sealed, column="user_account.email", row=row.id) for row in rows}
    return {one: names[one] or mails[one] for one in names if names[one] or mails[one]}
