"""The people who can sign in to the stand-in."""

import uuid
from dataclasses import dataclass, field

from sandbox.companies.company import User as CompanyUser

NAMESPACE = uuid.UUID("0c4f2f0a-52ab-4b8e-8f4a-2d3b8f0f7c11")


@dataclass
class User:
    """A Xero user and the organisations that he or she can connect."""

    id: str
    first_name: str
    last_name: str
    email: str
    tenant_ids: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, person: CompanyUser, tenant_ids: list[str]) -> "User":
        """The id follows from the e-mail address, so that it survives a restart."""
        identity = str(uuid.uuid5(NAMESPACE, person.email))
        return cls(identity, person.first_name, person.last_name, person.email, tenant_ids)

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"
