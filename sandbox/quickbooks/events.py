"""One change in a company, as CloudEvents and as the format before them write it.

Sources: Intuit's blog of 12 November 2025; the nanoseconds are as in its example. Neither format says
anything of a merge's loser here: `data` is empty in the example, and one must ask for the record.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

LEGACY_OPERATIONS = {
    "created": "Create",
    "updated": "Update",
    "deleted": "Delete",
    "merged": "Merge",
    "voided": "Void",
    "emailed": "Emailed",
}


@dataclass(frozen=True)
class Event:
    """What happened to one record of one company, and when."""

    realm_id: str
    entity: str
    operation: str
    record_id: str
    at: datetime
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def name(self) -> str:
        return f"{self.entity} {self.operation}"


def as_cloud_events(events: Sequence[Event], source: str) -> list[dict[str, Any]]:
    """An array in which companies are mixed."""
    return [
        {
            "specversion": "1.0",
            "id": event.id,
            "source": source,
            "type": f"qbo.{event.entity.lower()}.{event.operation}.v1",
            "datacontenttype": "application/json",
            "time": event.at.strftime("%Y-%m-%dT%H:%M:%S.%f") + f"{event.at.microsecond % 1000:03d}Z",
            "intuitentityid": event.record_id,
            "intuitaccountid": event.realm_id,
            "data": {},
        }
        for event in events
    ]


def as_legacy(events: Sequence[Event]) -> dict[str, Any]:
    """The object of before July 2026: entities gathered by company."""
    realms: dict[str, list[dict[str, str]]] = {}
    for event in events:
        told = {
            "id": event.record_id,
            "operation": LEGACY_OPERATIONS[event.operation],
            "name": event.entity,
            "lastUpdated": event.at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
        }
        realms.setdefault(event.realm_id, []).append(told)
    return {
        "eventNotifications": [
            {"realmId": realm, "dataChangeEvent": {"entities": entities}}
            for realm, entities in realms.items()
        ]
    }
