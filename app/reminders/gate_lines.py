"""Which of a reminder's invoices still need it, as the ledger has them now. Pure."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from app.connectors.base import InvoiceRecord
from app.models import InvoiceState
from app.reminders import reasons
from app.reminders.gate_facts import Facts, Line
from app.reminders.gate_stops import held, in_force, today_of
from app.reminders.gate_verdicts import Drop, OpenLine, Send, Verdict
from app.reminders.reasons import Reason
from app.reminders.situation import Stop


def what_is_left(facts: Facts) -> Verdict:
    """What is left to send; a hold if something is left that is only held; otherwise it is not needed."""
    today = today_of(facts)
    found: list[OpenLine] = []
    left_out: dict[UUID, Reason] = {}
    stops: list[Stop] = []
    for line in facts.lines:
        why_not, stop = _why_not(line, facts), in_force(line.stop, today)
        if why_not is None and stop is not None:
            stops.append(stop)
            why_not = stop.why()
        if why_not is None and line.record is not None:
            found.append(_open(line, line.record))
        else:
            left_out[line.invoice_id] = why_not or reasons.GONE
    if found:
        return Send(tuple(sorted(found, key=lambda one: (one.due_on, one.number, one.invoice_id))), left_out)
    return held(min(stops, key=_end), facts) if stops else Drop(_common(left_out))


def _why_not(line: Line, facts: Facts) -> Reason | None:
    record = line.record
    if record is None:
        return reasons.GONE
    if record.currency != facts.currency or record.customer_external_id != facts.recipient.external_id:
        return reasons.CHANGED
    if record.state is InvoiceState.OPEN and record.amount_due - line.ours > 0:
        if not _is_reached(line, record, facts):
            return reasons.NOT_DUE_YET
        return None if _suits(line, record.amount_due - line.ours) else reasons.OTHER_STEP
    return reasons.PAID if record.state in (InvoiceState.OPEN, InvoiceState.PAID) else reasons.VOIDED


def _is_reached(line: Line, record: InvoiceRecord, facts: Facts) -> bool:
    """Whether the step's day has come where the recipient is."""
    day = record.due_on + timedelta(days=line.offset_days)
    return facts.diary.days.on_or_after(day) <= facts.diary.today(facts.now)


def _suits(line: Line, balance: Decimal) -> bool:
    return (
        (line.min_balance is None or balance >= line.min_balance)
        and (line.max_balance is None or balance <= line.max_balance)
        and (line.promise_leaves is None or balance > line.promise_leaves)
    )


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


def _end(stop: Stop) -> date:
    return stop.until or date.max
