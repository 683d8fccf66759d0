"""Answers with what no documentation of today names: new fields, nulls for empty texts, an unknown plan."""

from decimal import Decimal
from typing import Any

import msgspec

from sandbox.quickbooks.answers import encode

UNKNOWN_PLAN = "QuickBooks Online Horizon"
PLAN_NAME = "OfferingSku"
_exactly = msgspec.json.Decoder(float_hook=Decimal)


def drifted(body: dict[str, Any]) -> dict[str, Any]:
    """The same answer, read and written by a newer server."""
    changed: dict[str, Any] = _changed(_exactly.decode(encode(body)))
    return changed


def _changed(value: Any) -> Any:
    if isinstance(value, list):
        return [_changed(part) for part in value]
    if not isinstance(value, dict):
        return value
    if value.get("Name") == PLAN_NAME:
        return value | {"Value": UNKNOWN_PLAN}
    fields = {name: None if part == "" else _changed(part) for name, part in value.items()}
    return fields | {"Provenance": {"kind": "unknown to you"}} if "Id" in value else fields
