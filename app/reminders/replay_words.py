"""A replay in words: the same rows for the page and the command line. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from app.reminders.replay import Replayed
from app.reminders.replay_figures import Figures
from app.reminders.say import say_day

WHAT_HISTORY_CANNOT_TELL = (
    "Nothing is held: holds, promises and disputes of the past, and what other programs sent, are not known.",
    "Invoices stand as they are in the ledger now. An earlier amount or due date of one that was edited is gone.",
    "A payment counts from the morning of the day it is dated, whenever it was entered.",
    "A credit counts from the day on which it settled the invoice, or else from the day the invoice was issued.",
    "An invoice that was voided counts as owed until its last change in the ledger. Deleted ones are left out.",
    "Addresses, numbers, opt-outs and time zones are today's.",
    "Customers pay on the days they paid. That they might have paid sooner with other reminders is not guessed.",
)


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of one or two cadences."""

    label: str
    first: str
    second: str | None
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Month:
    """Messages of a month, by its first day."""

    month: date
    first: int
    second: int


@dataclass(frozen=True, slots=True)
class Most:
    """A customer with the most messages under the first cadence."""

    customer_id: UUID
    messages: int


@dataclass(frozen=True, slots=True)
class Told:
    """What came out, as it is kept for the page. Names of cadences, ids of customers."""

    since: date
    until: date
    invoices: int
    undated: int
    first: str
    second: str | None
    rows: list[Row]
    months: list[Month]
    most: list[Most]


def told(found: Replayed) -> Told:
    """A replay for the page."""
    seconds = found.second.figures.per_month if found.second else {}
    return Told(
        since=found.since,
        until=found.until,
        invoices=found.invoices,
        undated=found.undated,
        first=found.first.name,
        second=found.second.name if found.second else None,
        rows=rows(found),
        months=[
            Month(month, messages, seconds.get(month, 0))
            for month, messages in found.first.figures.per_month.items()
        ],
        most=[Most(customer_id, messages) for customer_id, messages in found.first.figures.most],
    )


def as_json(one: Told) -> dict[str, Any]:
    """For the replay's row."""
    built: dict[str, Any] = msgspec.to_builtins(one)
    return built


def from_json(kept: dict[str, Any]) -> Told:
    """Back from the replay's row."""
    return msgspec.convert(kept, Told)


def rows(found: Replayed) -> list[Row]:
    """Every figure, in the order in which they matter."""
    second = _told(found.second.figures) if found.second else None
    return [
        Row(label, value, second[place][1] if second else None, hint)
        for place, (label, value, hint) in enumerate(_told(found.first.figures))
    ]


def lines(found: Replayed) -> Iterator[str]:
    """For the command line."""
    yield f"{say_day(found.since)} to {say_day(found.until)}: {found.invoices:,} invoices were owed."
    names = [found.first.name, *([found.second.name] if found.second else [])]
    yield f"{'':<40}" + "".join(f"{name[:24]:>26}" for name in names)
    for row in rows(found):
        values = [row.first, *([row.second] if row.second is not None else [])]
        yield f"{row.label:<40}" + "".join(f"{value:>26}" for value in values)
    if found.undated:
        yield f"{found.undated:,} paid invoices without a date of payment are left alone."
    yield from (f"- {sentence}" for sentence in WHAT_HISTORY_CANNOT_TELL)


_OVERTAKEN = (
    "Reminders that were planned when the money came, or the invoice was voided, and so did not leave. "
    "A schedule that nobody checks against the ledger would have sent them."
)
_CHANNELS = {"email": "by e-mail", "sms": "by text message", "whatsapp": "by WhatsApp"}


def _told(one: Figures) -> list[tuple[str, str, str]]:
    wait = "–" if one.days_to_payment is None else f"{one.days_to_payment:,}"
    return [
        ("Messages", f"{one.messages:,}", ""),
        *((f"  {words}", f"{one.per_channel.get(name, 0):,}", "") for name, words in _CHANNELS.items()),
        ("Customers written to", f"{one.customers:,}", ""),
        ("Messages per customer", _per_customer(one), "Of those written to: on average, and the most."),
        ("Steps for a person", f"{one.person_tasks:,}", "Nothing is sent; somebody is asked to act."),
        ("After the money had come", f"{one.after_payment:,}", "Messages about an invoice already settled."),
        (
            "Overtaken by a payment",
            f"{one.prevented:,}",
            _OVERTAKEN,
        ),
        ("On a weekend or public holiday", f"{one.on_days_off:,}", "The business's or the customer's."),
        ("Twice in a day", f"{one.twice_in_a_day:,}", "To one customer in one currency."),
        ("Customers who cannot be reached", f"{one.unreachable:,}", "No address or number that may be used."),
        ("Invoices reminded of", f"{one.reminded:,}", ""),
        ("  of these settled since", f"{one.paid_after:,}", ""),
        ("Days from first message to payment", wait, "Half of those settled took no longer."),
    ]


def _per_customer(one: Figures) -> str:
    if not one.customers:
        return "–"
    return f"{one.messages / one.customers:.1f}, at most {one.most[0][1]:,}"
