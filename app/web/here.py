"""What a view stands on: the ground of this process, the time, and the current organisation's unit of work."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import cast
from uuid import UUID

from flask import current_app, g
from sqlalchemy.orm import Session

from app.kit.clock import local_date
from app.kit.ground import Ground


def ground() -> Ground:
    """The ground that the application was made with."""
    return cast(Ground, current_app.extensions["ground"])


def now() -> datetime:
    """Business time."""
    return ground().clock.now()


def user_id() -> UUID:
    """The signed-in user. Only for routes that are not public."""
    return cast(UUID, g.user_id)


def tenant_id() -> UUID:
    """The organisation the user is looking at. Only for routes that need one."""
    return cast(UUID, g.tenant_id)


def today() -> date:
    """The calendar date where the organisation is."""
    return local_date(now(), g.organisation.time_zone)


@contextmanager
def workspace() -> Iterator[Session]:
    """One transaction in which only the current organisation's rows exist. Render after leaving it."""
    with ground().database.tenant(tenant_id()) as session:
        yield session
