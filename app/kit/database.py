"""PostgreSQL: one unit of work per request or task, bound to one tenant by the database itself."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.orm import Session, sessionmaker

from app.kit.errors import ConfigurationError

APP_ROLE = "duemate_app"

# A stuck client must not hold locks: each limit is far above what a healthy unit of work needs.
_SESSION_LIMITS = (
    "-c statement_timeout=60000 -c lock_timeout=10000 "
    "-c idle_in_transaction_session_timeout=60000 -c timezone=UTC"
)

_BIND = text("SELECT set_config('app.tenant_id', :id, true)")
_BIND_IN_PASSING = text(
    "SELECT set_config('app.tenant_id', :id, true), set_config('synchronous_commit', 'off', true)"
)


class Database:
    """Hands out units of work. Inside one, row-level security shows the rows of one tenant only."""

    def __init__(self, url: str, *, pool_size: int = 8, role: str | None = APP_ROLE) -> None:
        self.engine: Engine = create_engine(
            with_driver(url),
            pool_size=pool_size,
            max_overflow=8,
            pool_timeout=10,
            pool_pre_ping=True,
            connect_args={"connect_timeout": 5, "options": _SESSION_LIMITS},
        )
        if role is not None:
            event.listen(self.engine, "connect", _take_role(role))
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    @contextmanager
    def tenant(self, tenant_id: UUID, *, waits_for_disk: bool = True) -> Iterator[Session]:
        """One transaction in which only this tenant's rows exist. Commits on leaving, rolls back on error.

        One that does not wait for the disk may be lost as a whole if the database's machine dies right after.
        """
        with self._unit_of_work() as session:
            bind = _BIND if waits_for_disk else _BIND_IN_PASSING
            session.execute(bind, {"id": str(tenant_id)})
            session.info["tenant_id"] = tenant_id
            yield session

    @contextmanager
    def platform(self) -> Iterator[Session]:
        """One transaction with no tenant: for the tables that hold ids only. Tenant tables refuse it."""
        with self._unit_of_work() as session:
            yield session

    @contextmanager
    def _unit_of_work(self) -> Iterator[Session]:
        with self._sessions() as session:
            with session.begin():
                yield session
            for act in session.info.pop("after_commit", []):
                act()

    def check(self) -> None:
        """Connect once. Raises ConfigurationError if this login may not act as the app's role."""
        with self.platform() as session:
            session.execute(text("SELECT 1"))

    def close(self) -> None:
        """Give all connections back to the server."""
        self.engine.dispose()


def after_commit(session: Session, act: Callable[[], None]) -> None:
    """Do `act` once this unit of work has committed; never if it rolls back."""
    session.info.setdefault("after_commit", []).append(act)


def tenant_of(session: Session) -> UUID:
    """The tenant this unit of work is bound to."""
    tenant_id = session.info["tenant_id"]
    assert isinstance(tenant_id, UUID)  # noqa: S101 (set by Database.tenant and nowhere else)
    return tenant_id


def with_driver(url: str) -> str:
    """A PostgreSQL URL as hosts hand it out, made to name the driver we use."""
    scheme, separator, rest = url.partition("://")
    return f"postgresql+psycopg{separator}{rest}" if scheme in ("postgres", "postgresql") else url


def _take_role(role: str) -> Callable[[Any, Any], None]:
    def take(connection: Any, _record: Any) -> None:
        # An owner's login becomes the app's role, so that row security holds whoever logged in.
        autocommit, connection.autocommit = connection.autocommit, True
        try:
            connection.execute(f'SET ROLE "{role}"')
        except psycopg.errors.InsufficientPrivilege:
            raise ConfigurationError(
                f"The database login {connection.info.user} may not become {role}. An administrator of the "
                f'database can allow it: GRANT {role} TO "{connection.info.user}"'
            ) from None
        connection.autocommit = autocommit

    return take
