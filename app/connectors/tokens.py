"""The vendor's tokens of one connection, as they are sealed and as an adapter uses them."""

from dataclasses import dataclass
from datetime import datetime

import msgspec


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a token endpoint gave."""

    access_token: str
    refresh_token: str
    expires_at: datetime
    """When the access token ends."""
    consent_ends_at: datetime | None = None
    """When the refresh token ends however often it is used; None where the vendor names no such day."""

    def as_text(self) -> str:
        """One JSON text, to be sealed."""
        return msgspec.json.encode(self).decode()

    @classmethod
    def from_text(cls, text: str) -> "Tokens":
        """What `as_text` wrote."""
        return msgspec.json.decode(text, type=cls)
