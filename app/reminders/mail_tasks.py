"""The durable tasks of mail: what a vendor told, answers, mails about payments, a business's domain."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.kit.ground import Ground
from app.reminders import mail_domains
from app.reminders.mail_events import apply_event
from app.reminders.payment_mails import send_payment_mail
from app.reminders.replies import read_one
from app.reminders.reply_forwarding import forward
from app.tasks import kinds
from app.tasks.handlers import Assignment, handles
from app.tasks.schedules import periodically


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
    forward(ground, task.tenant, task.subject, renew=task.renew)


@handles(kinds.PAYMENT_MAIL)
def payment_mail(ground: Ground, task: Assignment) -> None:
    """One receipt, notice or word of a failed debit."""
    send_payment_mail(ground, task.tenant, task.subject, renew=task.renew)


@handles(kinds.MAIL_DOMAIN)
def look_at_domain(ground: Ground, task: Assignment) -> None:
    """Whether the business's domain is proven (still). Raises Retryable while Amazon is away."""
    mail_domains.look(ground, task.tenant)


@periodically("reminders.look_at_mail_domains", every=mail_domains.LOOK_EVERY)
def look_at_all_domains(session: Session, now: datetime) -> None:
    """Records appear without being told, and can disappear again."""
    mail_domains.ask_to_look_at_all(session, now=now)
