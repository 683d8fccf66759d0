"""Reads what a batch of claimed reminders is about from our own tables, before the ledger is asked."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.kit.clock import local_date
from app.kit.ground import Ground
from app.kit.sealing import Sealer
from app.late_fees.open_charges import open_charges
from app.models import (
    ContactRole,
    Customer,
    HoldScope,
    Message,
    Reminder,
    Tenant,
)
from app.payments.accounts import takes_payments
from app.reminders.brake import brake_left
from app.reminders.cases import Batch, Business, Case, CoveredLine
from app.reminders.cases_calendars import Diaries, load_diaries
from app.reminders.cases_lines import lines_of
from app.reminders.claiming import Claim
from app.reminders.failed_debits import untold_debits
from app.reminders.gate import Recipient
from app.reminders.holds import Key, load_stops
from app.reminders.loading_addressees import load_contacts
from app.reminders.planner_diary import Diary
from app.reminders.reaching import Way, choose, read_known, ways_to
from app.reminders.sender import reply_to_of
from app.reminders.situation import Stop
from app.reminders.standing import Organisation
from app.reminders.step_texts import StepWords, words_of


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
    claimed = [claim.reminder_id for claim in claims]
    lines = lines_of(session, claimed, stops)
    invoices = {line.invoice_id for covered in lines.values() for line in covered}
    sealer = ground.sealer(session)
    business = _business(session, sealer)
    words = words_of(session, {line.step_id for covered in lines.values() for line in covered}, sealer)
    customers = select(Reminder.customer_id).where(Reminder.id.in_(claimed))
    charges = open_charges(session, set(session.scalars(customers)))
    return Batch(
        read_at=now,
        organisation=organisation,
        business=business,
        brake_left=brake_left(session, organisation.zone, now),
        words=words,
        failed_debits=untold_debits(session, invoices, beside=claimed),
        late_fees=frozenset(charge.invoice_id for found in charges.values() for charge in found),
        contacts=load_contacts(session, zone=organisation.zone, now=now, today=today, beside=claimed),
        cases=tuple(
            _cases(
                session,
                sealer,
                claims,
                lines,
                stops,
                words,
                country=business.country_code,
                ready=ready,
                diaries=load_diaries(session, claimed, zone=organisation.zone),
            )
        ),
    )


def _cases(
    session: Session,
    sealer: Sealer,
    claims: Sequence[Claim],
    lines: Mapping[UUID, tuple[CoveredLine, ...]],
    stops: Mapping[Key, Stop],
    words: Mapping[UUID, StepWords],
    *,
    country: str,
    ready: frozenset[str],
    diaries: Diaries,
) -> list[Case]:
    by_id = {claim.reminder_id: claim for claim in claims}
    attempts = _attempts(session, by_id)
    rows = session.execute(
        select(Reminder, Customer)
        .join(Customer, and_(Customer.tenant_id == Reminder.tenant_id, Customer.id == Reminder.customer_id))
        .where(Reminder.id.in_(by_id))
        .order_by(Reminder.due_at, Reminder.currency, Reminder.id)
    ).all()
    known = read_known(session, sealer, {customer.id for _, customer in rows}, country=country, ready=ready)
    roles = {reminder.id: _role(words.get(reminder.step_id)) for reminder, _ in rows}
    return [
        _case(
            reminder,
            customer,
            choose(
                reminder.channels,
                reminder.channel_place,
                ways_to(customer, reminder.channels, known, sealer, role=roles[reminder.id]),
            ),
            role=roles[reminder.id],
            claim=by_id[reminder.id],
            attempt=attempts.get(reminder.id, 0) + 1,
            lines=lines.get(reminder.id, ()),
            stop=stops.get((HoldScope.CUSTOMER, customer.id)),
            diary=diaries.of(customer, reminder.step_id),
        )
        for reminder, customer in rows
    ]


def _role(words: StepWords | None) -> str:
    return words.recipient_role if words else ContactRole.BILLING


def _case(
    reminder: Reminder,
    customer: Customer,
    chosen: tuple[int, Way],
    *,
    role: str,
    claim: Claim,
    attempt: int,
    lines: tuple[CoveredLine, ...],
    stop: Stop | None,
    diary: Diary,
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
        ),
        customer_name=customer.name,
        first_name=customer.first_name,
        country=customer.country_code,
        address=way.address,
        mailbox=way.mailbox,
        phonebook=way.phonebook,
        role=role,
        channel=way.channel,
        channel_place=place,
        diary=diary,
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


def _business(session: Session, sealer: Sealer) -> Business:
    tenant = session.scalars(select(Tenant)).one()
    return Business(
        name=tenant.name,
        country_code=tenant.country_code,
        reply_to=reply_to_of(tenant, sealer),
        takes_payments=takes_payments(session),
    )
