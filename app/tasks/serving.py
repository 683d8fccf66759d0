"""The worker process: RQ pops rings, one at a time; the row says whether there is anything to do."""

import time

import redis
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from app.kit.ground import Ground
from app.kit.log import get_log
from app.tasks import worker
from app.tasks.bell import GuardedJob, connect, queue, use_bell

_log = get_log("tasks")
_WAIT_SECONDS = 1.0


def work(ground: Ground) -> None:
    """Serve rings until told to stop. A Redis that is away is waited for: tasks are safe in PostgreSQL."""
    worker.serve(ground)
    url = ground.settings.redis_url.get_secret_value()
    use_bell(url)
    while True:
        connection = connect(url)
        bell = SimpleWorker(
            [queue(connection)], connection=connection, serializer=JSONSerializer, job_class=GuardedJob
        )
        try:
            bell.work(logging_level="WARNING")
        except redis.RedisError as away:
            _log.warning("worker.waiting", reason=type(away).__name__)
            time.sleep(_WAIT_SECONDS)
        else:
            return
