"""What a batch of claimed reminders is about, as our own tables have it: read before the ledger is asked."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from app.kit.clock import local_date
from app.kit.ground import Ground
from app.kit.sealing import Sealer
from app.models import (
    Anchor,
    CadenceStep,
    Counts,
    Customer,
    HoldScope,
    Invoice,
    Message,
    Reminder,
    ReminderInvoice,
    Tenant,
)
from app.payments.accounts import takes_payments
from app.reminders.brake import brake_left
from app.reminders.claiming import Claim
from app.reminders.gate import Recipient
from app.reminders.holds import Key, load_stops
from app.reminders.planning import planning_cadence
from app.reminders.reaching import Way, choose, read_known, ways_to
from app.reminders.sender import reply_to_of
from app.reminders.situation import Stop
from app.reminders.standing import Organisation
from app.reminders.step_texts import StepWords, words_of

# Of a step that counts from elsewhere, or business days backwards, the day it was planned for tells.
_DAYS_AFTER_DUE = case(
    (
        or_(
            CadenceStep.anchor != Anchor.DUE,
            CadenceStep.only_after.is_not(None),
            and_(CadenceStep.counts == Counts.BUSINESS, CadenceStep.offset_days < 0),
        ),
        func.coalesce(ReminderInvoice.reached_on - Invoice.due_on, CadenceStep.offset_days),
    ),
    else_=CadenceStep.offset_days,
)


@dataclass(frozen=True, slots=True)
class CoveredLine:
    """An invoice of a reminder at its step."""

    invoice_id: UUID
    step_id: UUID
    offset_days: int
    stop: Stop | None


@dataclass(frozen=True)
class Case:
    """One claimed reminder."""

    claim: Claim
    customer_id: UUID
    currency: str
    is_expected: bool
    attempt: int
    recipient: Recipient
    customer_name: str = field(repr=False)
    first_name: str | None = field(repr=False)
    country: str | None
    """Of the customer's address: it decides on the language."""
    address: str | None = field(repr=False)
    channel: str
    channel_place: int
    """Where on the reminder's list the channel is."""
    lines: tuple[CoveredLine, ...]


@dataclass(frozen=True)
class Business:
    """Who speaks."""

    name: str
    country_code: str
    reply_to: str | None = field(repr=False)
    takes_payments: bool


@dataclass(frozen=True)
class Batch:
    """Claimed reminders of one tenant with what they share."""

    read_at: datetime
    organisation: Organisation
    business: Business
    send_hour: int
    brake_left: int
    words: Mapping[UUID, StepWords]
    cases: tuple[Case, ...]


def read_batch(
    session: Session,
    ground: Ground,
    claims: Sequence[Claim],
    *,
    organisation: Organisation,
    ready: frozenset[str],
    now: datetime,
) -> Batch:
    """A handful of queries for the whole batch. `ready` are the channels that messages can leave by."""
    today = local_date(now, organisation.zone)
    stops = load_stops(session, today)
    lines = _lines(session, [claim.reminder_id for claim in claims], stops)
    sealer = ground.sealer(session)
    business = _business(session, sealer)
    return Batch(
        read_at=now,
        organisation=organisation,
        business=business,
        send_hour=planning_cadence(session, now).send_hour,
        brake_left=brake_left(session, organisation.zone, now),
        words=words_of(session, {line.step_id for covered in lines.values() for line in covered}),
        cases=tuple(
            _cases(session, sealer, claims, lines, stops, country=business.country_code, ready=ready)
        ),
    )


def _cases(
    session: Session,
    sealer: Sealer,
    claims: Sequence[Claim],
    lines: Mapping[UUID, tuple[CoveredLine, ...]],
    stops: Mapping[Key, Stop],
    *,
    country: str,
    ready: frozenset[str],
) -> list[Case]:
    by_id = {claim.reminder_id: claim for claim in claims}
    attempts = _attempts(session, by_id)
    rows = session.execute(
        select(Reminder, Customer)
        .join(Customer, and_(Customer.tenant_id == Reminder.tenant_id, Customer.id == Reminder.customer_id))
        .where(Reminder.id.in_(by_id))
        .order_by(Reminder.due_at, Reminder.id)
    ).all()
    known = read_known(session, sealer, {customer.id for _, customer in rows}, country=country, ready=ready)
    return [
        _case(
            reminder,
            customer,
            choose(
                reminder.channels,
                reminder.channel_place,
                ways_to(customer, reminder.channels, known, sealer),
            ),
            claim=by_id[reminder.id],
            attempt=attempts.get(reminder.id, 0) + 1,
            lines=lines.get(reminder.id, ()),
            stop=stops.get((HoldScope.CUSTOMER, customer.id)),
        )
        for reminder, customer in rows
    ]


def _case(
    reminder: Reminder,
    customer: Customer,
    chosen: tuple[int, Way],
    *,
    claim: Claim,
    attempt: int,
    lines: tuple[CoveredLine, ...],
    stop: Stop | None,
) -> Case:
    place, way = chosen
    return Case(
        claim=claim,
        customer_id=customer.id,
        currency=reminder.currency,
        is_expected=reminder.confirmed_at is not None,
        attempt=attempt,
        recipient=Recipient(
            external_id=customer.external_id,
            is_active=customer.is_active,
            opted_out=way.opted_out,
            has_valid_address=way.obstacle is None,
            stop=stop,
            obstacle=way.why_not,
            zones=tuple(customer.time_zones or ()),
        ),
        customer_name=customer.name,
        first_name=customer.first_name,
        country=customer.country_code,
        address=way.address,
        channel=way.channel,
        channel_place=place,
        lines=lines,
    )


def _attempts(session: Session, reminder_ids: Collection[UUID]) -> dict[UUID, int]:
    """The number of the latest attempt of each reminder that has one."""
    rows = session.execute(
        select(Message.reminder_id, func.max(Message.attempt))
        .where(Message.reminder_id.in_(reminder_ids))
        .group_by(Message.reminder_id)
    )
    return {reminder_id: attempt for reminder_id, attempt in rows}  # noqa: C416 (a Row is not a pair of types)


def _lines(
    session: Session, reminder_ids: Sequence[UUID], stops: Mapping[Key, Stop]
) -> dict[UUID, tuple[CoveredLine, ...]]:
    rows = session.execute(
        select(
            ReminderInvoice.reminder_id,
            ReminderInvoice.invoice_id,
            ReminderInvoice.step_id,
            _DAYS_AFTER_DUE,
        )
        .join(
            CadenceStep,
            and_(
                CadenceStep.tenant_id == ReminderInvoice.tenant_id, CadenceStep.id == ReminderInvoice.step_id
            ),
        )
        .join(
            Invoice,
            and_(Invoice.tenant_id == ReminderInvoice.tenant_id, Invoice.id == ReminderInvoice.invoice_id),
        )
        .where(ReminderInvoice.reminder_id.in_(reminder_ids), ReminderInvoice.is_spent)
    )
    found: dict[UUID, tuple[CoveredLine, ...]] = {}
    for reminder_id, invoice_id, step_id, offset_days in rows:
        line = CoveredLine(invoice_id, step_id, offset_days, stops.get((HoldScope.INVOICE, invoice_id)))
        found[reminder_id] = (*found.get(reminder_id, ()), line)
    return found


def _business(session: Session, sealer: Sealer) -> Business:
    tenant = session.scalars(select(Tenant)).one()
    return Business(
        name=tenant.name,
        country_code=tenant.country_code,
        reply_to=reply_to_of(tenant, sealer),
        takes_payments=takes_payments(session),
    )
