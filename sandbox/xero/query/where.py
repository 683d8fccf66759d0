"""The part of Xero's `where` language that is modelled; anything else is a QueryParseException.

Type=="ACCREC" AND (Status=="AUTHORISED" OR Status=="PAID") AND Date>=DateTime(2026,01,31)
Invoice.InvoiceID==guid("...") AND Amount<100.00 AND EmailAddress!=null
"""

import operator
import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sandbox.xero.query.fields import Fields

Test = Callable[[Any], bool]
LONGEST = 4000
TOKEN = re.compile(
    r"""\s*(?:
      (?P<moment>DateTime\s*\(\s*(?P<parts>[\d\s,]+)\))
    | (?P<guid>guid\s*\(\s*"(?P<id>[0-9a-fA-F-]{32,36})"\s*\))
    | (?P<text>"(?:[^"\\]|\\.)*")
    | (?P<number>-?\d+(?:\.\d+)?)
    | (?P<sign>==|!=|>=|<=|>|<|=|\(|\)|&&|\|\|)
    | (?P<name>[A-Za-z][A-Za-z.]*)
    )""",
    re.VERBOSE | re.IGNORECASE,
)
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
CONSTANTS = {"null": None, "true": True, "false": False}


class WhereError(ValueError):
    """The text is no filter that is understood; says where it stops making sense."""


def parsed(text: str, fields: Fields) -> Test:
    """A test for records. Raises WhereError."""
    if len(text) > LONGEST:
        raise WhereError("the filter is too long")
    parser = _Parser(_tokens(text), fields)
    test = parser.either()
    if not parser.at_end:
        raise WhereError(f"unexpected {parser.next()[1]!r}")
    return test


def _tokens(text: str) -> list[tuple[str, Any]]:
    tokens: list[tuple[str, Any]] = []
    place = 0
    while text[place:].strip():
        match = TOKEN.match(text, place)
        if match is None:
            raise WhereError(f"syntax error at {text[place : place + 20].strip()!r}")
        tokens.append(_token(match))
        place = match.end()
    return tokens


def _token(match: re.Match[str]) -> tuple[str, Any]:
    if match["moment"]:
        return "value", _moment(match["parts"])
    if match["guid"]:
        return "value", match["id"].lower()
    if match["text"]:
        return "value", re.sub(r"\\(.)", r"\1", match["text"][1:-1])
    if match["number"]:
        return "value", Decimal(match["number"])
    if match["sign"]:
        return "sign", {"&&": "AND", "||": "OR"}.get(match["sign"], match["sign"])
    name = match["name"]
    if name.upper() in {"AND", "OR"}:
        return "sign", name.upper()
    return ("value", CONSTANTS[name.lower()]) if name.lower() in CONSTANTS else ("name", name)


def _moment(parts: str) -> datetime:
    try:
        return datetime(*(int(part) for part in parts.split(",")), tzinfo=UTC)  # type: ignore[arg-type,misc]
    except (TypeError, ValueError):
        raise WhereError(f"DateTime({parts}) is no date") from None


class _Parser:
    """Recursive descent: either (OR) of both (AND) of one (comparison or parentheses)."""

    def __init__(self, tokens: list[tuple[str, Any]], fields: Fields) -> None:
        self._tokens, self._fields = tokens, fields

    @property
    def at_end(self) -> bool:
        return not self._tokens

    def next(self) -> tuple[str, Any]:
        if not self._tokens:
            raise WhereError("the filter ends too early")
        return self._tokens.pop(0)

    def either(self) -> Test:
        tests = [self._both()]
        while self._takes("OR"):
            tests.append(self._both())
        return tests[0] if len(tests) == 1 else lambda record: any(test(record) for test in tests)

    def _both(self) -> Test:
        tests = [self._one()]
        while self._takes("AND"):
            tests.append(self._one())
        return tests[0] if len(tests) == 1 else lambda record: all(test(record) for test in tests)

    def _one(self) -> Test:
        if self._takes("("):
            inner = self.either()
            if not self._takes(")"):
                raise WhereError("a parenthesis is not closed")
            return inner
        return self._comparison()

    def _comparison(self) -> Test:
        kind, name = self.next()
        if kind != "name" or name not in self._fields:
            raise WhereError(f"no property or field {name!r} exists")
        kind, sign = self.next()
        if kind != "sign" or sign not in COMPARISONS:
            raise WhereError(f"{sign!r} is no comparison")
        kind, value = self.next()
        if kind != "value":
            raise WhereError(f"{value!r} is no value")
        return _comparing(self._fields[name], COMPARISONS[sign], value)

    def _takes(self, sign: str) -> bool:
        if self._tokens and self._tokens[0] == ("sign", sign):
            self._tokens.pop(0)
            return True
        return False


def _comparing(read: Callable[[Any], Any], compare: Callable[[Any, Any], bool], value: Any) -> Test:
    if value is None or compare in {operator.eq, operator.ne}:
        return lambda record: compare(read(record), value)

    def ordered(record: Any) -> bool:
        seen = read(record)
        return seen is not None and type(seen) is type(value) and compare(seen, value)

    return ordered
