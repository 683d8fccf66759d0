"""Why a customer got, did not get, or will not get a reminder on a day: from what was decided and what held then."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.kit.errors import NotFound, Rejected
from app.models import (
    UNDECIDED,
    Customer,
    Hold,
    HoldScope,
    Invoice,
    InvoiceState,
    OptOut,
    Reminder,
    ReminderInvoice,
    ReminderState,
)
from app.reminders.holds import load_stops
from app.reminders.reasons import stopped
from app.reminders.say import say_day


@dataclass(frozen=True, slots=True)
class Explanation:
    """One thing that decided the day: a word of the page for its state, and a sentence."""

    state: str
    sentence: str
    invoices: tuple[str, ...] = ()
    reminder_id: UUID | None = None


_SAID = {
    ReminderState.SENT: "A reminder was sent.",
    ReminderState.PLANNED: "A reminder is planned for this day.",
    ReminderState.SENDING: "A reminder is leaving right now.",
}
_LAST_DAY = date(9999, 12, 30)  # the last one with a day after it


def explain(session: Session, customer_id: UUID, day: date, *, zone: str, now: datetime) -> list[Explanation]:
    """Everything that bears on this customer and day; at least one thing.

    `day` is a day in the organisation's zone. For today and later the holds of now count, for the past those
    that stood on that day.
    """
    day = min(day, _LAST_DAY)
    found = list(_reminders(session, customer_id, day, zone))
    found += _holds(session, customer_id, day, zone, now)
    if not any(one.reminder_id for one in found):
        found.append(_nothing(session, customer_id, day, has_reason=bool(found)))
    return found


def named_customer(session: Session, text: str) -> UUID:
    """The customer with this id or exactly this name. Raises NotFound, and Rejected if several are named so."""
    try:
        wanted = Customer.id == UUID(text)
    except ValueError:
        wanted = Customer.name == text
    found = session.scalars(select(Customer.id).where(wanted).limit(2)).all()
    if not found:
        raise NotFound("There is no such customer in this organisation.")
    if len(found) > 1:
        raise Rejected("Several customers have this name. Give the customer's id.")
    return found[0]


def _reminders(session: Session, customer_id: UUID, day: date, zone: str) -> Iterator[Explanation]:
    begins, ends = _bounds(day, zone)
    rows = session.scalars(
        select(Reminder)
        .where(
            Reminder.customer_id == customer_id,
            or_(
                Reminder.send_on == day,
                and_(
                    Reminder.decided_at >= begins,
                    Reminder.decided_at < ends,
                    Reminder.state.not_in(UNDECIDED),
                ),
            ),
        )
        .order_by(Reminder.currency, Reminder.due_at)
    ).all()
    for row in rows:
        sentence = row.reason or _SAID.get(row.state, "It was tried, and its outcome is being settled.")
        yield Explanation(row.state.value, sentence, _numbers(session, row.id), row.id)


def _holds(session: Session, customer_id: UUID, day: date, zone: str, now: datetime) -> Iterator[Explanation]:
    rows = session.execute(select(Invoice.id, Invoice.number).where(Invoice.customer_id == customer_id))
    invoices = {invoice_id: number for invoice_id, number in rows}  # noqa: C416 (a Row is not a pair of types)
    if day >= now.astimezone(ZoneInfo(zone)).date():
        for (scope, subject_id), stop in load_stops(session, day).items():
            if subject_id == customer_id or (scope is HoldScope.INVOICE and subject_id in invoices):
                yield _held(stop.why().sentence, invoices.get(subject_id))
    else:
        yield from _past_holds(session, customer_id, invoices, day, zone)
    opted_out = session.scalar(select(OptOut).where(OptOut.customer_id == customer_id).limit(1))
    if opted_out is not None and opted_out.created_at < _bounds(day, zone)[1]:
        yield _held("The customer gets no reminders: they, or you for them, asked for none.", None)


def _past_holds(
    session: Session, customer_id: UUID, invoices: dict[UUID, str], day: date, zone: str
) -> Iterator[Explanation]:
    begins, ends = _bounds(day, zone)
    rows = session.scalars(
        select(Hold)
        .where(
            Hold.subject_id.in_([customer_id, *invoices]),
            Hold.created_at < ends,
            or_(Hold.lifted_at.is_(None), Hold.lifted_at > begins),
            or_(Hold.until.is_(None), Hold.until >= day),
        )
        .order_by(Hold.created_at)
    )
    for row in rows:
        yield _held(stopped(row.kind, row.reason, row.until).sentence, invoices.get(row.subject_id))


def _held(sentence: str, number: str | None) -> Explanation:
    return Explanation(ReminderState.HELD.value, sentence, () if number is None else (number,))


def _nothing(session: Session, customer_id: UUID, day: date, *, has_reason: bool) -> Explanation:
    coming = session.scalar(
        select(Reminder.send_on)
        .where(Reminder.customer_id == customer_id, Reminder.state.in_(UNDECIDED), Reminder.send_on > day)
        .order_by(Reminder.send_on)
        .limit(1)
    )
    if coming is not None:
        sentence = (
            f"No step of the cadence fell on this day. The next reminder is planned for {say_day(coming)}."
        )
        return Explanation("not_planned", sentence)
    if _owes(session, customer_id):
        words = (
            "For this reason no reminder was planned."
            if has_reason
            else "No step of the cadence fell on this day."
        )
        return Explanation("not_planned", words)
    return Explanation("not_planned", "Nothing of this customer is open, so no reminder is planned.")


def _owes(session: Session, customer_id: UUID) -> bool:
    is_owed = (Invoice.customer_id == customer_id, Invoice.state == InvoiceState.OPEN, Invoice.amount_due > 0)
    return session.scalar(select(Invoice.id).where(*is_owed).limit(1)) is not None


def _numbers(session: Session, reminder_id: UUID) -> tuple[str, ...]:
    same = and_(Invoice.tenant_id == ReminderInvoice.tenant_id, Invoice.id == ReminderInvoice.invoice_id)
    rows = session.scalars(
        select(Invoice.number)
        .join(ReminderInvoice, same)
        .where(ReminderInvoice.reminder_id == reminder_id)
        .order_by(Invoice.due_on)
    )
    return tuple(rows)


def _bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    begins = datetime.combine(day, time(), tzinfo=ZoneInfo(zone))
    return begins, datetime.combine(day + timedelta(days=1), time(), tzinfo=ZoneInfo(zone))
