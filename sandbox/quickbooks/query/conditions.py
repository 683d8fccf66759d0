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
    return _ordered(field, condition.operator, values[0])


def _among(field: Field, values: frozenset[Any]) -> Test:
    read = field.read
    return lambda record: read(record) in values


def _ordered(field: Field, sign: str, wanted: Any) -> Test:
    read = field.read
    if field.kind is Kind.TEXT:
        compare = ORDERINGS[sign]
        return lambda record: (seen := read(record)) is not None and compare(seen, wanted)
    tests: dict[str, Test] = {
        "<": lambda record: read(record) < wanted,
        "<=": lambda record: read(record) <= wanted,
        ">": lambda record: read(record) > wanted,
        ">=": lambda record: read(record) >= wanted,
    }
    return tests[sign]


def _like(field: Field, condition: Condition) -> Test:
    """% stands for any text; case does not matter (assumed)."""
    if field.kind is not Kind.TEXT:
        raise invalid(f"Property {condition.field} cannot be compared with LIKE")
    parts = (re.escape(part) for part in condition.literals[0].value.split("%"))
    pattern = re.compile(".*".join(parts), re.IGNORECASE | re.DOTALL)
    read = field.read
    return lambda record: pattern.fullmatch(read(record) or "") is not None
