"""A business's channels, opened when they are first needed and closed together."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from app.channels.base import Channel
from app.channels.registry import CHANNELS, open_channel
from app.kit.ground import Ground
from app.reminders.mail_servers import mail_access
from app.reminders.phone_accounts import access_of, phone_account


class Openings:
    """Used by one thread; the channels themselves may be used by several."""

    def __init__(self, ground: Ground, tenant_id: UUID) -> None:
        with ground.database.tenant(tenant_id) as session:
            account = phone_account(session)
            self._access = access_of(session, ground, account) if account else None
            self._mail = mail_access(session, ground)
        self._settings = ground.settings
        self._open: dict[str, Channel | None] = {}

    def get(self, name: str) -> Channel | None:
        """The channel; None while it is not set up, or if nobody knows it."""
        if name not in CHANNELS:
            return None
        if name not in self._open:
            self._open[name] = open_channel(self._settings, name, self._access, self._mail)
        return self._open[name]

    @property
    def ready(self) -> frozenset[str]:
        """The names of the channels that messages can leave by."""
        return frozenset(name for name in CHANNELS if self.get(name) is not None)

    def close(self) -> None:
        for channel in self._open.values():
            if channel is not None:
                channel.close()


@contextmanager
def opened(ground: Ground, tenant_id: UUID) -> Iterator[Openings]:
    """The channels of one business, closed at the end."""
    openings = Openings(ground, tenant_id)
    try:
        yield openings
    finally:
        openings.close()
