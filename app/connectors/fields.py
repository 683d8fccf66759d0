"""Reads single fields of a ledger's rows, or says in a sentence why a row makes no sense. Pure."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TypeVar

import msgspec

_T = TypeVar("_T")
_BEYOND_BELIEF = Decimal(10) ** 14  # the mirror's columns hold fourteen digits before the point

_EARLIEST, _LATEST = date(1900, 1, 1), date(2199, 12, 31)


class Senseless(ValueError):
    """A row that no record can be made of; the message says which and why, without names or addresses."""


def read_row(raw: msgspec.Raw, kind: type[_T]) -> _T:
    """One raw row as a struct. Raises Senseless if its fields are of the wrong type."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.MsgspecError as wrong:
        # The message names the field and the types, never the value.
        raise Senseless(f"A row has an unreadable field: {wrong}.") from None
    except UnicodeDecodeError:
        raise Senseless("A row has a text that is not UTF-8.") from None


def clean(text: str | None, otherwise: str = "") -> str:
    """What a person wrote, without NUL, which no PostgreSQL text can hold."""
    return (text or "").replace("\0", "").strip() or otherwise


def present_in(text: str | None, what: str, part: str) -> str:
    """An id, in the one spelling the mirror derives its own ids from."""
    known = clean(text)
    if not known:
        raise Senseless(f"{what} has no {part}.")
    return known.lower()


def currency_in(text: str | None, what: str) -> str:
    """An ISO 4217 code."""
    if not text or len(text) != 3 or not (text.isascii() and text.isalpha()):
        raise Senseless(f"{what} has no currency.")
    return text.upper()


def amount_in(amount: Decimal | None, what: str, part: str) -> Decimal:
    """Money as it is, exact; never negative in what we mirror."""
    if amount is None:
        raise Senseless(f"{what} has no {part}.")
    if not amount.is_finite() or not 0 <= amount < _BEYOND_BELIEF:
        raise Senseless(f"{what} has an impossible {part}.")
    return amount


def understood(read: Callable[[str], _T], text: str | None, what: str, part: str) -> _T:
    """A text as `read` reads it, which raises ValueError or OverflowError for what is none."""
    if not text:
        raise Senseless(f"{what} has no {part}.")
    try:
        return read(text)
    except (ValueError, OverflowError):
        raise Senseless(f"{what} has an unreadable {part}.") from None


def within_reason(day: date) -> date:
    """The day, or the nearest one that days can be counted from.

    A slip in the year of one invoice, such as 0026 or 9999, must not stop the planning of all the others.
    """
    return min(max(day, _EARLIEST), _LATEST)
