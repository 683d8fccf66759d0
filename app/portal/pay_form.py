"""Reads the form of the pay page. Pure."""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from uuid import UUID

_PART = "part-"


def said_amounts(ticked: list[str]) -> dict[UUID, Decimal]:
    """Which invoices were ticked, and the balance that stood beside each. Nonsense is nothing."""
    said: dict[UUID, Decimal] = {}
    for value in ticked:
        invoice_id, _, amount = value.partition(":")
        try:
            said[UUID(invoice_id)] = balance = Decimal(amount)
        except (ValueError, InvalidOperation):
            return {}
        if not balance.is_finite():
            return {}
    return said


def typed_amounts(fields: Iterable[tuple[str, str]]) -> dict[UUID, str]:
    """What was typed beside invoices, as it was typed."""
    typed: dict[UUID, str] = {}
    for name, value in fields:
        if name.startswith(_PART):
            try:
                typed[UUID(name.removeprefix(_PART))] = value
            except ValueError:
                continue
    return typed
