"""Money received that no invoice has taken: overpayments and prepayments. Nothing is ever allocated from them here."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from sandbox.xero.books.records import Contact


@dataclass(slots=True, eq=False, kw_only=True)
class Unapplied:
    """What both have in common. What is left of it is all of it, of a voided one too (assumed)."""

    id: str
    contact: Contact
    total: Decimal
    currency: str
    received: date
    updated: datetime
    status: str = "AUTHORISED"
    rendered: dict[str, bytes] = field(default_factory=dict)


@dataclass(slots=True, eq=False, kw_only=True)
class Overpayment(Unapplied):
    """What was over when something was paid."""


@dataclass(slots=True, eq=False, kw_only=True)
class Prepayment(Unapplied):
    """What came before there was anything to pay."""
