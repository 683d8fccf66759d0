"""The worker process: RQ pops rings, one at a time; the row says whether there is anything to do."""

import time
from contextlib import suppress
from types import FrameType

import redis
from rq import SimpleWorker
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer

from app.kit.ground import Ground
from app.kit.log import get_log
from app.tasks import worker
from app.tasks.bell import GuardedJob, connect, queue, use_bell

_log = get_log("tasks")
_WAIT_SECONDS = 1.0


class _Listener(SimpleWorker):
    """RQ ends its loop alike when it is told to stop and when Redis fails it; this one knows which it was."""

    was_told_to_stop = False

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        self.was_told_to_stop = True
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]


def work(ground: Ground) -> None:
    """Serve rings until told to stop. A Redis that is away, or that refuses (a replica not yet promoted, no memory
    left), is waited for: tasks are safe in PostgreSQL."""
    worker.serve(ground)
    url = ground.settings.redis_url.get_secret_value()
    use_bell(url)
    # Told to stop while it waits: RQ's handler says so by raising this.
    with suppress(StopRequested):
        while not _has_served_until_told(url):
            time.sleep(_WAIT_SECONDS)


def _has_served_until_told(url: str) -> bool:
    """Serve while Redis lets us; whether we were told to stop."""
    bell = None
    try:
        bell = _listener(url)
        bell.work(logging_level="WARNING")
    except redis.RedisError as away:
        _log.warning("worker.waiting", reason=type(away).__name__)
    return bell is not None and bell.was_told_to_stop


def _listener(url: str) -> _Listener:
    """It already speaks to Redis when it is made."""
    connection = connect(url)
    return _Listener(
        [queue(connection)], connection=connection, serializer=JSONSerializer, job_class=GuardedJob
    )
