"""The durable task of a replay."""

from app.kit.ground import Ground
from app.reminders.replay_asking import perform
from app.tasks import kinds
from app.tasks.handlers import Assignment, handles


@handles(kinds.REPLAY)
def replay(ground: Ground, task: Assignment) -> None:
    """Replay the past for the page that asked."""
    perform(ground, task.tenant, task.subject, renew=task.renew)
