"""A worker that waits for an answer which never comes, for as long as its own time-outs let it."""

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from app.kit.ground import Ground
from app.tasks.worker import run_task
from tests.storms.line import Line


class Patient:
    """Does tasks with a vendor at the other end of a line, beside everybody else."""

    def __init__(self, ground: Ground, line: Line) -> None:
        self._ground, self._line = ground, line
        self._thread = ThreadPoolExecutor(1)

    def begin(self, task: UUID) -> "Future[None]":
        return self._thread.submit(self._do, task)

    def end(self) -> None:
        """Whoever still waits is told that the line is cut."""
        self._line.close()
        self._thread.shutdown()
        self._ground.database.close()

    def _do(self, task: UUID) -> None:
        # The database may be killed meanwhile: the next who comes finds an outcome that nobody has written down.
        with suppress(DBAPIError):
            run_task(self._ground, task)
