"""Which state an undecided reminder is in, given what was planned and how the organisation stands. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.kit.clock import local_date
from app.models import ReminderState, Sending
from app.reminders import reasons
from app.reminders.calendar import next_working_day
from app.reminders.reasons import STANDING, Reason
from app.reminders.situation import Covered, Group, Late, Planned


@dataclass(frozen=True, slots=True)
class Organisation:
    """What holds for all of a tenant's reminders."""

    zone: str
    sending: Sending
    is_connected: bool
    channels: frozenset[str]
    """By which its messages can leave."""
    quiet: Reason | None = None
    """Why its books are too old to remind anybody from them."""


@dataclass(frozen=True, slots=True)
class Undecided:
    """A reminder that has not begun to leave, as it is stored or as it should be."""

    customer_id: UUID
    currency: str
    step_id: UUID
    cadence_version: int
    send_on: date
    due_at: datetime
    state: ReminderState
    reason_code: str | None
    reason: str | None
    needs_confirmation: bool
    first_on: date | None
    """The first day on which it could have left but for the house: an outage, a pause, a broken connection."""
    channels: tuple[str, ...]
    covered: frozenset[Covered]

    @property
    def group(self) -> Group:
        return self.customer_id, self.currency

    def waits_until(self, now: datetime) -> datetime | None:
        """The time before which it is not to be tried again, if there is one ahead."""
        return self.due_at if self.reason_code in STANDING and self.due_at > now else None


def wanted(
    planned: Planned,
    present: Undecided | None,
    *,
    organisation: Organisation,
    late: Late | None,
    now: datetime,
) -> Undecided:
    """The row as it should be for what was planned, `present` being the row of the same group, if any."""
    needs_confirmation = organisation.sending is Sending.HELD_UNTIL_CONFIRMED or (
        present is not None and present.needs_confirmation
    )
    first_on = _first_on(planned, present, late, today=local_date(now, organisation.zone))
    state, why = _state(planned, present, organisation, needs_confirmation=needs_confirmation, now=now)
    if state is ReminderState.PLANNED and is_late(first_on, planned.send_on):
        state, why = ReminderState.HELD, reasons.late(first_on)
    return Undecided(
        customer_id=planned.customer_id,
        currency=planned.currency,
        step_id=planned.step_id,
        cadence_version=planned.cadence_version,
        send_on=planned.send_on,
        due_at=planned.due_at,
        state=state,
        reason_code=why.code if why else None,
        reason=why.sentence if why else None,
        needs_confirmation=needs_confirmation,
        first_on=first_on,
        channels=planned.channels,
        covered=frozenset(planned.covered),
    )


def is_late(first_on: date, send_on: date) -> bool:
    """Whether more than a working day lies between the day it should have left and the day it would."""
    return next_working_day(first_on) < send_on


def _first_on(planned: Planned, present: Undecided | None, late: Late | None, *, today: date) -> date:
    """Kept from the present row while it waits for the house alone and the owner has not spoken about it."""
    if present is None or not _waited_for_the_house(present):
        return planned.send_on
    first = present.first_on or present.send_on
    was_due = first <= today and planned.reached_on is not None and planned.reached_on <= first
    is_settled = late is not None and first < late.until
    return min(first, planned.send_on) if was_due and not is_settled else planned.send_on


def _waited_for_the_house(present: Undecided) -> bool:
    return present.state is ReminderState.PLANNED or present.reason_code in reasons.OURS


def _state(
    planned: Planned,
    present: Undecided | None,
    organisation: Organisation,
    *,
    needs_confirmation: bool,
    now: datetime,
) -> tuple[ReminderState, Reason | None]:
    stopped = (
        _organisation_stops(organisation) or planned.obstacle or _waits(present, needs=needs_confirmation)
    )
    if stopped is None and planned.channels and organisation.channels.isdisjoint(planned.channels):
        stopped = reasons.NO_MAIL_SERVER if "email" in planned.channels else reasons.NO_SENDER
    if stopped is not None:
        return ReminderState.HELD, stopped
    if present is not None and present.waits_until(now) and present.reason_code and present.reason:
        return present.state, Reason(present.reason_code, present.reason)
    return ReminderState.PLANNED, None


def _organisation_stops(organisation: Organisation) -> Reason | None:
    if not organisation.is_connected:
        return reasons.DISCONNECTED
    if organisation.sending is Sending.PAUSED:
        return reasons.PAUSED
    return organisation.quiet


def _waits(present: Undecided | None, *, needs: bool) -> Reason | None:
    if not needs:
        return None
    is_braked = present is not None and present.reason_code == reasons.VOLUME_BRAKE.code
    return reasons.VOLUME_BRAKE if is_braked else reasons.FIRST_LIST


@dataclass(frozen=True)
class Differences:
    """What has to be written to turn the stored rows into the wanted ones."""

    new: list[Undecided]
    changed: dict[UUID, Undecided]
    covered_anew: dict[UUID, frozenset[Covered]]
    """Of the changed, those whose invoices or steps differ, with what they cover as stored."""
    superfluous: list[UUID]


def differences(stored: Mapping[UUID, Undecided], wished: list[Undecided]) -> Differences:
    """Compare by group; a group has one undecided reminder, so a second stored one is superfluous."""
    by_group: dict[Group, tuple[UUID, Undecided]] = {}
    superfluous = []
    for row_id, row in stored.items():
        if row.group in by_group:
            superfluous.append(row_id)
        else:
            by_group[row.group] = (row_id, row)
    found = Differences(new=[], changed={}, covered_anew={}, superfluous=superfluous)
    for wish in wished:
        pair = by_group.pop(wish.group, None)
        if pair is None:
            found.new.append(wish)
        elif pair[1] != wish:
            found.changed[pair[0]] = wish
            if pair[1].covered != wish.covered:
                found.covered_anew[pair[0]] = pair[1].covered
    superfluous.extend(row_id for row_id, _ in by_group.values())
    return found
