"""A replay in words: the same rows for the page and the command line. Pure."""

from collections.abc import Callable, Iterator, Sequence
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
    is_part: bool = False
    """Of the figure above it."""


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
    both = [one.figures for one in (found.first, found.second) if one is not None]
    return [_row(fact, both) for fact in _facts({name for one in both for name in one.per_channel})]


def lines(found: Replayed) -> Iterator[str]:
    """For the command line."""
    yield f"{say_day(found.since)} to {say_day(found.until)}: {found.invoices:,} invoices were owed."
    names = [found.first.name, *([found.second.name] if found.second else [])]
    yield f"{'':<40}" + "".join(f"{name[:24]:>26}" for name in names)
    for row in rows(found):
        values = [row.first, *([row.second] if row.second is not None else [])]
        yield f"{'  ' * row.is_part + row.label:<40}" + "".join(f"{value:>26}" for value in values)
    if found.undated:
        yield f"{found.undated:,} paid invoices without a date of payment are left alone."
    yield from (f"- {sentence}" for sentence in WHAT_HISTORY_CANNOT_TELL)


@dataclass(frozen=True, slots=True)
class _Fact:
    label: str
    told: Callable[[Figures], str]
    hint: str = ""
    is_part: bool = False


def _row(fact: _Fact, both: Sequence[Figures]) -> Row:
    values = [fact.told(one) for one in both]
    return Row(fact.label, values[0], values[1] if len(values) > 1 else None, fact.hint, fact.is_part)


def _number(of: Callable[[Figures], int | None]) -> Callable[[Figures], str]:
    return lambda one: "–" if (value := of(one)) is None else f"{value:,}"


def _average(one: Figures) -> str:
    return f"{one.messages / one.customers:.1f}" if one.customers else "–"


def _most(one: Figures) -> int | None:
    return one.most[0][1] if one.most else None


_CHANNELS = {"email": "by e-mail", "sms": "by text message", "whatsapp": "by WhatsApp"}
_MESSAGES = _Fact("Messages", _number(lambda one: one.messages))
_OTHERS = (
    _Fact("Customers written to", _number(lambda one: one.customers)),
    _Fact("messages each, on average", _average, is_part=True),
    _Fact("messages to one of them, at most", _number(_most), is_part=True),
    _Fact(
        "After the money had come",
        _number(lambda one: one.after_payment),
        "About an invoice already settled.",
    ),
    _Fact(
        "Overtaken by a payment",
        _number(lambda one: one.prevented),
        "Planned when the money came or the invoice was voided, and so not sent. A schedule that nobody checks "
        "against the ledger would have sent them.",
    ),
    _Fact(
        "On a weekend or public holiday",
        _number(lambda one: one.on_days_off),
        "The business's or the customer's.",
    ),
    _Fact("Twice in a day", _number(lambda one: one.twice_in_a_day), "To one customer on one channel."),
    _Fact("Steps for a person", _number(lambda one: one.person_tasks), "Somebody is asked to act."),
    _Fact(
        "Customers who cannot be reached",
        _number(lambda one: one.unreachable),
        "No address or number that may be used.",
    ),
    _Fact("Invoices reminded of", _number(lambda one: one.reminded)),
    _Fact("settled since", _number(lambda one: one.paid_after), is_part=True),
    _Fact(
        "Days from first message to payment",
        _number(lambda one: one.days_to_payment),
        "Half of those settled took no longer.",
    ),
)


def _facts(channels: set[str]) -> list[_Fact]:
    """Channels that neither cadence uses are left out."""
    return [
        _MESSAGES,
        *(_by(name, words) for name, words in _CHANNELS.items() if name in channels),
        *_OTHERS,
    ]


def _by(channel: str, words: str) -> _Fact:
    return _Fact(words, _number(lambda one: one.per_channel.get(channel, 0)), is_part=True)
