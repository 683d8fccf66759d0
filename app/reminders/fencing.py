"""The last question before a message is handed over: is it still this worker's to send?

A worker may have been stopped for longer than its lease (SIGSTOP, a virtual machine that was paused), and whoever
took over may have planned the reminder again. Such a worker's own clocks cannot be trusted to know; the database does.
"""

import threading
import time
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import text

from app.kit.ground import Ground

# For so long one answer counts for a whole portion. Nobody can take over within it: a lease has more than this left.
ANSWER_LASTS_SECONDS = 0.25
_LEFT_SECONDS = 30
_STILL_OURS = text("""
    SELECT m.id FROM message m JOIN reminder r ON r.tenant_id = m.tenant_id AND r.id = m.reminder_id
    WHERE m.id = ANY(:ids) AND m.state = 'sending' AND r.state = 'sending'
      AND r.lease_until > now() + make_interval(secs => :left)
""")


class Fence:
    """For the messages of one portion, whose intents were just committed. Used by all threads that hand them over."""

    def __init__(
        self, ground: Ground, tenant_id: UUID, message_ids: Collection[UUID], *, since: float
    ) -> None:
        """`since` is a monotonic time at which all of them were surely ours."""
        self._ground, self._tenant_id, self._asked_about = ground, tenant_id, list(message_ids)
        self._lock, self._ours, self._known_at = threading.Lock(), frozenset(message_ids), since

    def lets_pass(self, message_id: UUID) -> bool:
        """Whether the message is ours by an answer of the database that is a quarter of a second old at most."""
        with self._lock:
            if time.monotonic() - self._known_at > ANSWER_LASTS_SECONDS:
                self._ask()
            return message_id in self._ours

    def _ask(self) -> None:
        asked_at = time.monotonic()
        with self._ground.database.tenant(self._tenant_id) as session:
            values = {"ids": self._asked_about, "left": _LEFT_SECONDS}
            self._ours = frozenset(session.scalars(_STILL_OURS, values))
        self._known_at = asked_at
