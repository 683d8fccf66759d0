"""Money received that no invoice has taken: overpayments and prepayments. Nothing is ever allocated from them here, but
they can be given back.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from sandbox.companies.amounts import ZERO
from sandbox.xero.books.records import Contact


@dataclass(slots=True, eq=False, kw_only=True)
class Unapplied:
    """What both have in common. What was not given back is left of it, of a voided one too (assumed)."""

    id: str
    contact: Contact
    total: Decimal
    currency: str
    received: date
    updated: datetime
    status: str = "AUTHORISED"
    given_back: Decimal = ZERO
    rendered: dict[str, bytes] = field(default_factory=dict)

    @property
    def remaining(self) -> Decimal:
        return self.total - self.given_back


@dataclass(slots=True, eq=False, kw_only=True)
class Overpayment(Unapplied):
    """What was over when something was paid."""


@dataclass(slots=True, eq=False, kw_only=True)
class Prepayment(Unapplied):
    """What came before there was anything to pay."""
