"""What the passing of days and the books settle by themselves. Done before every planning."""

from datetime import date, datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.models import PersonTask, PersonTaskKind
from app.reminders.claims import settle_claims
from app.reminders.disputes import close_disputes
from app.reminders.holds_unapplied import covering
from app.reminders.promises import settle_promises
from app.reminders.say import say_amount
from app.tasks.person_tasks import NewTask, ask, finish

UNSETTLED = (
    "EXISTS (SELECT FROM promise WHERE state = 'open')",
    "EXISTS (SELECT FROM payment_claim WHERE state IN ('open', 'overdue'))",
    "EXISTS (SELECT FROM dispute WHERE state = 'open')",
    "EXISTS (SELECT FROM person_task WHERE kind = 'promise_broken' AND done_at IS NULL)",
    "EXISTS (SELECT FROM person_task WHERE kind = 'probably_paid' AND done_at IS NULL)",
    """(EXISTS (SELECT FROM ledger_payment WHERE unapplied > 0 AND NOT is_deleted)
        OR EXISTS (SELECT FROM credit_note WHERE state = 'open' AND remaining > 0))""",
)
"""Conditions in SQL: where none of them is met a review changes nothing."""
_WHAT_IS_UNSETTLED = text(f"SELECT {', '.join(UNSETTLED)}")


def review(session: Session, *, today: date, now: datetime) -> None:
    """Promises kept or broken, claims confirmed or overdue, disputes closed, money found or applied."""
    promises, claims, disputes, broken, asked, money = session.execute(_WHAT_IS_UNSETTLED).one()
    if promises or broken:
        settle_promises(session, today=today, now=now)
    if claims:
        settle_claims(session, today=today, now=now)
    if disputes:
        close_disputes(session, now=now)
    if asked or money:
        _ask_about_money(session, now=now)


def _ask_about_money(session: Session, *, now: datetime) -> None:
    """One question per customer and currency whose money lies unapplied and covers something that is open."""
    found = covering(session)
    for (customer_id, currency), amount in found.items():
        words = (
            f"{say_amount(amount, currency)} of theirs is in the ledger but applied to no invoice, and covers "
            "something that is open. Nothing is sent for that until you have decided."
        )
        task = NewTask(PersonTaskKind.PROBABLY_PAID, customer_id, customer_id, words, currency, amount)
        ask(session, task, now=now)
    rows = session.execute(
        select(PersonTask.subject_id, PersonTask.currency).where(
            PersonTask.kind == PersonTaskKind.PROBABLY_PAID, PersonTask.done_at.is_(None)
        )
    ).all()
    for asked_about, asked_in in rows:
        if (asked_about, asked_in) not in found:
            finish(session, [asked_about], kind=PersonTaskKind.PROBABLY_PAID, currency=asked_in, now=now)
