"""How far the latest pull is, as a person wants to know it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.connectors.base import Resource
from app.models import Customer, Invoice, Reminder, SyncRun, SyncState, Task, TaskState
from app.tasks import kinds
from app.web.today.list import waits_for_owner

_NAMES = {
    Resource.CUSTOMERS: "Customers",
    Resource.ACCOUNTS: "Accounts",
    Resource.INVOICES: "Invoices",
    Resource.CREDIT_NOTES: "Credit notes",
    Resource.PAYMENTS: "Payments",
}


@dataclass(frozen=True)
class Stage:
    """One kind of record and whether it is read: `done`, `now` or `to come`."""

    name: str
    standing: str


@dataclass(frozen=True)
class Progress:
    """The latest pull. `rate` is rows a second, `seconds_left` a guess that needs both count and rate."""

    state: SyncState | None
    rows_read: int
    rows_expected: int | None
    rows_changed: int
    rate: float | None
    seconds_left: float | None
    seconds_taken: float | None
    finished_at: datetime | None
    reason: str | None
    goes_on_at: datetime | None
    """When a reading that stopped goes on by itself, if a time is set for it."""
    stages: list[Stage]
    customers: int
    invoices: int
    waiting_for_confirmation: int

    @property
    def is_under_way(self) -> bool:
        return self.state in (None, SyncState.RUNNING)


def latest_progress(session: Session, now: datetime) -> Progress:
    """The latest pull of the current organisation, or an empty progress before the first."""
    run = session.scalar(select(SyncRun).order_by(SyncRun.started_at.desc()).limit(1))
    waiting = select(func.count()).select_from(Reminder).where(waits_for_owner())
    taken = _seconds(run, now)
    rate = run.rows_read / taken if run and taken else None
    return Progress(
        state=run.state if run else None,
        rows_read=run.rows_read if run else 0,
        rows_expected=run.rows_expected if run else None,
        rows_changed=run.rows_changed if run else 0,
        rate=rate,
        seconds_left=_seconds_left(run, rate),
        seconds_taken=taken,
        finished_at=run.finished_at if run else None,
        reason=run.reason if run else None,
        goes_on_at=_goes_on_at(session, run, now),
        stages=_stages(run),
        customers=session.scalar(select(func.count()).select_from(Customer)) or 0,
        invoices=session.scalar(select(func.count()).select_from(Invoice)) or 0,
        waiting_for_confirmation=session.scalar(waiting) or 0,
    )


def _goes_on_at(session: Session, run: SyncRun | None, now: datetime) -> datetime | None:
    if run is None or run.state is not SyncState.FAILED:
        return None
    return session.scalar(
        select(Task.run_at).where(
            Task.tenant_id == run.tenant_id,
            Task.kind == kinds.SYNC_PULL,
            Task.state == TaskState.WAITING,
            Task.run_at > now,
        )
    )


def _seconds(run: SyncRun | None, now: datetime) -> float | None:
    if run is None:
        return None
    return max(((run.finished_at or now) - run.started_at) / timedelta(seconds=1), 0.1)


def _seconds_left(run: SyncRun | None, rate: float | None) -> float | None:
    if run is None or not run.rows_expected or not rate:
        return None
    return max(run.rows_expected - run.rows_read, 0) / rate


def _stages(run: SyncRun | None) -> list[Stage]:
    order = list(Resource)
    if run is not None and run.state is SyncState.DONE:
        return [Stage(_NAMES[one], "done") for one in order]
    reading = next((place for place, one in enumerate(order) if run and run.resource == one.value), -1)
    return [
        Stage(_NAMES[one], "done" if place < reading else "now" if place == reading else "to come")
        for place, one in enumerate(order)
    ]
