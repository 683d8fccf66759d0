"""What the planner is told, read in a handful of queries however many customers there are."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, text
from sqlalchemy.orm import Session

from app.kit.clock import local_date
from app.models import (
    UNDECIDED,
    CatchUp,
    CheckoutInvoice,
    HoldScope,
    Invoice,
    InvoiceState,
    Reminder,
    ReminderInvoice,
    ReminderState,
)
from app.payments.coverage import ours_not_in_ledger
from app.reminders.holds import Key, load_stops
from app.reminders.loading_addressees import load_addressees, load_contacts, load_place
from app.reminders.loading_cadences import load_known, load_profiles
from app.reminders.promises import load_broken_promises
from app.reminders.reasons import FREES_THE_DAY
from app.reminders.situation import (
    Cadence,
    Covered,
    Group,
    Had,
    Late,
    OpenInvoice,
    Past,
    Situation,
    Step,
    Stop,
)
from app.reminders.standing import Undecided

CHANNEL = "email"
_NO_MONEY = Decimal(0)
_LINES = text("""
    SELECT reminder_id, invoice_id, step_id, occurrence, reached_on FROM reminder_invoice
    WHERE reminder_id = ANY(:ids) AND is_spent
""")
_WHAT_THERE_IS = text("""
    SELECT EXISTS (SELECT FROM cadence_rule), EXISTS (SELECT FROM catch_up), EXISTS (SELECT FROM opt_out),
           EXISTS (SELECT FROM checkout_invoice),
           EXISTS (SELECT FROM reminder WHERE state NOT IN ('planned', 'held'))
""")


def load_situation(
    session: Session, *, cadence: Cadence, stored: Collection[Undecided], zone: str, now: datetime
) -> Situation:
    """Everything the planner needs of the tenant of this unit of work; `cadence` is its default one."""
    today, census = local_date(now, zone), _census(session)
    stops, known = load_stops(session, today), load_known(session, with_rules=census.rules)
    cadences = (cadence, *(rule.cadence for rule in known.rules))
    steps = [step for one in cadences for step in one.steps]
    broken = load_broken_promises(session) if any(step.only_after for step in steps) else {}
    return Situation(
        now=now,
        zone=zone,
        cadence=cadence,
        invoices=_invoices(
            session,
            stops,
            had=_had(session, known.steps) if census.decided else {},
            ours=_ours(session) if census.checkouts else {},
            broken={invoice_id: local_date(at, zone) for invoice_id, at in broken.items()},
        ),
        addressees=load_addressees(
            session,
            stops,
            with_opt_outs=census.opt_outs,
            with_phones=any(set(step.channels) - {CHANNEL} for step in steps),
        ),
        past=_past(session, stored, today, now, any_decided=census.decided),
        rules=known.rules,
        profiles=load_profiles(session, known.rules, today),
        contacts=load_contacts(session, zone=zone, now=now, today=today) if census.decided else {},
        place=load_place(session),
        late=load_late(session) if census.words else None,
    )


class _Census(NamedTuple):
    """What a tenant has at all: most have no rules and no opt-outs, and nothing is read of what is not there."""

    rules: bool
    words: bool
    opt_outs: bool
    checkouts: bool
    decided: bool


def _census(session: Session) -> _Census:
    return _Census(*session.execute(_WHAT_THERE_IS).one())


def load_late(session: Session) -> Late | None:
    """The owner's newest word on what was late."""
    row = session.execute(
        select(CatchUp.mode, CatchUp.late_until).order_by(CatchUp.decided_at.desc(), CatchUp.id).limit(1)
    ).one_or_none()
    return Late(*row) if row else None


def load_undecided(session: Session) -> dict[UUID, Undecided]:
    """The reminders that have not begun to leave, by id, the oldest first."""
    rows = session.execute(
        select(
            Reminder.id,
            Reminder.customer_id,
            Reminder.currency,
            Reminder.step_id,
            Reminder.cadence_version,
            Reminder.send_on,
            Reminder.due_at,
            Reminder.state,
            Reminder.reason_code,
            Reminder.reason,
            Reminder.needs_confirmation,
            Reminder.first_on,
            Reminder.channels,
        )
        .where(Reminder.state.in_(UNDECIDED))
        .order_by(Reminder.planned_at, Reminder.id)
    ).all()
    covered = _covered(session, [row[0] for row in rows])
    return {row[0]: _undecided(row[1:], covered.get(row[0], set())) for row in rows}


def _covered(session: Session, reminder_ids: list[UUID]) -> dict[UUID, set[Covered]]:
    """By reminder, the lines that count.

    Asked for by name and not by a join: of a tenant that the statistics do not know yet PostgreSQL expects one
    row, and would look through ten thousand ten thousand times.
    """
    found: dict[UUID, set[Covered]] = {}
    if reminder_ids:
        for reminder_id, *line in session.execute(_LINES, {"ids": reminder_ids}):
            found.setdefault(reminder_id, set()).add(Covered(*line))
    return found


def _undecided(columns: Sequence[Any], covered: set[Covered]) -> Undecided:
    *others, channels = columns
    return Undecided(*[*others, tuple(channels), frozenset(covered)])


def _invoices(
    session: Session,
    stops: dict[Key, Stop],
    *,
    had: dict[UUID, tuple[Had, ...]],
    ours: dict[UUID, Decimal],
    broken: dict[UUID, date],
) -> list[OpenInvoice]:
    rows = session.execute(
        select(
            Invoice.id,
            Invoice.customer_id,
            Invoice.currency,
            Invoice.due_on,
            Invoice.issued_on,
            Invoice.total,
            Invoice.amount_due,
        ).where(Invoice.state == InvoiceState.OPEN, Invoice.amount_due > 0)
    )
    return [
        OpenInvoice(
            id=invoice_id,
            customer_id=customer_id,
            currency=currency,
            due_on=due_on,
            balance=amount_due - ours.get(invoice_id, _NO_MONEY),
            had=had.get(invoice_id, ()),
            stop=stops.get((HoldScope.INVOICE, invoice_id)),
            issued_on=issued_on,
            total=total,
            promise_broken_on=broken.get(invoice_id),
        )
        for invoice_id, customer_id, currency, due_on, issued_on, total, amount_due in rows
    ]


def _had(session: Session, steps: dict[UUID, Step]) -> dict[UUID, tuple[Had, ...]]:
    """The steps each open invoice has had or is having just now; of repeats the latest."""
    rows = session.execute(
        select(
            ReminderInvoice.invoice_id,
            ReminderInvoice.step_id,
            func.max(ReminderInvoice.occurrence),
            func.max(Reminder.send_on),
        )
        .join(Reminder, _same_reminder())
        .join(
            Invoice,
            and_(Invoice.tenant_id == ReminderInvoice.tenant_id, Invoice.id == ReminderInvoice.invoice_id),
        )
        .where(
            Invoice.state == InvoiceState.OPEN,
            ReminderInvoice.is_spent,
            Reminder.state.not_in(UNDECIDED),
        )
        .group_by(ReminderInvoice.invoice_id, ReminderInvoice.step_id)
    )
    found: dict[UUID, tuple[Had, ...]] = {}
    for invoice_id, step_id, occurrence, on in rows:
        found[invoice_id] = (*found.get(invoice_id, ()), Had(steps[step_id], occurrence, on))
    return found


def _ours(session: Session) -> dict[UUID, Decimal]:
    touched = session.scalars(
        select(CheckoutInvoice.invoice_id)
        .join(
            Invoice,
            and_(Invoice.tenant_id == CheckoutInvoice.tenant_id, Invoice.id == CheckoutInvoice.invoice_id),
        )
        .where(Invoice.state == InvoiceState.OPEN)
        .distinct()
    )
    return ours_not_in_ledger(session, touched.all())


def _past(
    session: Session, stored: Collection[Undecided], today: date, now: datetime, *, any_decided: bool
) -> dict[Group, Past]:
    """The last day of each group, and what waits for its time.

    A reminder skipped today counts too: what was decided is not decided again on the same day, so that a
    mirror and a ledger that disagree cannot make the planner run in circles.
    """
    past = _last_days(session, today) if any_decided else {}
    for row in stored:
        waits_until = row.waits_until(now)
        if waits_until is not None:
            past[row.group] = Past(past.get(row.group, Past()).last_on, waits_until)
    return past


def _last_days(session: Session, today: date) -> dict[Group, Past]:
    rows = session.execute(
        select(Reminder.customer_id, Reminder.currency, func.max(Reminder.send_on))
        .where(
            Reminder.state.not_in(UNDECIDED),
            or_(
                Reminder.state != ReminderState.SKIPPED,
                and_(Reminder.send_on >= today, Reminder.reason_code.not_in(FREES_THE_DAY)),
            ),
        )
        .group_by(Reminder.customer_id, Reminder.currency)
    )
    return {(customer_id, currency): Past(last_on=last_on) for customer_id, currency, last_on in rows}


def _same_reminder() -> ColumnElement[bool]:
    return and_(Reminder.tenant_id == ReminderInvoice.tenant_id, Reminder.id == ReminderInvoice.reminder_id)
