"""What a caller of the control API wants: a JSON body or a form, read with words for what is wrong."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Self

from flask import Request


@dataclass(frozen=True)
class Wishes:
    """Fields of one request. Every reader raises ValueError with a sentence for the caller."""

    fields: Mapping[str, Any]

    @classmethod
    def of(cls, request: Request) -> Self:
        if request.form:
            return cls(request.form)
        fields = request.get_json(silent=True) if request.get_data() else {}
        if not isinstance(fields, dict):
            raise ValueError("the body must be a JSON object")
        return cls(fields)

    def text(self, name: str) -> str:
        """A required field."""
        if (value := self.optional_text(name)) is None:
            raise ValueError(f"{name} is missing")
        return value

    def optional_text(self, name: str) -> str | None:
        """None where the field is missing, null or empty."""
        value = self.fields.get(name)
        return None if value is None or value == "" else str(value)

    def number(self, name: str, default: float) -> float:
        value = self.optional_text(name)
        try:
            number = default if value is None else float(value)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise ValueError(f"{name} must be a number, not {value!r}")
        return number

    def count(self, name: str) -> int | None:
        """A whole number, None where the field is missing."""
        value = self.optional_text(name)
        if value is None:
            return None
        try:
            return int(value)
        except ValueError:
            raise ValueError(f"{name} must be a whole number, not {value!r}") from None

    def money(self, name: str) -> Decimal | None:
        value = self.optional_text(name)
        try:
            amount = None if value is None else Decimal(value)
        except InvalidOperation:
            raise ValueError(f"{name} must be an amount such as 10.00, not {value!r}") from None
        if amount is not None and not amount.is_finite():
            raise ValueError(f"{name} must be an amount such as 10.00, not {value!r}")
        return amount

    def day(self, name: str) -> date | None:
        value = self.optional_text(name)
        try:
            return None if value is None else date.fromisoformat(value)
        except ValueError:
            raise ValueError(f"{name} must be a date such as 2026-12-01, not {value!r}") from None

    def rows(self, name: str) -> list[dict[str, Any]]:
        """A list of objects; none where the field is missing."""
        value = self.fields.get(name) or []
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise ValueError(f"{name} must be a list of objects")
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.optional_text(name)
        return default if value is None else value.lower() in {"true", "1", "on", "yes"}
