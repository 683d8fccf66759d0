"""What every room stands on, built once per process and handed down."""

from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.kit.clock import Clock, OffsetFileClock, SystemClock
from app.kit.database import Database, tenant_of
from app.kit.errors import NotFound
from app.kit.limiter import Limiter
from app.kit.sealing import LocalMasterKey, Sealer, tenant_sealer
from app.kit.settings import Settings


@dataclass(frozen=True)
class Ground:
    """Settings, clock, database and keys of this process."""

    settings: Settings
    clock: Clock
    database: Database
    master_key: LocalMasterKey = field(repr=False)

    @classmethod
    def from_settings(cls, settings: Settings, *, clock: Clock | None = None, pool_size: int = 8) -> "Ground":
        """Connects to nothing yet; the first unit of work does."""
        moved = OffsetFileClock(settings.clock_file) if settings.clock_file else SystemClock()
        return cls(
            settings=settings,
            clock=clock or moved,
            database=Database(settings.database_url.get_secret_value(), pool_size=pool_size),
            master_key=LocalMasterKey(settings.master_key_bytes),
        )

    @cached_property
    def limiter(self) -> Limiter:
        """The limiter of this process, which counts together with all others."""
        return Limiter(self.settings.redis_url.get_secret_value())

    def sealer(self, session: Session) -> Sealer:
        """The sealer of the tenant this unit of work is bound to."""
        tenant_id: UUID = tenant_of(session)
        wrapped = session.scalar(text("SELECT data_key FROM tenant WHERE id = :id"), {"id": tenant_id})
        if wrapped is None:
            raise NotFound("This organisation no longer exists.")
        return tenant_sealer(self.master_key, tenant_id=tenant_id, wrapped_key=bytes(wrapped))

    def platform_sealer(self) -> Sealer:
        """The sealer for what belongs to no tenant: our own users and half-done sign-ins."""
        return Sealer(self.master_key.derived("platform"), "platform")
