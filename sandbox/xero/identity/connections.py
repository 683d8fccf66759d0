"""Which organisations a user has connected to the app."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass
class Connection:
    """One organisation connected by one user. `id` names the connection, not the organisation."""

    id: str
    user_id: str
    tenant_id: str
    tenant_name: str
    auth_event: str
    created: datetime
    updated: datetime

    def as_json(self) -> dict[str, Any]:
        """As /connections shows it: dates with seven decimals and no zone, in UTC."""
        return {
            "id": self.id,
            "authEventId": self.auth_event,
            "tenantId": self.tenant_id,
            "tenantType": "ORGANISATION",
            "tenantName": self.tenant_name,
            "createdDateUtc": _seven_decimals(self.created),
            "updatedDateUtc": _seven_decimals(self.updated),
        }


@dataclass
class Connections:
    """All connections to the app, oldest first."""

    known: dict[str, Connection] = field(default_factory=dict)

    def connect(self, user_id: str, tenant_id: str, tenant_name: str, auth_event: str, now: datetime) -> None:
        """Connect, or note that an existing connection was consented to again."""
        existing = self.find(user_id, tenant_id)
        if existing:
            existing.auth_event, existing.updated = auth_event, now
            return
        identity = str(uuid.uuid4())
        self.known[identity] = Connection(identity, user_id, tenant_id, tenant_name, auth_event, now, now)

    def of(self, user_id: str, auth_event: str | None = None) -> list[Connection]:
        """A user's connections, or only those of one consent."""
        return [
            connection
            for connection in self.known.values()
            if connection.user_id == user_id and auth_event in {None, connection.auth_event}
        ]

    def find(self, user_id: str, tenant_id: str) -> Connection | None:
        return next((c for c in self.of(user_id) if c.tenant_id == tenant_id), None)

    def reach(self, tenant_id: str) -> bool:
        """Whether anybody has connected this organisation."""
        return any(connection.tenant_id == tenant_id for connection in self.known.values())

    def remove(self, user_id: str, identity: str) -> bool:
        """True if this user had that connection."""
        if not any(connection.id == identity for connection in self.of(user_id)):
            return False
        del self.known[identity]
        return True

    def remove_user(self, user_id: str) -> None:
        self.known = {i: c for i, c in self.known.items() if c.user_id != user_id}

    def remove_tenant(self, tenant_id: str) -> int:
        """Disconnect an organisation for everybody; how many connections that ended."""
        before = len(self.known)
        self.known = {i: c for i, c in self.known.items() if c.tenant_id != tenant_id}
        return before - len(self.known)


def _seven_decimals(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f") + "0"
