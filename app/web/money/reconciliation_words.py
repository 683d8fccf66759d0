"""Why a line of the reconciliation differs, and what to do about it. Pure."""

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
    Standing.AGREES: "Equal.",
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


def explained(line: Line, ledger: str) -> str:
    """One or two sentences; `ledger` is its name."""
    return _WHY[line.standing].format(
        ledger=ledger,
        other=line.cause.other_currency,
        waits_for=_reasons(line, WriteBackState.PARKED),
        undone_because=_reasons(line, WriteBackState.UNDONE),
        until=_until(line),
    )


def _reasons(line: Line, state: WriteBackState) -> str:
    told = dict.fromkeys(
        entry.reason for entry in line.cause.entries if entry.state is state and entry.reason
    )
    return " ".join(told) or "no reason was given."


def _until(line: Line) -> str:
    return f", there on {day(line.cause.arrives_on)}" if line.cause.arrives_on else ""
