"""Promises to pay: reminders wait until the day, and go on after it if the money did not come."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.kit.database import tenant_of
from app.kit.errors import NotFound, Rejected
from app.kit.money import rounded
from app.models import (
    HoldKind,
    HoldScope,
    HoldSource,
    Invoice,
    InvoiceState,
    PersonTask,
    PersonTaskKind,
    Promise,
    PromiseState,
)
from app.payments.coverage import ours_not_in_ledger
from app.reminders.holds import NewHold, lift, place
from app.reminders.say import say_amount, say_day
from app.reminders.unkept import Unkept, WordUnkept
from app.tasks.person_tasks import NewTask, ask, finish

PAYER_MAY_WAIT = timedelta(days=14)
"""How far ahead a payer may promise on the page."""
PAYER_MAY_PROMISE = 2
"""How often a payer may promise for one invoice: who promises again and again is to be asked, not waited for."""
OWNER_MAY_WAIT = timedelta(days=366)
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Word:
    """A promise as it is given: for which invoice, when, how much (None: all that is open), and by whom."""

    invoice_id: UUID
    promised_on: date
    amount: Decimal | None
    source: HoldSource
    by: UUID | None = None


def promise(session: Session, word: Word, *, today: date, now: datetime) -> None:
    """Keep the promise and hold the invoice until its day. Raises Rejected with a sentence for whoever gave it."""
    invoice = session.get(Invoice, (tenant_of(session), word.invoice_id))
    if invoice is None or invoice.state is not InvoiceState.OPEN:
        raise NotFound("There is no such open invoice.")
    balance = _balance(session, invoice)
    amount = balance if word.amount is None else rounded(word.amount, invoice.currency)
    _check(session, word, amount, balance, today=today)
    withdraw(session, word.invoice_id, now=now)
    session.add(
        Promise(
            tenant_id=tenant_of(session),
            invoice_id=word.invoice_id,
            promised_on=word.promised_on,
            amount=amount,
            balance=balance,
            total=invoice.total,
            source=word.source,
            made_at=now,
        )
    )
    words = f"{say_amount(amount, invoice.currency)} is promised for {say_day(word.promised_on)}"
    hold = NewHold(
        HoldScope.INVOICE,
        word.invoice_id,
        HoldKind.PROMISE,
        words,
        until=word.promised_on,
        source=word.source,
        placed_by=word.by,
    )
    place(session, hold, now=now)


def withdraw(session: Session, invoice_id: UUID, *, now: datetime) -> None:
    """The promise does not count any more, and reminders go on. Nothing happens without one."""
    found = session.scalar(
        select(Promise).where(Promise.invoice_id == invoice_id, Promise.state == PromiseState.OPEN)
    )
    if found is not None:
        found.state, found.settled_at = PromiseState.WITHDRAWN, now
        session.flush()
    lift(session, [invoice_id], kinds=[HoldKind.PROMISE], now=now)


def times_promised(session: Session, invoice_id: UUID) -> int:
    """How often a payer has promised for this invoice."""
    counted = select(func.count()).where(Promise.invoice_id == invoice_id, Promise.source == HoldSource.PAYER)
    return session.scalar(counted) or 0


def load_broken_promises(session: Session) -> dict[UUID, datetime]:
    """Per open invoice whose latest promise was broken, when that was seen. What has come since is forgiven."""
    rows = session.execute(
        select(Promise, Invoice)
        .join(Invoice, and_(Invoice.tenant_id == Promise.tenant_id, Invoice.id == Promise.invoice_id))
        .where(Invoice.state == InvoiceState.OPEN)
        .order_by(Promise.made_at)
    )
    latest = {given.invoice_id: (given, invoice) for given, invoice in rows}
    broken = {one: found for one, found in latest.items() if found[0].state is PromiseState.BROKEN}
    ours = ours_not_in_ledger(session, broken)
    return {
        invoice_id: given.settled_at
        for invoice_id, (given, invoice) in broken.items()
        if given.settled_at is not None
        and invoice.amount_due - ours.get(invoice_id, _NOTHING) > _leaves(given, invoice)
    }


def load_what_promises_leave(session: Session, invoice_ids: Collection[UUID]) -> dict[UUID, Decimal]:
    """Per invoice of which a payment was promised, what is open at most once that of the latest has come."""
    rows = session.execute(
        select(Promise, Invoice)
        .join(Invoice, and_(Invoice.tenant_id == Promise.tenant_id, Invoice.id == Promise.invoice_id))
        .where(Promise.invoice_id.in_(invoice_ids))
        .order_by(Promise.made_at)
    )
    return {given.invoice_id: _leaves(given, invoice) for given, invoice in rows}


def settle_promises(session: Session, *, today: date, now: datetime) -> None:
    """Say of every promise whose day is over, or whose invoice is closed, how it turned out."""
    rows = session.execute(
        select(Promise, Invoice)
        .join(Invoice, and_(Invoice.tenant_id == Promise.tenant_id, Invoice.id == Promise.invoice_id))
        .where(Promise.state == PromiseState.OPEN)
    ).all()
    for given, invoice in rows:
        state = _outcome(given, invoice, _balance(session, invoice), today)
        if state is not PromiseState.OPEN:
            given.state, given.settled_at = state, now
        if state is PromiseState.BROKEN:
            _tell_broken(session, given, invoice, now)
    _finish_tasks_that_are_over(session, now)


def _check(session: Session, word: Word, amount: Decimal, balance: Decimal, *, today: date) -> None:
    is_payer = word.source is HoldSource.PAYER
    last = today + (PAYER_MAY_WAIT if is_payer else OWNER_MAY_WAIT)
    if not today <= word.promised_on <= last:
        words = f"Choose a day from {say_day(today)} to {say_day(last)}."
        raise WordUnkept(Unkept.DAY_PROMISED, words, first=today, last=last)
    if not 0 < amount <= balance:
        raise Rejected("Name an amount above zero and at most what is open.")
    if is_payer and times_promised(session, word.invoice_id) >= PAYER_MAY_PROMISE:
        words = "This invoice has been promised before. Please write to the business instead."
        raise WordUnkept(Unkept.PROMISED_BEFORE, words)


def _outcome(given: Promise, invoice: Invoice, balance: Decimal, today: date) -> PromiseState:
    if invoice.state in (InvoiceState.VOIDED, InvoiceState.DELETED, InvoiceState.DRAFT):
        return PromiseState.WITHDRAWN
    if balance <= _leaves(given, invoice):
        return PromiseState.KEPT
    return PromiseState.BROKEN if given.promised_on < today else PromiseState.OPEN


def _leaves(given: Promise, invoice: Invoice) -> Decimal:
    """What is open at most once that much has come. What the invoice was raised by since, nobody has promised."""
    raised = max(invoice.total - given.total, _NOTHING) if given.total is not None else _NOTHING
    return given.balance - given.amount + raised


def _tell_broken(session: Session, given: Promise, invoice: Invoice, now: datetime) -> None:
    words = (
        f"{say_amount(given.amount, invoice.currency)} for invoice {invoice.number} was promised for "
        f"{say_day(given.promised_on)} and has not come. Reminders go on."
    )
    task = NewTask(
        PersonTaskKind.PROMISE_BROKEN,
        invoice.customer_id,
        invoice.id,
        words,
        currency=invoice.currency,
        amount=given.amount,
    )
    ask(session, task, now=now)


def _finish_tasks_that_are_over(session: Session, now: datetime) -> None:
    """Of invoices that are closed, of which the money came after all, or which were promised anew."""
    asked = select(PersonTask.subject_id).where(
        PersonTask.kind == PersonTaskKind.PROMISE_BROKEN, PersonTask.done_at.is_(None)
    )
    over = set(session.scalars(asked)) - load_broken_promises(session).keys()
    finish(session, over, kind=PersonTaskKind.PROMISE_BROKEN, now=now)


def _balance(session: Session, invoice: Invoice) -> Decimal:
    if invoice.state is not InvoiceState.OPEN:
        return _NOTHING
    return invoice.amount_due - ours_not_in_ledger(session, [invoice.id]).get(invoice.id, _NOTHING)
