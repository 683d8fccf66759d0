"""What needs a person: each case a sentence that says what happened and what to do, most urgent first."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.models import (
    Connection,
    ConnectionState,
    Customer,
    Reminder,
    ReminderState,
    SyncRun,
    SyncState,
    Task,
    TaskState,
    WriteBack,
    WriteBackState,
)
from app.reminders import reasons
from app.tasks import kinds

_MOST_NAMED = 50

# Reasons that only a person can mend, and what the case is called.
_MENDABLE = {
    reasons.NO_EMAIL.code: "with no e-mail address to go to",
    reasons.BAD_EMAIL.code: "to an address that is not valid",
    "wording": "held because the step's text cannot be filled in",
    "dead_address": "to an address at which nothing arrives",
    reasons.NO_PHONE.code: "with no mobile number to go to",
    "no_mobile": "with no mobile number to go to",
    "no_consent": "to a phone without consent on record",
    reasons.NO_MAIL_SERVER.code: "held because no mail server is set up",
    reasons.NO_SENDER.code: "held because none of the step's channels is set up",
    "no_channel": "held because the step's channel is not set up",
}


@dataclass(frozen=True)
class ReminderCase:
    """A reminder whose outcome a person has to settle: unknown or failed."""

    id: UUID
    customer_id: UUID
    customer_name: str
    currency: str
    state: ReminderState
    send_on: date
    reason: str | None


@dataclass(frozen=True)
class HeldCase:
    """Several reminders held for one reason that only a person can mend."""

    code: str
    count: int
    words: str
    reason: str
    names: list[tuple[UUID, str]]


@dataclass(frozen=True)
class EntryCase:
    """An entry in the ledger that waits for a person."""

    id: UUID
    kind: str
    currency: str
    amount: Decimal
    reason: str | None


@dataclass(frozen=True)
class StuckCase:
    """Work in the background that has stopped, with the ledger's or the vendor's sentence."""

    id: UUID
    about: str
    reason: str | None


@dataclass(frozen=True)
class Cases:
    """Everything that waits for a person."""

    reading: str | None
    """Why the latest reading of the ledger failed."""
    unsettled: list[ReminderCase]
    held: list[HeldCase]
    entries: list[EntryCase]
    stuck: list[StuckCase]

    @property
    def count(self) -> int:
        return len(self.unsettled) + len(self.held) + len(self.entries) + len(self.stuck) + bool(self.reading)


_READING_MAY_FAIL_FOR = timedelta(hours=1)
_ABOUT = {"sync": "Reading the ledger", "reminders": "Sending reminders", "payments": "Settling payments"}


def open_cases(session: Session, *, now: datetime) -> Cases:
    """The cases of the current organisation."""
    return Cases(
        reading=_reading(session, now),
        unsettled=_unsettled(session),
        held=_held(session),
        entries=_entries(session),
        stuck=_stuck(session),
    )


def _reading(session: Session, now: datetime) -> str | None:
    """One read that failed mends itself; only when none has succeeded for a while is it a person's concern."""
    run = session.scalar(select(SyncRun).order_by(SyncRun.started_at.desc()).limit(1))
    connection = session.scalar(select(Connection).limit(1))
    if connection is None or (connection.paused_until is not None and connection.paused_until > now):
        return None  # a pause ends by itself and stands above every page
    read_at = connection.read_at
    is_passing = read_at is not None and now - read_at < _READING_MAY_FAIL_FOR
    if run is None or run.state is not SyncState.FAILED or is_passing:
        return None
    return run.reason or "The ledger did not answer."


def _unsettled(session: Session) -> list[ReminderCase]:
    rows = session.execute(
        select(
            Reminder.id,
            Reminder.customer_id,
            Customer.name,
            Reminder.currency,
            Reminder.state,
            Reminder.send_on,
            Reminder.reason,
        )
        .join(Customer, and_(Customer.tenant_id == Reminder.tenant_id, Customer.id == Reminder.customer_id))
        .where(
            (Reminder.state == ReminderState.FAILED)
            | and_(
                Reminder.state == ReminderState.UNKNOWN, Reminder.reason_code != reasons.UNKNOWN_CHECKING.code
            )
        )
        .order_by(Reminder.send_on.desc(), Customer.name)
        .limit(_MOST_NAMED)
    )
    return [ReminderCase(*row) for row in rows]


def _held(session: Session) -> list[HeldCase]:
    rows = session.execute(
        select(
            Reminder.reason_code,
            Reminder.reason,
            Customer.id,
            Customer.name,
            func.count().over(partition_by=Reminder.reason_code),
        )
        .join(Customer, and_(Customer.tenant_id == Reminder.tenant_id, Customer.id == Reminder.customer_id))
        .where(Reminder.state == ReminderState.HELD, Reminder.reason_code.in_(_MENDABLE))
        .order_by(Reminder.reason_code, Customer.name)
        .limit(_MOST_NAMED * len(_MENDABLE))
    ).all()
    cases: dict[str, HeldCase] = {}
    for code, reason, customer_id, name, count in rows:
        known = str(code)
        case = cases.setdefault(known, HeldCase(known, count, _MENDABLE[known], reason or "", []))
        if (customer_id, name) not in case.names:
            case.names.append((customer_id, name))
    return list(cases.values())


def _entries(session: Session) -> list[EntryCase]:
    rows = session.execute(
        select(WriteBack.id, WriteBack.kind, WriteBack.currency, WriteBack.amount, WriteBack.reason)
        .where(WriteBack.state == WriteBackState.PARKED)
        .order_by(WriteBack.created_at)
        .limit(_MOST_NAMED)
    )
    return [
        EntryCase(row_id, kind.value, currency, amount, reason)
        for row_id, kind, currency, amount, reason in rows
    ]


def _stuck(session: Session) -> list[StuckCase]:
    """Reading without a consent is left out: that stands above every page, and a reconnect begins it again."""
    dead = select(Connection.id).where(Connection.state == ConnectionState.DISCONNECTED).exists()
    rows = session.execute(
        select(Task.id, Task.kind, Task.reason)
        .where(Task.tenant_id == tenant_of(session), Task.state == TaskState.PARKED)
        .where(~(dead & (Task.kind == kinds.SYNC_PULL)))
        .order_by(Task.run_at)
        .limit(_MOST_NAMED)
    )
    return [
        StuckCase(task_id, _ABOUT.get(kind.partition(".")[0], "Work in the background"), reason)
        for task_id, kind, reason in rows
    ]
