"""Runs durable tasks in the test's own process, exactly as a worker would."""

from psycopg.errors import DeadlockDetected
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.composition import load_handlers
from app.kit.ground import Ground
from app.models import Task
from app.tasks.sweeper import due_tasks
from app.tasks.worker import run_task


def run_due(ground: Ground, *, most: int = 500) -> int:
    """Run every due task, and those they ask for, until none is due; the number run."""
    load_handlers()
    done = 0
    while done < most:
        batch = due_tasks(ground, now=ground.clock.now())
        if not batch:
            return done
        done += sum(run_task(ground, task_id) for task_id in batch)
    raise AssertionError(f"still tasks due after {most}: {unfinished(ground)}")


def unfinished(ground: Ground) -> list[tuple[str, str, str | None]]:
    """Kind, state and reason of every task that is not done."""
    with ground.database.platform() as session:
        return [(t.kind, t.state.value, t.reason) for t in session.query(Task) if t.state.value != "done"]


def let_leases_run_out(ground: Ground) -> None:
    """As if a minute had passed without a sign of life.

    A worker may hold rows of its own, taken in another order: whoever is refused for a deadlock tries again.
    """
    is_over = False
    while not is_over:
        try:
            _let_leases_run_out(ground)
            is_over = True
        except OperationalError as fault:
            if not isinstance(fault.orig, DeadlockDetected):
                raise


def _let_leases_run_out(ground: Ground) -> None:
    with ground.database.platform() as session:
        session.execute(
            text("UPDATE task SET lease_until = now() - interval '1 second' WHERE state = 'leased'")
        )
        session.execute(text("UPDATE task SET rung_at = NULL"))
