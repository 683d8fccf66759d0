"""Reads the form of the pay page. Pure."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from uuid import UUID

from app.portal.formats import with_mark

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


def typed_amounts(form: Mapping[str, str]) -> dict[UUID, str]:
    """What was typed beside invoices, with a point before the pence.

    The form itself says which mark it was shown with, so that a page left open means what it meant.
    """
    mark = form.get("decimal_mark", "")
    typed: dict[UUID, str] = {}
    for name, value in form.items():
        if name.startswith(_PART):
            try:
                typed[UUID(name.removeprefix(_PART))] = with_mark(value, mark)
            except ValueError:
                continue
    return typed
