"""A domain that mails may come from, once its owner has published what proves it."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4


@dataclass
class Domain:
    """One identity. `status` is DKIM's: `PENDING`, `SUCCESS` or `FAILED`."""

    name: str
    tags: dict[str, str]
    status: str = "PENDING"
    tokens: tuple[str, ...] = field(default_factory=lambda: tuple(uuid4().hex for _ in range(3)))

    def shown(self) -> dict[str, Any]:
        is_seen = self.status == "SUCCESS"
        return {
            "IdentityType": "DOMAIN",
            "Tags": [{"Key": key, "Value": value} for key, value in self.tags.items()],
            "VerifiedForSendingStatus": is_seen,
            "DkimAttributes": {
                "SigningEnabled": True,
                "Status": self.status,
                "Tokens": list(self.tokens),
                "SigningAttributesOrigin": "AWS_SES",
            },
        }
