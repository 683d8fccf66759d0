"""Turns for work that somebody else may have taken over: asked right before each call, when its turn has come.

Between a look at the ledger and an entry lie other calls and the waiting for turns; a worker that was frozen meanwhile
(SIGSTOP, a paused virtual machine) wakes with a key that the ledger may never have heard of.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from app.connectors.pace import LimitScope, Pace
from app.kit.errors import Retryable


@dataclass(frozen=True, slots=True)
class FencedPace:
    """Another pace, whose turns are only used by whom the work still belongs to."""

    pace: Pace
    still_ours: Callable[[], None]
    """Raises what ends the work if it is not."""

    @contextmanager
    def turn(self, kind: str | None = None) -> Iterator[None]:
        with self.pace.turn(kind):
            self.still_ours()
            yield

    def refused(self, scope: LimitScope, after: timedelta, reason: str) -> Retryable:
        return self.pace.refused(scope, after, reason)
