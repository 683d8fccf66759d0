"""The gate: the last decision before a message leaves, on facts read from the ledger just now. Pure.

It fails closed: what cannot be known holds the reminder. Whatever it decides, the facts are kept with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.connectors.base import InvoiceRecord
from app.models import InvoiceState, Sending
from app.reminders import reasons
from app.reminders.calendar import (
    local,
    moment,
    next_working_day,
    working_day,
)
from app.reminders.calendar_hours import Hours, Window
from app.reminders.reasons import Reason
from app.reminders.situation import Stop
from app.reminders.standing import Organisation

FACTS_LAST = timedelta(seconds=60)
"""Older facts are asked for again."""
MIRROR_LASTS = timedelta(hours=48)
_LOOK_AGAIN = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Line:
    """An invoice the reminder covers, as it was planned and as the ledger has it now."""

    invoice_id: UUID
    step_id: UUID
    offset_days: int
    record: InvoiceRecord | None
    """None: the ledger does not know it any more."""
    ours: Decimal = Decimal(0)
    """Paid through us and not in the ledger's balance yet."""
    stop: Stop | None = None


@dataclass(frozen=True, slots=True)
class Recipient:
    """The customer as the mirror has it."""

    external_id: str
    is_active: bool
    opted_out: bool
    has_valid_address: bool
    stop: Stop | None = None
    obstacle: Reason | None = None
    """What stands in the way on the channel it would take, where that is not the mail address."""
    zones: tuple[str, ...] = ()
    """Where the recipient may be, as IANA names; none: where the organisation is."""


@dataclass(frozen=True)
class Facts:
    """Everything the gate looks at for one reminder."""

    now: datetime
    read_at: datetime
    """When the ledger was asked about these invoices."""
    mirror_read_at: datetime | None
    """When everything else was last read: money that is applied to nothing, credits. None if it never was."""
    organisation: Organisation
    send_hour: int
    currency: str
    recipient: Recipient
    lines: tuple[Line, ...]
    is_expected: bool
    """The owner confirmed exactly this reminder, so the volume brake does not apply."""
    brake_left: int
    """How many unexpected messages may still leave today."""


@dataclass(frozen=True, slots=True)
class OpenLine:
    """An invoice the message names, at its live balance."""

    invoice_id: UUID
    step_id: UUID
    number: str
    reference: str
    issued_on: date
    due_on: date
    balance: Decimal


@dataclass(frozen=True)
class Send:
    """Let it leave, for these invoices, the longest overdue first; the others are left out."""

    lines: tuple[OpenLine, ...]
    left_out: Mapping[UUID, Reason] = field(default_factory=dict)

    @property
    def total(self) -> Decimal:
        return sum((line.balance for line in self.lines), Decimal(0))


@dataclass(frozen=True, slots=True)
class Drop:
    """It is not needed any more."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Hold:
    """Not now: again at `until`; without one, when what holds it has changed."""

    reason: Reason
    until: datetime | None = None
    needs_confirmation: bool = False


Verdict = Send | Drop | Hold


def decide(facts: Facts) -> Verdict:
    """Send, drop or hold one reminder."""
    stopped = _organisation_stops(facts.organisation) or _recipient_stops(facts.recipient)
    if stopped is not None:
        return Hold(stopped)
    stop = _in_force(facts.recipient.stop, _today(facts))
    if stop is not None:
        return _held(stop, facts)
    if facts.now - facts.read_at > FACTS_LAST:
        return Hold(reasons.STALE_FACTS, facts.now)
    if facts.mirror_read_at is not None and facts.now - facts.mirror_read_at > MIRROR_LASTS:
        return Hold(reasons.STALE_MIRROR, facts.now + _LOOK_AGAIN)
    verdict = _of_lines(facts)
    return (_not_now(facts) or verdict) if isinstance(verdict, Send) else verdict


def next_try(facts: Facts) -> datetime:
    """When something that a person has to mend is looked at again by itself."""
    hours = _hours(facts)
    day = working_day(hours.today(facts.now))
    while (at := hours.moment(day)) <= facts.now:
        day = next_working_day(day)
    return at


def _hours(facts: Facts) -> Hours:
    """Decent hours on the clock of whoever gets the message."""
    return Hours(Window(time(facts.send_hour)), facts.recipient.zones or (facts.organisation.zone,))


def seen(facts: Facts) -> dict[str, Any]:
    """The facts as they are kept with the decision: figures by invoice, no addresses and no names."""
    return {
        "read_at": facts.read_at.isoformat(),
        "decided_at": facts.now.isoformat(),
        "currency": facts.currency,
        "invoices": [_seen_line(line) for line in facts.lines],
    }


def _organisation_stops(organisation: Organisation) -> Reason | None:
    if not organisation.is_connected:
        return reasons.DISCONNECTED
    if organisation.sending is Sending.PAUSED:
        return reasons.PAUSED
    if organisation.sending is not Sending.ON:
        return reasons.FIRST_LIST
    if organisation.quiet is not None:
        return organisation.quiet
    return None if organisation.has_channel else reasons.NO_MAIL_SERVER


def _recipient_stops(recipient: Recipient) -> Reason | None:
    if not recipient.is_active:
        return reasons.INACTIVE
    return (recipient.obstacle or reasons.OPTED_OUT) if recipient.opted_out else None


def _not_now(facts: Facts) -> Hold | None:
    if not facts.recipient.has_valid_address:
        return Hold(facts.recipient.obstacle or reasons.BAD_EMAIL, next_try(facts))
    hours = _hours(facts)
    if not hours.are_open(facts.now) or working_day(hours.today(facts.now)) != hours.today(facts.now):
        return Hold(reasons.SEND_WINDOW, next_try(facts))
    if not facts.is_expected and facts.brake_left <= 0:
        return Hold(reasons.VOLUME_BRAKE, needs_confirmation=True)
    return None


def _of_lines(facts: Facts) -> Verdict:
    """What is left to send; a hold if something is left that is only held; otherwise it is not needed."""
    today = _today(facts)
    found: list[OpenLine] = []
    left_out: dict[UUID, Reason] = {}
    stops: list[Stop] = []
    for line in facts.lines:
        why_not, stop = _why_not(line, facts, today), _in_force(line.stop, today)
        if why_not is None and stop is not None:
            stops.append(stop)
            why_not = stop.why()
        if why_not is None and line.record is not None:
            found.append(_open(line, line.record))
        else:
            left_out[line.invoice_id] = why_not or reasons.GONE
    if found:
        return Send(tuple(sorted(found, key=lambda one: (one.due_on, one.number, one.invoice_id))), left_out)
    return _held(min(stops, key=_end), facts) if stops else Drop(_common(left_out))


def _why_not(line: Line, facts: Facts, today: date) -> Reason | None:
    record = line.record
    if record is None:
        return reasons.GONE
    if record.currency != facts.currency or record.customer_external_id != facts.recipient.external_id:
        return reasons.CHANGED
    if record.state is InvoiceState.OPEN and record.amount_due - line.ours > 0:
        if working_day(record.due_on + timedelta(days=line.offset_days)) > today:
            return reasons.NOT_DUE_YET
        return None
    return reasons.PAID if record.state in (InvoiceState.OPEN, InvoiceState.PAID) else reasons.VOIDED


def _in_force(stop: Stop | None, today: date) -> Stop | None:
    return None if stop is None or (stop.until is not None and stop.until < today) else stop


def _end(stop: Stop) -> date:
    return stop.until or date.max


def _held(stop: Stop, facts: Facts) -> Hold:
    """Until the send hour of the first working day that the stop does not cover, if it has an end."""
    organisation = facts.organisation
    if stop.until is None:
        return Hold(stop.why())
    return Hold(stop.why(), moment(next_working_day(stop.until), facts.send_hour, organisation.zone))


def _open(line: Line, record: InvoiceRecord) -> OpenLine:
    return OpenLine(
        invoice_id=line.invoice_id,
        step_id=line.step_id,
        number=record.number,
        reference=record.reference,
        issued_on=record.issued_on,
        due_on=record.due_on,
        balance=record.amount_due - line.ours,
    )


def _common(left_out: Mapping[UUID, Reason]) -> Reason:
    found = set(left_out.values())
    return found.pop() if len(found) == 1 else reasons.NOTHING_LEFT


def _today(facts: Facts) -> date:
    return local(facts.now, facts.organisation.zone).date()


def _seen_line(line: Line) -> dict[str, Any]:
    if line.record is None:
        return {"id": str(line.invoice_id), "state": "gone"}
    held = {"held": line.stop.kind.value} if line.stop else {}
    return {
        "id": str(line.invoice_id),
        "number": line.record.number,
        "state": line.record.state.value,
        "balance": str(line.record.amount_due),
        "paid_through_us": str(line.ours),
        "due_on": line.record.due_on.isoformat(),
        **held,
    }
