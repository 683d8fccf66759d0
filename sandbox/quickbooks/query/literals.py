"""Reads the literals of a query as values that fields can be compared with."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.quickbooks.query.fields import Kind
from sandbox.quickbooks.query.tokens import Token, invalid


def read_moment(text: str, zone: ZoneInfo) -> datetime:
    """A date, or a date and a time; in the company's zone unless it says its offset. ValueError if neither.

    An offset whose + was sent unescaped arrives as a space, and is refused.
    """
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def value(token: Token, kind: Kind, name: str, zone: ZoneInfo) -> Any:
    """What a literal means for a field. Refused 4001 if it cannot be compared with it."""
    try:
        return _read(token, kind, zone)
    except (ValueError, InvalidOperation):
        raise invalid(f"Property {name} needs a {kind}, not {token.value!r}") from None


def _read(token: Token, kind: Kind, zone: ZoneInfo) -> Any:
    match kind:
        case Kind.FLAG:
            return {"true": True, "false": False}[_flag(token)]
        case Kind.IDENTITY:
            return int(token.value)
        case Kind.AMOUNT:
            return Decimal(token.value)
        case Kind.DAY:
            return date.fromisoformat(_quoted(token)[:10])
        case Kind.MOMENT:
            return read_moment(_quoted(token), zone)
        case Kind.TEXT:
            return _quoted(token)


def _flag(token: Token) -> str:
    text = token.value.lower()
    if text not in {"true", "false"}:
        raise ValueError(text)
    return text


def _quoted(token: Token) -> str:
    if token.kind != "text":
        raise ValueError(token.value)
    return token.value
