"""The conditions of a query as tests of records."""

import operator
import re
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.quickbooks.query.fields import FIELDS, Field, Kind
from sandbox.quickbooks.query.literals import value
from sandbox.quickbooks.query.parsing import Condition
from sandbox.quickbooks.query.tokens import invalid

Test = Callable[[Any], bool]
ORDERINGS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def test_for(entity: str, condition: Condition, zone: ZoneInfo) -> Test:
    """A test that the records meeting a condition pass. Refused 4001 if its literals do not fit."""
    field = FIELDS[entity][condition.field]
    if condition.operator == "LIKE":
        return _like(field, condition)
    values = [value(token, field.kind, condition.field, zone) for token in condition.literals]
    if condition.operator in {"IN", "="}:
        return _among(field, frozenset(values))
    return _ordered(field, ORDERINGS[condition.operator], values[0])


def _among(field: Field, values: frozenset[Any]) -> Test:
    read = field.read
    return lambda record: read(record) in values


def _ordered(field: Field, compare: Callable[[Any, Any], bool], wanted: Any) -> Test:
    read = field.read

    def test(record: Any) -> bool:
        seen = read(record)
        return seen is not None and compare(seen, wanted)

    return test


def _like(field: Field, condition: Condition) -> Test:
    """% stands for any text; case does not matter (assumed)."""
    if field.kind is not Kind.TEXT:
        raise invalid(f"Property {condition.field} cannot be compared with LIKE")
    parts = (re.escape(part) for part in condition.literals[0].value.split("%"))
    pattern = re.compile(".*".join(parts), re.IGNORECASE | re.DOTALL)
    read = field.read
    return lambda record: pattern.fullmatch(read(record) or "") is not None
