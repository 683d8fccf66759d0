"""What was made, so that a test can point at it."""

from dataclasses import dataclass, field
from uuid import UUID, uuid4

NAMES = (
    "Alder & Finch Architects",
    "Bayview Dental Practice",
    "Cobblestone Bakery Ltd",
    "Dunmore Logistics",
    "Eastgate Properties",
    "Fennel Street Kitchens",
    "Greenfield Primary School",
    "Harcourt & Daughters Solicitors",
    "Ivybridge Yacht Club",
    "Juniper Events",
    "Kestrel Aviation Services (Holdings) International Limited",
    "Larkspur Nurseries",
    "Møller Møbler ApS",
    "Northwind Traders",
    "O'Sullivan Brothers",
    "Pemberton Garage",
    "Quayside Hotel",
    "Ridgeway Farm Shop",
    "Schreinerei Bäcker GmbH",
    "Thistle Theatre Company",
)


@dataclass
class Seeded:
    """What was made, so that a test can point at it."""

    tenant_id: UUID
    customers: list[UUID] = field(default_factory=list)
    invoices: list[UUID] = field(default_factory=list)
    reminders: dict[str, UUID] = field(default_factory=dict)
    """One reminder per state, and `first_list` for one that waits for the owner."""
    entries: dict[str, UUID] = field(default_factory=dict)
    tasks: list[UUID] = field(default_factory=list)
    payments: list[UUID] = field(default_factory=list)
    late_fees: dict[str, UUID] = field(default_factory=dict)
    """A `rule`, and a `charge` that it made."""
    said: dict[str, UUID] = field(default_factory=dict)
    """A `claim` with its proof, a `dispute`, a `to_do`, a `hold` and a `contact`."""
    member: UUID = field(default_factory=uuid4)
    """Somebody who works there; nobody's id until a test has made them."""
