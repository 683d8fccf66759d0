"""The elements of a write: read from the body, planned one by one, then carried out or refused.

Without `summarizeErrors=false` one invalid element refuses the whole call with 400 and nothing is
booked. With it the call answers 200 and each element says for itself whether it was booked.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Request

from sandbox.xero.api.refusals import bad_body, invalid, nothing_to_do
from sandbox.xero.wire.dates import read_date
from sandbox.xero.wire.embedded import Shape
from sandbox.xero.wire.shapes import NO_ID

Element = dict[str, Any]
MOST_ELEMENTS = 500


@dataclass
class Plan:
    """What would happen to one element: `problems`, or `book`, which does it and answers its shape."""

    element: Element
    problems: list[str] = field(default_factory=list)
    book: Callable[[], Shape] | None = None


def elements(request: Request, collection: str) -> list[Element]:
    """The elements in the body: under their collection's name, as a bare list, or one alone."""
    body = _json(request.get_data())
    found = body.get(collection, [body]) if isinstance(body, dict) else body
    if isinstance(found, dict):
        found = [found]
    if not isinstance(found, list) or not all(isinstance(element, dict) for element in found):
        raise bad_body("The request body could not be understood")
    if not found or found == [{}]:
        raise nothing_to_do()
    if len(found) > MOST_ELEMENTS:
        raise bad_body(f"At most {MOST_ELEMENTS} elements can be sent in one call")
    return found


def carried_out(request: Request, plans: Sequence[Plan], id_name: str) -> list[Shape]:
    """Book what can be booked, and answer each element. Refuses the call if it must."""
    summarise = request.args.get("summarizeErrors", "true").lower() != "false"
    if summarise and any(plan.problems for plan in plans):
        raise invalid([_refused(plan, id_name) for plan in plans if plan.problems])
    return [_outcome(plan, id_name, summarise) for plan in plans]


def booked(plans: Iterable[Plan]) -> list[Shape]:
    return [plan.book() for plan in plans if plan.book]


def _outcome(plan: Plan, id_name: str, summarise: bool) -> Shape:
    if plan.problems or plan.book is None:
        return _refused(plan, id_name) | {"StatusAttributeString": "ERROR"}
    return plan.book() if summarise else plan.book() | {"StatusAttributeString": "OK"}


def _refused(plan: Plan, id_name: str) -> Shape:
    """The element as it was sent, with what is wrong with it."""
    errors = [{"Message": message} for message in plan.problems]
    return {id_name: NO_ID} | plan.element | {"HasValidationErrors": True, "ValidationErrors": errors}


def _json(body: bytes) -> Any:
    try:
        return json.loads(body, parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise bad_body("The request body could not be parsed as JSON") from None


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def amount_in(element: Element, name: str, problems: list[str]) -> Decimal | None:
    """A number, or digits in a string; None where it is missing or no amount."""
    value = element.get(name)
    if value is None or value == "":
        return None
    try:
        amount = Decimal(str(value)) if not isinstance(value, bool) else None
    except InvalidOperation:
        amount = None
    if amount is None or not amount.is_finite() or abs(amount) >= Decimal(10) ** 13:
        problems.append(f"{name} is not a valid amount")
        return None
    return amount


def date_in(element: Element, name: str, problems: list[str]) -> date | None:
    """A date, ISO or /Date()/; None where it is missing or no date."""
    value = element.get(name)
    if value is None or value == "":
        return None
    try:
        return read_date(str(value))
    except (ValueError, OverflowError, OSError):
        problems.append(f"{name} is not a valid date")
        return None


def text_in(element: Element, name: str) -> str | None:
    """A text; None where it is missing or null."""
    value = element.get(name)
    return None if value is None else str(value)


def part_in(element: Element, name: str) -> Element:
    """An object inside an element; empty where it is missing."""
    value = element.get(name)
    return value if isinstance(value, dict) else {}
