"""The bell: RQ over Redis, carrying task ids. Losing any ring, or all of Redis, loses nothing."""

from uuid import UUID

import redis
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer

from app.kit.log import get_log

QUEUE = "duemate"
# What a worker may be asked to run. RQ's JSON serializer alone would run any importable function.
ALLOWED_FUNCTION = "app.tasks.worker.run"

_log = get_log("tasks")
_connections: dict[str, redis.Redis] = {}


class GuardedJob(Job):
    """A job that refuses to be anything but one of our own tasks."""

    @property
    def func(self) -> object:
        if self.func_name != ALLOWED_FUNCTION:
            raise PermissionError("this queue runs durable tasks only")
        return super().func


def connect(url: str) -> redis.Redis:
    """Redis with timeouts; opens no connection yet. A worker's blocking read sets its own longer wait."""
    return redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=None, health_check_interval=30)


def use_bell(url: str) -> None:
    """Tell this process where Redis is. Without it rings are left to the sweeper of another process."""
    _connections["bell"] = redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=2)


def queue(connection: redis.Redis) -> Queue:
    """The one queue: a worker on two queues loses jobs when it is killed."""
    return Queue(QUEUE, connection=connection, serializer=JSONSerializer, job_class=GuardedJob)


def ring(*task_ids: UUID, is_waited_for: bool = False) -> None:
    """Ask some worker to look at these tasks, before all others if somebody is watching. Never raises: the sweeper
    rings again."""
    connection = _connections.get("bell")
    if connection is None:
        return
    bell = queue(connection)
    jobs = [
        Queue.prepare_data(
            ALLOWED_FUNCTION,
            (str(task_id),),
            result_ttl=0,
            failure_ttl=60,
            timeout=900,
            at_front=is_waited_for,
        )
        for task_id in task_ids
    ]
    try:
        bell.enqueue_many(jobs)
    except redis.RedisError as unreachable:
        _log.warning("bell.unreachable", reason=type(unreachable).__name__)
