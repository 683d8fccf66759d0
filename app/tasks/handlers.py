"""Which function does which kind of task. Registered beside the feature the task belongs to."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from app.kit.errors import NotFound
from app.kit.ground import Ground


@dataclass(frozen=True)
class Assignment:
    """A task as its handler sees it."""

    id: UUID
    kind: str
    tenant_id: UUID | None
    subject_id: UUID | None
    attempts: int
    renew: Callable[[], None]
    """Tell that the worker is alive; raises LeaseLost if the task is no longer ours. Long handlers call it."""

    @property
    def tenant(self) -> UUID:
        """The tenant of a task that has one."""
        return _present(self.tenant_id)

    @property
    def subject(self) -> UUID:
        """The row of a task that has one."""
        return _present(self.subject_id)


def _present(value: UUID | None) -> UUID:
    if value is None:
        raise NotFound("The task names no row.")
    return value


class Handler(Protocol):
    """Does a task. Returns when done; raises a port error to be retried, parked or settled later."""

    def __call__(self, ground: Ground, task: Assignment, /) -> None: ...


HANDLERS: dict[str, Handler] = {}


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Register the decorated function for a kind of task. A kind has one handler."""

    def register(handler: Handler) -> Handler:
        if kind in HANDLERS:
            raise ValueError(f"{kind} has two handlers")
        HANDLERS[kind] = handler
        return handler

    return register
