"""What tests of holds do over and over: read what holds, let a day pass, pay."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from app.kit.ground import Ground
from app.models import (
    HoldKind,
)
from app.reminders.holds import load_stops
from app.reminders.holds_review import review
from app.tasks.person_tasks import open_tasks
from tests.reminders.tables import change

TODAY = date(2026, 11, 20)


USER = uuid4()


@contextmanager
def unit(ground: Ground, tenant: UUID) -> Iterator[Session]:
    with ground.database.tenant(tenant) as session:
        yield session


def stops(ground: Ground, tenant: UUID, today: date = TODAY) -> dict[UUID, HoldKind]:
    with unit(ground, tenant) as session:
        return {subject: stop.kind for (_, subject), stop in load_stops(session, today).items()}


def look_again(ground: Ground, tenant: UUID, today: date) -> None:
    with unit(ground, tenant) as session:
        review(session, today=today, now=ground.clock.now())


def asked(ground: Ground, tenant: UUID, today: date = TODAY) -> list[str]:
    with unit(ground, tenant) as session:
        return [task.words for task in open_tasks(session, today=today, most=50)]


def pay(ground: Ground, tenant: UUID, invoice: UUID, left: str = "0.00") -> None:
    state = "open" if Decimal(left) else "paid"
    change(
        ground, tenant, "UPDATE invoice SET amount_due = :left, state = :state WHERE id = :id",
        left=Decimal(left), state=state, id=invoice,
    )  # fmt: skip


# Rows.
