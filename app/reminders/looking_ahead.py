"""What will go out in the coming weeks, for a page or the command line. Reads, never writes."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.clock import local_date
from app.kit.database import tenant_of
from app.kit.errors import NotFound
from app.models import Customer, Tenant
from app.reminders.loading import load_situation, load_undecided
from app.reminders.planning import planning_cadence
from app.reminders.preview import preview
from app.reminders.situation import Planned


@dataclass(frozen=True, slots=True)
class Ahead:
    """A reminder to come, with the customer's name."""

    customer: str
    planned: Planned


def look_ahead(session: Session, *, now: datetime, days: int = 30) -> list[Ahead]:
    """Every reminder of the next `days` days in order, as if nobody paid. Raises NotFound."""
    tenant = _tenant(session)
    situation = load_situation(
        session,
        cadence=planning_cadence(session, now),
        stored=load_undecided(session).values(),
        zone=tenant.time_zone,
        now=now,
    )
    found = preview(situation, days=days)
    customers = {one.customer_id for one in found}
    rows = session.execute(select(Customer.id, Customer.name).where(Customer.id.in_(customers)))
    names = {customer_id: name for customer_id, name in rows}  # noqa: C416 (a Row is not a pair of types)
    ahead = [Ahead(names[one.customer_id], one) for one in found]
    return sorted(ahead, key=lambda one: (one.planned.due_at, one.customer, one.planned.currency))


def today_of(session: Session, now: datetime) -> date:
    """The organisation's date. Raises NotFound."""
    return local_date(now, _tenant(session).time_zone)


def _tenant(session: Session) -> Tenant:
    tenant = session.get(Tenant, tenant_of(session))
    if tenant is None:
        raise NotFound("There is no such organisation.")
    return tenant
