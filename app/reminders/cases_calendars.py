"""When each recipient of a batch can be written to: by the cadence of the step that words the reminder."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.models import Cadence as CadenceRow
from app.models import CadenceStep, Customer, Reminder
from app.reminders.calendar_days import Place
from app.reminders.loading_addressees import load_place
from app.reminders.loading_cadences import as_cadence
from app.reminders.planner_diary import Diary
from app.reminders.situation import Cadence

_Kind = tuple[int, tuple[str, ...], Place | None]


@dataclass(frozen=True)
class Diaries:
    """One diary for each kind of recipient, the same as the planner's."""

    home: str
    """The organisation's zone."""
    place: Place
    """The organisation's country and region, whose public holidays count too."""
    cadences: Mapping[UUID, Cadence]
    """By step."""
    _known: dict[_Kind, Diary] = field(default_factory=dict)

    def of(self, customer: Customer, step_id: UUID) -> Diary:
        """When this customer may be written to at this step."""
        cadence = self.cadences[step_id]
        zones = tuple(customer.time_zones or ())
        place = (customer.country_code, customer.region) if customer.country_code else None
        kind = (id(cadence), zones, place)
        if kind not in self._known:
            places = (self.place,) if place in (None, self.place) else (self.place, place)
            self._known[kind] = Diary(cadence, home=self.home, zones=zones, places=places)
        return self._known[kind]


def load_diaries(session: Session, reminder_ids: Collection[UUID], *, zone: str) -> Diaries:
    """For the steps that word these reminders."""
    steps = select(Reminder.step_id).where(Reminder.id.in_(reminder_ids))
    rows = session.execute(
        select(CadenceStep.id, CadenceRow)
        .join(
            CadenceRow,
            and_(CadenceRow.tenant_id == CadenceStep.tenant_id, CadenceRow.id == CadenceStep.cadence_id),
        )
        .where(CadenceStep.id.in_(steps))
    ).all()
    cadences = {row.id: as_cadence(row, ()) for _, row in rows}
    return Diaries(zone, load_place(session), {step_id: cadences[row.id] for step_id, row in rows})
