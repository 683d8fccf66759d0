"""The bell over a real Redis, and what a worker refuses to run."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest
import redis
from sqlalchemy import text

from app.kit.embedded.redis import start_redis
from app.kit.ground import Ground
from app.kit.settings import Settings
from app.models import Task, TaskState
from app.tasks.bell import GuardedJob, connect, queue, ring, use_bell
from app.tasks.queue import enqueue
from app.tasks.tidying import TIDY
from tests.sandbox.client import wait_until
from tests.support.environment import as_environment

ROOT = Path(__file__).resolve().parents[2]


def start_worker(settings: Settings, *, told: Path | None = None) -> subprocess.Popen[bytes]:
    """`duemate worker` as a process of its own; what it tells goes into a file if one is given."""
    environment = {**os.environ, **as_environment(settings)}
    command = [sys.executable, "-m", "app.cli", "worker"]
    with told.open("wb") if told else nullcontext() as output:
        return subprocess.Popen(command, cwd=ROOT, env=environment, stderr=output)


def put(ground: Ground) -> None:
    with ground.database.platform() as session:
        enqueue(session, kind=TIDY, run_at=ground.clock.now(), now=ground.clock.now())


def done(ground: Ground) -> int:
    with ground.database.platform() as session:
        return session.query(Task).filter_by(state=TaskState.DONE).count()


def ring_all(ground: Ground) -> None:
    with ground.database.platform() as session:
        ids = list(session.scalars(text("SELECT id FROM task WHERE state = 'waiting'")))
    ring(*ids)


def test_a_worker_runs_what_is_rung_and_survives_the_loss_of_redis(
    make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    first = start_redis(folder=tmp_path)
    settings = make_settings(redis_url=first.url)
    ground = Ground.from_settings(settings)
    worker = start_worker(settings)
    try:
        use_bell(first.url)
        put(ground)
        wait_until(lambda: done(ground) == 1, within_seconds=60)
        os.kill(first.server.pid, signal.SIGKILL)
        put(ground)
        time.sleep(0.5)
        assert done(ground) == 1
        first.stop()
        with start_redis(folder=tmp_path, port=first.port):

            def rung_and_done() -> bool:
                ring_all(ground)
                return done(ground) == 2

            wait_until(rung_and_done, within_seconds=60)
    finally:
        worker.kill()
        worker.wait()
        ground.database.close()


def test_a_worker_that_looks_for_redis_while_it_is_away_waits_for_it(
    make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    away, told = start_redis(folder=tmp_path), tmp_path / "told"
    away.stop()
    settings = make_settings(redis_url=away.url)
    ground = Ground.from_settings(settings)
    worker = start_worker(settings, told=told)
    try:
        wait_until(lambda: b"worker.waiting" in told.read_bytes())
        with start_redis(folder=tmp_path, port=away.port):
            use_bell(away.url)
            put(ground)
            wait_until(lambda: done(ground) == 1)
    finally:
        worker.kill()
        worker.wait()
        ground.database.close()


def test_a_worker_outlives_a_redis_that_refuses(
    ground: Ground, redis_url: str, make_settings: Callable[..., Settings]
) -> None:
    """Read-only for a while, as a replica is that is not promoted yet; told to stop meanwhile, it stops."""
    worker = start_worker(make_settings())
    use_bell(redis_url)

    def rung_and_done(so_many: int) -> bool:
        ring_all(ground)
        return done(ground) == so_many

    try:
        with redis.Redis.from_url(redis_url) as admin:
            put(ground)
            wait_until(lambda: rung_and_done(1))
            admin.replicaof("127.0.0.1", 1)
            time.sleep(0.2)
            admin.replicaof("NO", "ONE")
            put(ground)
            wait_until(lambda: rung_and_done(2))
            admin.replicaof("127.0.0.1", 1)
            worker.terminate()
            assert worker.wait(60) == 0
            admin.replicaof("NO", "ONE")
    finally:
        worker.kill()
        worker.wait()


def test_a_job_that_names_another_function_is_refused(redis_url: str) -> None:
    connection = connect(redis_url)
    job = queue(connection).enqueue("os.system", "true")
    assert isinstance(job, GuardedJob)
    with pytest.raises(PermissionError):
        _ = job.func
    job.delete()


def test_redis_holds_ids_and_nothing_else(ground: Ground, redis_url: str) -> None:
    use_bell(redis_url)
    put(ground)
    connection = redis.Redis.from_url(redis_url)
    stored = repr([connection.hgetall(key) for key in connection.scan_iter("rq:job:*")])
    with ground.database.platform() as session:
        task = session.query(Task).one()
    assert str(task.id) in stored
    assert TIDY not in stored
