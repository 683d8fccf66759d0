"""Why a line of the reconciliation differs, and what to do about it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.kit.clock import local_date
from app.models import MovementKind, WriteBackState
from app.payments.in_words import day
from app.payments.reconciliation_lines import Line, Standing

_NAMES = {
    MovementKind.PAYMENT: "Payment",
    MovementKind.PAYMENT_FAILURE: "Payment",
    MovementKind.REFUND: "Refund",
    MovementKind.REFUND_FAILURE: "Refund",
    MovementKind.CHARGEBACK: "Chargeback",
    MovementKind.CHARGEBACK_REVERSAL: "Chargeback",
    MovementKind.FEE: "Stripe's own fee",
    MovementKind.PAYOUT: "Payout",
    MovementKind.PAYOUT_FAILURE: "Payout",
    MovementKind.OTHER: "Other movement",
}

_WHY = {
    Standing.AGREES: "",
    Standing.SETTLED: "Not ours: seen to by {who} on {when}.",
    Standing.WAITS: "Waits for you: {waits_for}",
    Standing.UNDONE: "Taken back out of {ledger}: {undone_because} Book it again, or say that you booked it yourself.",
    Standing.FEE_UNKNOWN: "The fee is not known yet. It is booked as soon as Stripe tells it.",
    Standing.PAYOUT_UNDER_WAY: "On its way to the bank{until}. It is booked when it has arrived.",
    Standing.UNDER_WAY: "Being entered in {ledger}. Look again in a few minutes.",
    Standing.CONVERTED: (
        "Stripe converted this between {other} and this currency. Enter the exchange in {ledger} yourself."
    ),
    Standing.NOT_TOLD: "Stripe's list of movements, as it was last read, does not have it yet.",
    Standing.NOT_OURS: "Made in Stripe, not through DueMate. Enter it in {ledger} yourself.",
    Standing.NOT_RECORDED: "Stripe has told of it, and it is being recorded. Look again in a few minutes.",
    Standing.DIFFERS: "What stands in {ledger} is not what Stripe moved. Look at its entries.",
}


def name_of(line: Line) -> str:
    """What moved."""
    return _NAMES[line.cause.kind] if line.cause.kind else "Entry without a movement"


def state_of(line: Line) -> str:
    """A word or two."""
    if line.standing is Standing.SETTLED:
        return "Settled"
    if line.agrees:
        return "Equal"
    if line.needs_time_only:
        return "Waits"
    return "Difference" if line.difference else "Not finished"


@dataclass(frozen=True)
class Telling:
    """What the sentences name."""

    ledger: str
    last: date
    """The last day of the period."""
    people: Mapping[UUID, str]
    """Whoever has settled something, by their ids."""
    zone: str


def explained(line: Line, telling: Telling) -> str:
    """A sentence or two where it is not equal, and when the ledger has it if that is after the period."""
    return f"{_why(line, telling)} {_later(line, telling)}".strip()


def _why(line: Line, telling: Telling) -> str:
    settled = line.cause.settled
    return _WHY[line.standing].format(
        ledger=telling.ledger,
        who=telling.people.get(settled.by, "somebody") if settled else "",
        when=day(local_date(settled.at, telling.zone)) if settled else "",
        other=line.cause.other_currency,
        waits_for=_reasons(line, WriteBackState.PARKED),
        undone_because=_reasons(line, WriteBackState.UNDONE),
        until=_until(line),
    )


def _later(line: Line, telling: Telling) -> str:
    days = " and ".join(day(one) for one in line.days_after(telling.last))
    return f"{telling.ledger} has it on {days}, after this period." if days else ""


def _reasons(line: Line, state: WriteBackState) -> str:
    told = dict.fromkeys(
        entry.reason for entry in line.cause.entries if entry.state is state and entry.reason
    )
    return " ".join(_ended(reason) for reason in told) or "no reason was given."


def _ended(reason: str) -> str:
    """What somebody typed, as a sentence."""
    return reason if reason.endswith((".", "!", "?")) else f"{reason}."


def _until(line: Line) -> str:
    return f", there on {day(line.cause.arrives_on)}" if line.cause.arrives_on else ""
