"""Asks the ledger and our own payments about a batch, and lets the gate decide each reminder."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from app.connectors.base import InvoiceRecord
from app.kit.clock import local_date
from app.kit.errors import DueMateError, Retryable
from app.kit.ground import Ground
from app.late_fees.open_charges import Group, OpenCharge, open_charges
from app.models import HoldScope
from app.payments.coverage import ours_not_in_ledger
from app.reminders import reasons
from app.reminders.cases import Batch, Case
from app.reminders.gate import Facts, Hold, Line, Send, Verdict, decide
from app.reminders.holds import Key, either, load_stops
from app.reminders.holds_quiet_books import mirror_read_at
from app.reminders.situation import Contact, Stop
from app.sync.fresh import fresh_invoices

_ASK_AGAIN = timedelta(minutes=5)
_SOONEST = timedelta(seconds=15)


@dataclass(frozen=True)
class Answers:
    """What is open and what holds, according to the ledger and to us, and when it was read by both clocks."""

    records: Mapping[UUID, InvoiceRecord]
    ours: Mapping[UUID, Decimal]
    stops: Mapping[Key, Stop]
    """Read after the ledger had answered, so that they follow from the balances it told."""
    mirror_read_at: datetime | None
    read_at: datetime
    monotonic: float
    late_fees: Mapping[Group, tuple[OpenCharge, ...]] = field(default_factory=dict)
    """What is open for paying late, by customer and currency."""


@dataclass(frozen=True)
class Decided:
    """A case with the gate's verdict and the facts it saw (None if there were none to see)."""

    case: Case
    verdict: Verdict
    facts: Facts | None


def ask(ground: Ground, tenant_id: UUID, batch: Batch) -> Answers | Hold:
    """One question to the ledger for the whole batch; a Hold for all of it if there is no answer.

    A consent that turns out to be dead is told by the connection's row: the next planning holds for that.
    """
    invoice_ids = {line.invoice_id for case in batch.cases for line in case.lines}
    customers = {case.customer_id for case in batch.cases}
    read_at, monotonic = ground.clock.now(), time.monotonic()
    try:
        records = fresh_invoices(ground, tenant_id, invoice_ids | batch.late_fees)
    except DueMateError as silent:
        return unanswered(silent, now=ground.clock.now())
    today = local_date(ground.clock.now(), batch.organisation.zone)
    with ground.database.tenant(tenant_id) as session:
        return Answers(
            records=records,
            ours=ours_not_in_ledger(session, invoice_ids, facts_read_at=read_at),
            stops=load_stops(session, today),
            mirror_read_at=mirror_read_at(session),
            read_at=read_at,
            monotonic=monotonic,
            late_fees=open_charges(session, customers) if batch.late_fees else {},
        )


def unanswered(silent: DueMateError, *, now: datetime) -> Hold:
    """What a ledger that cannot be asked means for whatever is due: wait until it may be asked again."""
    after = max(silent.after, _SOONEST) if isinstance(silent, Retryable) else _ASK_AGAIN
    return Hold(reasons.ledger_unreachable(silent.reason), now + after)


def decide_batch(batch: Batch, answers: Answers | Hold, *, now: datetime) -> Iterator[Decided]:
    """What has waited longest is decided first; what may leave uses up the brake and its customer's room."""
    brake_left, had, today = batch.brake_left, dict(batch.contacts), local_date(now, batch.organisation.zone)
    for case in sorted(batch.cases, key=_waiting_since):
        if isinstance(answers, Hold):
            yield Decided(case, answers, None)
            continue
        facts = facts_of(
            batch, case, answers, had=had.get(case.customer_id, ()), brake_left=brake_left, now=now
        )
        verdict = decide(facts)
        if isinstance(verdict, Send):
            had[case.customer_id] = (*had.get(case.customer_id, ()), Contact(today, case.channel))
            brake_left -= not case.is_expected
        yield Decided(case, verdict, facts)


def _waiting_since(case: Case) -> date:
    """The first day on which one of its invoices could have travelled."""
    reached = (line.reached_on for line in case.lines if line.reached_on is not None)
    return min((case.diary.days.on_or_after(day) for day in reached), default=date.max)


def facts_of(
    batch: Batch, case: Case, answers: Answers, *, had: tuple[Contact, ...], brake_left: int, now: datetime
) -> Facts:
    """What the gate looks at for one case."""
    return Facts(
        now=now,
        read_at=answers.read_at,
        mirror_read_at=answers.mirror_read_at,
        organisation=batch.organisation,
        diary=case.diary,
        channel=case.channel,
        currency=case.currency,
        recipient=replace(
            case.recipient,
            stop=either(case.recipient.stop, answers.stops.get((HoldScope.CUSTOMER, case.customer_id))),
        ),
        lines=tuple(
            Line(
                invoice_id=line.invoice_id,
                step_id=line.step_id,
                offset_days=line.offset_days,
                record=answers.records.get(line.invoice_id),
                ours=answers.ours.get(line.invoice_id, Decimal(0)),
                min_balance=line.min_balance,
                max_balance=line.max_balance,
                promise_leaves=line.promise_leaves,
                stop=either(line.stop, answers.stops.get((HoldScope.INVOICE, line.invoice_id))),
            )
            for line in case.lines
        ),
        is_expected=case.is_expected,
        brake_left=brake_left,
        gave_way=case.attempt > 1 and case.channel_place > 0,
        had=had,
    )
