"""The durable tasks of mail: apply what a vendor told, read what a customer answered, hand it on."""

from app.kit.ground import Ground
from app.reminders.mail_events import apply_event
from app.reminders.replies import read_one
from app.reminders.reply_forwarding import forward
from app.tasks import kinds
from app.tasks.handlers import Assignment, handles


@handles(kinds.APPLY_MAIL_EVENT)
def apply_mail_event(ground: Ground, task: Assignment) -> None:
    """One event of one mail."""
    with ground.database.tenant(task.tenant) as session:
        apply_event(session, ground, task.subject, now=ground.clock.now())


@handles(kinds.READ_REPLY)
def read_reply(ground: Ground, task: Assignment) -> None:
    """One answer that was taken in."""
    with ground.database.tenant(task.tenant) as session:
        read_one(session, ground, task.subject, now=ground.clock.now())


@handles(kinds.FORWARD_REPLY)
def forward_reply(ground: Ground, task: Assignment) -> None:
    """One answer on its way to the business."""
    forward(ground, task.tenant, task.subject)
