"""The people who can sign in to the stand-in."""

import uuid
from dataclasses import dataclass, field

from sandbox.companies.company import User as CompanyUser

NAMESPACE = uuid.UUID("8a0d6d0e-3a53-4a55-9d7c-6a9b6f0e5b21")


@dataclass
class User:
    """An Intuit user and the companies that he or she can connect."""

    id: str
    first_name: str
    last_name: str
    email: str
    realm_ids: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, person: CompanyUser, realm_ids: list[str]) -> "User":
        """The id follows from the e-mail address, so that it survives a restart."""
        identity = str(uuid.uuid5(NAMESPACE, person.email))
        return cls(identity, person.first_name, person.last_name, person.email, realm_ids)

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"
