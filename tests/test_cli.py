"""The operator's commands, as an operator runs them."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from sqlalchemy import text

from app.kit.embedded.postgres import RunningPostgres
from app.kit.ground import Ground
from app.kit.settings import Settings
from app.models import Task, TaskState
from app.tasks.queue import enqueue
from tests.support.environment import as_environment
from tests.support.tenants import make_tenant

ROOT = Path(__file__).resolve().parents[1]


def duemate(settings: Settings | None, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run one command in a process of its own."""
    bare = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    environment = bare | (as_environment(settings) if settings else {}) | variables
    command = [sys.executable, "-m", "app.cli", *arguments]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60)


def park(ground: Ground, reason: str) -> Task:
    with ground.database.platform() as session:
        enqueue(session, kind="test.kind", run_at=ground.clock.now(), now=ground.clock.now())
        session.execute(text("UPDATE task SET state = 'parked', reason = :reason"), {"reason": reason})
    with ground.database.platform() as session:
        return session.query(Task).one()


def test_tasks_lists_what_is_unfinished_with_its_reason(
    ground: Ground, make_settings: Callable[..., Settings]
) -> None:
    task = park(ground, "The period is closed until 30 Nov.")
    listed = duemate(make_settings(), "tasks")
    assert listed.returncode == 0, listed.stderr
    assert str(task.id) in listed.stdout
    assert "parked" in listed.stdout
    assert "The period is closed until 30 Nov." in listed.stdout
    assert "1 unfinished tasks" in listed.stdout


def test_tasks_retry_lets_a_parked_task_wait_for_a_worker(
    ground: Ground, make_settings: Callable[..., Settings]
) -> None:
    task = park(ground, "Closed.")
    assert duemate(make_settings(), "tasks", "retry", str(task.id)).returncode == 0
    with ground.database.platform() as session:
        assert session.query(Task).one().state is TaskState.WAITING


def test_tasks_retry_of_an_unknown_task_says_so(make_settings: Callable[..., Settings]) -> None:
    refused = duemate(make_settings(), "tasks", "retry", str(uuid4()))
    assert refused.returncode == 1
    assert refused.stderr.strip() == "There is no waiting or parked task with this id."


def test_a_missing_setting_ends_a_command_with_a_sentence() -> None:
    refused = duemate(None, "worker")
    assert refused.returncode == 1
    assert "DATABASE_URL is missing" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_database_that_does_not_answer_ends_a_command_with_a_sentence(
    make_settings: Callable[..., Settings],
) -> None:
    nowhere = make_settings(database_url="postgresql+psycopg://somebody:secret@127.0.0.1:1/nothing")
    ended = duemate(nowhere, "tasks")
    assert ended.returncode == 1
    assert ended.stderr.startswith("The database does not answer")
    assert "Traceback" not in ended.stderr
    assert "secret" not in ended.stderr


def test_migrate_brings_an_empty_database_up_to_date(
    postgres: RunningPostgres, make_settings: Callable[..., Settings]
) -> None:
    name = f"empty_{uuid4().hex}"
    postgres.create_database(name)
    try:
        owner_url = postgres.owner_url.rpartition("/")[0] + f"/{name}"
        for _ in range(2):
            done = duemate(make_settings(database_owner_url=owner_url), "migrate")
            assert done.returncode == 0, done.stderr
    finally:
        postgres.drop_database(name)


def test_check_mirror_names_the_tenants_it_could_not_compare(
    ground: Ground, make_settings: Callable[..., Settings]
) -> None:
    tenant_id = make_tenant(ground)
    checked = duemate(make_settings(xero_api_url="http://127.0.0.1:9"), "check-mirror")
    assert checked.returncode == 1
    assert str(tenant_id) in checked.stdout
    assert "could not be compared" in checked.stderr


def test_a_folder_that_cannot_be_used_is_named_in_a_sentence(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file")
    done = duemate(None, "run", "--folder", str(taken))
    assert done.returncode == 1
    assert f"Nothing can be kept in {taken}" in done.stderr
    assert "Traceback" not in done.stderr
