"""What a cadence would have sent over the last twelve months, beside another one. Reads, never writes.

Every invoice follows the cadence, whatever the rules say, so that two of them can be compared on the same books.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.kit.errors import NotFound
from app.models import Tenant
from app.reminders.cadence_rows import active_steps
from app.reminders.cadences import cadence_of, cadences
from app.reminders.loading_cadences import as_cadence
from app.reminders.replay_figures import Figures, count
from app.reminders.replay_loading import Loaded, load_books
from app.reminders.replay_run import run
from app.reminders.situation import Cadence

PERIOD = timedelta(days=365)


@dataclass(frozen=True)
class OfCadence:
    """One cadence's figures under its name."""

    cadence_id: UUID
    name: str
    figures: Figures

    @property
    def messages(self) -> int:
        return self.figures.messages

    @property
    def customers(self) -> int:
        return self.figures.customers

    @property
    def after_payment(self) -> int:
        return self.figures.after_payment

    @property
    def prevented(self) -> int:
        return self.figures.prevented

    @property
    def on_days_off(self) -> int:
        return self.figures.on_days_off

    @property
    def twice_in_a_day(self) -> int:
        return self.figures.twice_in_a_day


@dataclass(frozen=True)
class Replayed:
    """One or two cadences over the same books and days."""

    at: datetime
    since: date
    until: date
    invoices: int
    """How many were owed on some day of the period."""
    undated: int
    """Paid ones of which nothing tells when; they are left alone."""
    first: OfCadence
    second: OfCadence | None


Tell = Callable[[float], None]
"""Called with how much is done, from 0 to 1."""


@dataclass(frozen=True)
class Prepared:
    """Everything a replay needs, read. What follows takes seconds and needs no database."""

    loaded: Loaded
    chosen: Sequence[tuple[UUID, str, Cadence]]
    since: date
    until: date
    at: datetime

    def run(self, tell: Tell | None = None) -> Replayed:
        """Through the past with one cadence after the other."""
        books, done = self.loaded.books, []
        for place, (known_id, name, cadence) in enumerate(self.chosen):
            part = _part(tell, place, len(self.chosen), self.since, self.until)
            course = run(books, cadence, until=self.until, tell=part)
            done.append(OfCadence(known_id, name, count(course, books, since=self.since, until=self.until)))
        return Replayed(
            at=self.at,
            since=self.since,
            until=self.until,
            invoices=len(books.invoices),
            undated=self.loaded.undated,
            first=done[0],
            second=done[1] if len(done) > 1 else None,
        )


def prepare(
    session: Session, *, cadence_id: UUID, against: UUID | None, today: date, now: datetime
) -> Prepared:
    """Read the twelve months up to `today`, the organisation's date at `now`. Raises NotFound."""
    tenant = session.get(Tenant, tenant_of(session))
    if tenant is None:
        raise NotFound("There is no such organisation.")
    chosen = [_known(session, one) for one in (cadence_id, against) if one is not None]
    since = today - PERIOD
    phones = any(set(step.channels) - {"email"} for _, _, cadence in chosen for step in cadence.steps)
    loaded = load_books(session, zone=tenant.time_zone, since=since, today=today, with_phones=phones)
    return Prepared(loaded, chosen, since, today, now)


def replay_history(
    session: Session,
    *,
    tenant_id: UUID,
    cadence_id: UUID,
    against: UUID | None,
    today: date,
    now: datetime,
    tell: Tell | None = None,
) -> Replayed:
    """Both at once, for whoever can wait. Raises NotFound, also for another tenant than the session's."""
    if tenant_id != tenant_of(session):
        raise NotFound("There is no such organisation.")
    return prepare(session, cadence_id=cadence_id, against=against, today=today, now=now).run(tell)


def named_cadence(session: Session, named: str | None) -> UUID:
    """The cadence in use with this id or exactly this name; the default one for None. Raises NotFound."""
    in_use = cadences(session)
    found = next((one.id for one in in_use if named in (str(one.id), one.name)), None)
    if found is None and named is None and in_use:
        found = in_use[0].id
    if found is None:
        raise NotFound("There is no such cadence.")
    return found


def _known(session: Session, cadence_id: UUID) -> tuple[UUID, str, Cadence]:
    row = cadence_of(session, cadence_id)
    return row.id, row.name, as_cadence(row, active_steps(session, row.id))


def _part(
    tell: Tell | None, place: int, parts: int, since: date, until: date
) -> Callable[[date], None] | None:
    """Turns days into how much is done. What came before the period is gone through in no time."""
    if tell is None:
        return None
    length = (until - since).days

    def told(day: date) -> None:
        tell((place + max((day - since).days, 0) / length) / parts)

    return told
