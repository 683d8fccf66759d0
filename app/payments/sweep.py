"""Finds what no webhook told: the processor's list of events goes the same way as the webhooks."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.errors import Disconnected
from app.kit.ground import Ground
from app.models import Checkout, CheckoutState, ProcessorAccount
from app.payments.daily_looks import ask_daily, wake_asked_refunds
from app.payments.hearing import ask, hear
from app.payments.left_behind import wake_left_behind
from app.payments.onboarding import refresh_account
from app.payments.undone import park_what_was_changed, park_what_was_deleted
from app.payments.watching import ask_to_watch
from app.processors.base import ProcessorEvent
from app.processors.registry import open_processor, takes_real_money
from app.tasks.handlers import Assignment

# An event may be listed late, and two clocks differ: what is heard twice is stored once.
_OVERLAP = timedelta(minutes=15)
_RENEW_EVERY = 100


def sweep_account(ground: Ground, task: Assignment) -> None:
    """Hear every event since the last sweep, ask how the account stands, and wake what was left behind."""
    now = ground.clock.now()
    with ground.database.tenant(task.tenant) as session:
        row = session.get(ProcessorAccount, (task.tenant, task.subject))
        account, since = (row.external_id, row.events_since) if row else (None, now)
    if account is None:
        return
    try:
        events = _listed(ground, task, account, since - _OVERLAP)
    except Disconnected:
        events = None  # what it was paid is looked after all the same; the look below ends the account
    with ground.database.tenant(task.tenant) as session:
        for event in events or ():
            hear(session, event, now=now)
        row = session.get_one(ProcessorAccount, (task.tenant, task.subject))
        if events is not None:
            row.events_since = now
            ask_daily(session, row, now=now)
        _ask_about_overdue_checkouts(session, row, now)
        park_what_was_deleted(session, now=now)
        park_what_was_changed(session)
        ask_to_watch(session, row, now=now)
        wake_left_behind(session, now=now)
        wake_asked_refunds(session, now=now)
    refresh_account(ground, task.tenant)


def _listed(ground: Ground, task: Assignment, account: str, since: datetime) -> list[ProcessorEvent]:
    is_live = takes_real_money(ground.settings)
    events = []
    for number, event in enumerate(open_processor(ground.settings).events(account, since=since), start=1):
        if event.is_live == is_live:
            events.append(event)
        if number % _RENEW_EVERY == 0:
            task.renew()
    return events[::-1]


def _ask_about_overdue_checkouts(session: Session, account: ProcessorAccount, now: datetime) -> None:
    """A session past its end must have become something, even if the events of it are gone.

    It is asked about at its own account only: another one does not know it.
    """
    overdue = session.scalars(
        select(Checkout).where(
            Checkout.processor_account_id == account.id,
            Checkout.state.in_([CheckoutState.OPENING, CheckoutState.OPEN]),
            Checkout.expires_at < now - _OVERLAP,
        )
    )
    for checkout in overdue:
        if checkout.external_id is None or account.external_id is None:
            checkout.state = CheckoutState.EXPIRED  # its page was never shown to anybody
        else:
            because = f"overdue:{now:%Y-%m-%d}"
            ask(
                session,
                account=account.external_id,
                kind="checkout",
                record=checkout.external_id,
                because=because,
                now=now,
            )
