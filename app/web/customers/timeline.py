"""Everything that happened with one customer, latest first: reminders, messages, money, words and holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import chain, islice
from typing import Any, TypeVarTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.models import (
    UNDECIDED,
    Consent,
    Dispute,
    Hold,
    Invoice,
    LedgerPayment,
    Message,
    OptOut,
    PaymentClaim,
    Promise,
    Reminder,
    Reply,
    ReplyKind,
)
from app.payments.opting_out import EMAIL, OWNER
from app.reminders.claims import LABELS as METHODS
from app.reminders.disputes import LABELS as REASONS
from app.reminders.reasons import stopped
from app.reminders.replies import words_of_reply
from app.reminders.reply_pause import WRITTEN_BY
from app.reminders.say import say_day
from app.web.customers.reach import CHANNELS, SOURCES
from app.web.formats import money_here
from app.web.here import ground
from app.web.states import outcome_word

_Rows = TypeVarTuple("_Rows")
MOST_SHOWN = 100


@dataclass(frozen=True)
class Event:
    """One thing that happened: when, in which word and tone, in a sentence, and the reminder to look at."""

    at: datetime
    tone: str
    word: str
    sentence: str
    reminder_id: UUID | None = None


def timeline(session: Session, customer_id: UUID) -> list[Event]:
    """The latest hundred things."""
    found = chain(
        _reminders(session, customer_id),
        _messages(session, customer_id),
        _replies(session, customer_id),
        _payments(session, customer_id),
        _claims(session, customer_id),
        _promises(session, customer_id),
        _disputes(session, customer_id),
        _holds(session, customer_id),
        _opt_outs(session, customer_id),
        _consents(session, customer_id),
    )
    return list(islice(sorted(found, key=lambda event: event.at, reverse=True), MOST_SHOWN))


def _reminders(session: Session, customer_id: UUID) -> Iterator[Event]:
    rows = session.scalars(
        select(Reminder)
        .where(Reminder.customer_id == customer_id, Reminder.state.not_in(UNDECIDED))
        .order_by(Reminder.send_on.desc())
        .limit(MOST_SHOWN)
    )
    for row in rows:
        if row.reason:  # one that simply left is told by its message
            yield Event(row.decided_at or row.due_at, "calm", "Reminder", row.reason, row.id)


def _messages(session: Session, customer_id: UUID) -> Iterator[Event]:
    same = and_(Reminder.tenant_id == Message.tenant_id, Reminder.id == Message.reminder_id)
    rows = session.scalars(
        select(Message)
        .join(Reminder, same)
        .where(Reminder.customer_id == customer_id)
        .order_by(Message.started_at.desc())
        .limit(MOST_SHOWN)
    )
    channels = {"email": "An e-mail", "sms": "A text message", "whatsapp": "A WhatsApp message"}
    for row in rows:
        shown = outcome_word(row.state, row.delivery)
        sentence = f"{channels.get(row.channel, row.channel)}. {row.reason or ''}".strip()
        yield Event(row.started_at, shown.tone, shown.word, sentence, row.reminder_id)


def _replies(session: Session, customer_id: UUID) -> Iterator[Event]:
    sealer = ground().sealer(session)
    written = select(Reply).where(Reply.customer_id == customer_id, Reply.kind == ReplyKind.WRITTEN)
    for row in session.scalars(_latest(written, Reply.received_at)):
        told = f"They answered by {WRITTEN_BY.get(row.channel, row.channel)}"
        words = " ".join(words_of_reply(sealer, row).split())
        sentence = f"{told}: “{words}”" if words else f"{told}, without a word."
        yield Event(row.received_at, "info", "Reply", sentence, row.reminder_id)


def _payments(session: Session, customer_id: UUID) -> Iterator[Event]:
    rows = session.scalars(
        _latest(
            select(LedgerPayment).where(
                LedgerPayment.customer_id == customer_id, LedgerPayment.is_deleted.is_(False)
            ),
            LedgerPayment.paid_on,
        )
    )
    for row in rows:
        words = f"{money_here(row.amount, row.currency)} in the ledger. {row.reference}".strip()
        yield Event(_morning(row.paid_on), "good", "Payment", words)


def _claims(session: Session, customer_id: UUID) -> Iterator[Event]:
    rows = session.scalars(
        _latest(select(PaymentClaim).where(PaymentClaim.customer_id == customer_id), PaymentClaim.made_at)
    )
    ends = {
        "confirmed": "The ledger shows it.",
        "overdue": "No money came in time.",
        "rejected": "No such money.",
    }
    for row in rows:
        words = f"They say they paid by {METHODS[row.method]} on {say_day(row.paid_on)}."
        yield Event(
            row.made_at, "info", "Says it is paid", f"{words} {ends.get(row.state.value, '')}".strip()
        )


def _promises(session: Session, customer_id: UUID) -> Iterator[Event]:
    rows = session.execute(
        _latest(
            select(Promise, Invoice).join(Invoice, _same(Promise)).where(_theirs(customer_id)),
            Promise.made_at,
        )
    )
    tones = {"kept": "good", "broken": "bad"}
    for row, invoice in rows:
        amount, day = money_here(row.amount, invoice.currency), say_day(row.promised_on)
        words = f"{amount} for invoice {invoice.number} by {day}: {row.state.value}."
        yield Event(row.made_at, tones.get(row.state.value, "info"), "Promise", words)


def _disputes(session: Session, customer_id: UUID) -> Iterator[Event]:
    rows = session.execute(
        _latest(
            select(Dispute, Invoice).join(Invoice, _same(Dispute)).where(_theirs(customer_id)),
            Dispute.opened_at,
        )
    )
    ends = {
        "open": "It is open.",
        "won": "Settled: it is owed.",
        "credit_coming": "A credit note was announced.",
        "resumed": "Reminders go on.",
        "closed": "The ledger closed it.",
    }
    for row, invoice in rows:
        words = f"Invoice {invoice.number}: {REASONS[row.reason].lower()}. {ends[row.state.value]}"
        yield Event(row.opened_at, "attention", "Dispute", words)


def _holds(session: Session, customer_id: UUID) -> Iterator[Event]:
    invoices = select(Invoice.id).where(Invoice.customer_id == customer_id)
    of_theirs = (Hold.subject_id == customer_id) | Hold.subject_id.in_(invoices)
    for row in session.scalars(_latest(select(Hold).where(of_theirs), Hold.created_at)):
        yield Event(row.created_at, "attention", "Held", stopped(row.kind, row.reason, row.until).sentence)
        if row.lifted_at is not None:
            yield Event(row.lifted_at, "calm", "Hold ended", row.reason)


def _opt_outs(session: Session, customer_id: UUID) -> Iterator[Event]:
    who = {
        "owner": "You stopped reminders to them.",
        "one_click": "They asked their mail program for no more.",
    }
    for row in session.scalars(select(OptOut).where(OptOut.customer_id == customer_id)):
        if row.source == OWNER and row.channel != EMAIL:
            continue  # the business stops all channels at once
        words = who.get(row.source, "They asked for no more reminders.")
        yield Event(row.created_at, "attention", "No more reminders", words)


def _consents(session: Session, customer_id: UUID) -> Iterator[Event]:
    for row in session.scalars(
        _latest(select(Consent).where(Consent.customer_id == customer_id), Consent.given_at)
    ):
        channel = CHANNELS.get(row.channel, row.channel)
        yield Event(
            row.given_at,
            "good",
            "Agreed",
            f"{channel}, {SOURCES.get(row.source, row.source)}. {row.note or ''}".strip(),
        )
        if row.withdrawn_at is not None:
            words = f"{channel}: their consent ended. {row.withdrawn_note or ''}".strip()
            yield Event(row.withdrawn_at, "attention", "No more reminders", words)


def _same(table: type[Promise] | type[Dispute]) -> ColumnElement[bool]:
    return and_(Invoice.tenant_id == table.tenant_id, Invoice.id == table.invoice_id)


def _theirs(customer_id: UUID) -> ColumnElement[bool]:
    return Invoice.customer_id == customer_id


def _latest(statement: Select[*_Rows], at: InstrumentedAttribute[Any]) -> Select[*_Rows]:
    return statement.order_by(at.desc()).limit(MOST_SHOWN)


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
