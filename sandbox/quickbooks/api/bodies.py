"""Reads the bodies of writes, as generously as QuickBooks: amounts may be strings, references may be empty.

Assumed: what cannot be read at all is refused with 2010.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.quickbooks.books import rules

TOO_LARGE = Decimal(10) ** 13
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)


def parsed(text: bytes) -> "Body":
    """The JSON object in a request. Refused 2010 if there is none."""
    try:
        found = json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise rules.bad_property("body", "it is no JSON") from None
    if not isinstance(found, dict):
        raise rules.bad_property("body", "it is no JSON object")
    return Body(found)


@dataclass(frozen=True)
class Body:
    """An object of a request. Fields that are null or empty count as not there."""

    fields: dict[str, Any]

    def said(self, name: str) -> bool:
        """Whether a field is to be written: it was sent, or this is no sparse update."""
        return not self.flag("sparse") or name in self.fields

    def text(self, name: str) -> str:
        """A text; empty where it is missing."""
        value = self.fields.get(name)
        if isinstance(value, dict | list) or (isinstance(value, str) and not _is_unicode(value)):
            raise rules.bad_property(name, "a text is needed")
        return "" if value is None else str(value)

    def needed(self, name: str) -> str:
        """A text that must be there."""
        if not (text := self.text(name)):
            raise rules.missing(name)
        return text

    def flag(self, name: str, otherwise: bool = False) -> bool:
        value = self.fields.get(name)
        return otherwise if value is None else value is True or value == "true"

    def amount(self, name: str) -> Decimal | None:
        """A number, or digits in a string."""
        if not (text := self.text(name)):
            return None
        try:
            amount = Decimal(text)
        except InvalidOperation:
            amount = Decimal("NaN")
        if isinstance(self.fields[name], bool) or not amount.is_finite() or abs(amount) >= TOO_LARGE:
            raise rules.bad_property(name, f"{text!r} is no amount")
        return amount

    def needed_amount(self, name: str) -> Decimal:
        amount = self.amount(name)
        if amount is None:
            raise rules.missing(name)
        return amount

    def day(self, name: str) -> date | None:
        if not (text := self.text(name)):
            return None
        try:
            day = date.fromisoformat(text[:10])
        except ValueError:
            raise rules.bad_property(name, f"{text!r} is no date such as 2026-11-20") from None
        if not EARLIEST <= day <= LATEST:
            raise rules.bad_property(name, f"{day} is too far away")
        return day

    def part(self, name: str) -> "Body":
        """An object inside this one; an empty one where it is missing."""
        value = self.fields.get(name)
        if value is not None and not isinstance(value, dict):
            raise rules.bad_property(name, "an object is needed")
        return Body(value or {})

    def parts(self, name: str) -> Sequence["Body"]:
        """The objects of a list inside this one."""
        value = self.fields.get(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise rules.bad_property(name, "a list of objects is needed")
        return [Body(one) for one in value]

    def reference(self, name: str) -> str:
        """The id that a reference points at; empty where there is none."""
        return self.part(name).text("value")


def _is_unicode(text: str) -> bool:
    """Whether a text can be sent on: JSON can name half a character."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _refuse_constant(name: str) -> None:
    raise ValueError(name)
