"""What is around QuickBooks' rows: answers, batches and change data capture, taken apart.

Rows stay raw inside an answer and are read one by one: one row of nonsense does not cost the page.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec
from msgspec import Raw, Struct

from app.connectors.json_text import keepable
from app.connectors.quickbooks.answers import unanswered

_T = TypeVar("_T")
_Parts = dict[str, Raw]
_parts = msgspec.json.Decoder(_Parts).decode
encode = msgspec.json.Encoder(decimal_format="number").encode
"""JSON with decimals as exact numbers."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What one query found, by the name of the entity (`Invoice`, ...)."""

    parts: _Parts = field(repr=False)
    at: str | None
    """QuickBooks' own time of the answer."""

    def of(self, entity: str) -> list[Raw]:
        """The rows, raw; none if there are none. Raises Retryable if the answer makes no sense."""
        raw = self.parts.get(entity)
        return [] if raw is None else _sense(raw, list[Raw], is_write=False)

    @property
    def total_count(self) -> int:
        """What a `select count(*)` counted. Raises Retryable if it is not told."""
        return _sense(self.parts.get("totalCount", Raw(b"null")), int, is_write=False)


@dataclass(frozen=True, slots=True)
class Body:
    """One answer (or one item of a batch), not looked into any further."""

    parts: _Parts = field(repr=False)
    is_write: bool

    @property
    def has_fault(self) -> bool:
        """QuickBooks has been seen to put a fault under a status of success."""
        return any(bytes(self.parts.get(name, b"null")) != b"null" for name in ("Fault", "fault"))

    @property
    def at(self) -> str | None:
        """QuickBooks' own time of the answer."""
        try:
            return msgspec.json.decode(self.parts.get("time", b"null"), type=str | None)
        except ValueError:
            return None

    def record(self, entity: str) -> Raw:
        """The one record of an answer. Raises Retryable, or OutcomeUnknown for a write, if there is none."""
        if entity not in self.parts:
            raise unanswered(is_write=self.is_write)
        return self.parts[entity]

    def rows(self, *, at: str | None = None) -> Rows:
        """What a query found. `at` is the time of the answer around this one, if there is one."""
        return Rows(_sense(self.record("QueryResponse"), _Parts, is_write=False), self.at or at)

    def as_builtin(self) -> dict[str, object]:
        """All of it, parsed."""
        return {name: _sense(raw, object, is_write=self.is_write) for name, raw in self.parts.items()}

    def batch_items(self) -> dict[str, "Body"]:
        """The items of a batch by their ids."""
        raws = _sense(self.record("BatchItemResponse"), list[_Parts], is_write=False)
        named = ((_sense(parts.get("bId", Raw(b"null")), str, is_write=False), parts) for parts in raws)
        return {identity: Body(parts, is_write=False) for identity, parts in named}

    def changes(self) -> list[Rows]:
        """What CDC tells, an entity each."""
        answers = _sense(self.record("CDCResponse"), list[CdcAnswer], is_write=False)
        return [Rows(parts, self.at) for answer in answers for parts in answer.entities]


class CdcAnswer(Struct):
    """The middle of a CDC answer."""

    entities: list[_Parts] = msgspec.field(name="QueryResponse", default_factory=list)


def read_body(content: bytes, *, is_write: bool) -> Body | None:
    """An answer's body; None if it is not a JSON object."""
    with suppress(ValueError):
        return Body(_parts(keepable(content)), is_write)
    return None


def _sense(raw: Raw, kind: type[_T], *, is_write: bool) -> _T:
    try:
        return msgspec.json.decode(raw, type=kind)
    except ValueError:
        raise unanswered(is_write=is_write) from None
