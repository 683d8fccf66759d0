"""Reads the rows of an answer that is about entries: what was found, and what became of a write."""

from collections.abc import Iterable
from typing import TypeVar

import msgspec

from app.connectors.fields import Senseless, read_row
from app.connectors.xero import wire
from app.connectors.xero.answers import refused, unanswered

_T = TypeVar("_T")


def read_rows(raws: list[msgspec.Raw], kind: type[_T], *, is_write: bool) -> list[_T]:
    """All rows. Raises Retryable, or OutcomeUnknown after a write, if one of them makes no sense."""
    try:
        return [read_row(raw, kind) for raw in raws]
    except Senseless:
        raise unanswered(is_write=is_write) from None


def only_row(raws: list[msgspec.Raw], kind: type[_T]) -> _T:
    """The one row that a write of one entry is answered with. Raises OutcomeUnknown if it is not that."""
    rows = read_rows(raws, kind, is_write=True)
    if len(rows) != 1:
        raise unanswered(is_write=True)
    return rows[0]


def refuse(faults: Iterable[wire.Fault]) -> None:
    """Raise Rejected if there are any. Some refusals come under a status of success, with the sentence on the row."""
    sentences = [fault.message or "" for fault in faults]
    if sentences:
        raise refused(sentences)
