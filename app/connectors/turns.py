"""The turns of an organisation's calls at its vendor, counted for all processes together."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update

from app.connectors.connector import Connector
from app.connectors.pace import LimitScope, Pace, Urgency, Window
from app.kit.errors import Paused
from app.kit.ground import Ground
from app.kit.limiter_rules import Ask, Budget, Full, Place
from app.models import Connection

# How much of every limit each may use, in hundredths: who waits for a page finds room beside any pull.
_SHARE = {Urgency.BACKGROUND: 70, Urgency.PROMPT: 90, Urgency.INTERACTIVE: 100}
# How long a turn is waited for, in seconds of the machine. A longer wait is the caller's to arrange.
_PATIENCE = {Urgency.BACKGROUND: 2.0, Urgency.PROMPT: 2.0, Urgency.INTERACTIVE: 4.0}
_PLACE_AFTER = timedelta(seconds=5)
# Who is let in first and still has to wait this long waits for a day's limit: the owner is told.
_WORTH_TELLING = timedelta(hours=1)


def pace_of(
    ground: Ground,
    connector: Connector,
    organisation: str,
    urgency: Urgency,
    *,
    tenant_id: UUID | None = None,
    connection_id: UUID | None = None,
) -> Pace:
    """The pace of an organisation (its external id). Without tenant and connection: before there is a connection.

    Somebody who is just connecting is let through a pause of the organisation: the vendor itself may say whether
    it still holds.
    """
    connection = (tenant_id, connection_id) if tenant_id and connection_id else None
    return _Turns(ground, connector, organisation, urgency, connection)


def resume(ground: Ground, ledger: str, organisation: str) -> None:
    """Forget that the vendor refused this organisation's calls for a while."""
    ground.limiter.resume(_pause_key(ledger, organisation))


@dataclass(frozen=True, slots=True)
class _Turns:
    ground: Ground
    connector: Connector
    organisation: str
    urgency: Urgency
    connection: tuple[UUID, UUID] | None

    @contextmanager
    def turn(self, kind: str | None = None) -> Iterator[None]:
        place = self._place(kind)
        try:
            yield
        finally:
            self.ground.limiter.leave(place)

    def refused(self, scope: LimitScope, after: timedelta, reason: str) -> Paused:
        now = self.ground.clock.now()
        organisation = None if scope is LimitScope.APP else self.organisation
        self.ground.limiter.pause(_pause_key(self.connector.key, organisation), until=now + after, now=now)
        if scope is LimitScope.DAY:
            self._remember(now + after, reason)
        return Paused(reason, after=after)

    def _place(self, kind: str | None) -> Place:
        patience_ends, has_asked_again = time.monotonic() + _PATIENCE[self.urgency], False
        while isinstance(answer := self.ground.limiter.enter(self._ask(kind)), Full):
            seconds = answer.wait.total_seconds()
            if answer.ask_again_in is not None and not has_asked_again:
                seconds, has_asked_again = answer.ask_again_in.total_seconds(), True
            if time.monotonic() + seconds > patience_ends:
                raise self._no_room(answer)
            time.sleep(seconds)
        return answer

    def _ask(self, kind: str | None) -> Ask:
        ledger, limits = self.connector.key, self.connector.limits
        whose = f"{ledger}:{self.organisation}"
        pauses = [_pause_key(ledger, None)]
        if self.connection is not None:
            pauses.append(_pause_key(ledger, self.organisation))
        return Ask(
            now=self.ground.clock.now(),
            places_key=f"pace:{whose}:under-way",
            places=self._share_of(limits.at_once),
            budgets=(
                *(self._budget(whose, window) for window in limits.organisation),
                *(self._budget(f"{whose}:{kind}", window) for window in limits.kinds.get(kind or "", ())),
                *(self._budget(ledger, window) for window in limits.app),
            ),
            pauses=tuple(pauses),
        )

    def _budget(self, whose: str, window: Window) -> Budget:
        return Budget(f"pace:{whose}:{window.seconds}s", self._share_of(window.calls), window.seconds)

    def _share_of(self, most: int) -> int:
        return max(1, most * _SHARE[self.urgency] // 100)

    def _no_room(self, full: Full) -> Paused:
        name = self.connector.display_name
        is_watched = self.urgency is Urgency.INTERACTIVE
        then = "Please try again in a minute." if is_watched else "We go on by ourselves."
        after = _PLACE_AFTER if full.is_for_a_place else full.wait
        if is_watched and after >= _WORTH_TELLING:
            reason = f"{name}'s daily limit is used up. We go on by ourselves."
            self._remember(self.ground.clock.now() + after, reason)
            return Paused(reason, after=after)
        return Paused(f"{name} lets us ask only so often, and for now that is used up. {then}", after=after)

    def _remember(self, until: datetime, reason: str) -> None:
        """On the connection's row, where a page finds it and no loss of Redis forgets it."""
        if self.connection is None:
            return
        tenant_id, connection_id = self.connection
        with self.ground.database.tenant(tenant_id) as session:
            session.execute(
                update(Connection)
                .where(Connection.id == connection_id)
                .values(paused_until=until, paused_reason=reason)
            )


def _pause_key(ledger: str, organisation: str | None) -> str:
    return f"pace:{ledger}:{organisation}:pause" if organisation else f"pace:{ledger}:pause"
