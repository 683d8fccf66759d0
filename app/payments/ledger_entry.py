"""What is asked of an entry on its way to the ledger, whatever its kind."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from app.connectors.base import AccountRef, BookedEntry
from app.payments.book_into import BookInto
from app.payments.conversion import conversion_obstacle
from app.payments.obstacles import accounts_obstacle, period_obstacle
from app.payments.work import Work

PAYEE = "Stripe"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why an entry cannot be made now."""

    sentence: str
    """For the bookkeeper: what is wrong, and what to do."""
    beyond: Decimal = Decimal(0)
    """How much of a payment its invoice cannot take, where that can be the customer's credit."""
    apart: tuple[UUID, ...] = ()
    """Entries that cannot go with the others of one payment, whose own way this is."""


class LedgerEntry(Protocol):
    """One entry of ours at the ledger. Errors as at the Ledger port."""

    def look(self) -> BookedEntry | None:
        """The entry, if the ledger has it."""
        ...

    def obstacle(self) -> Obstacle | None:
        """What stands in its way; None if it can be made."""
        ...

    def make(self, idempotency_key: str) -> None:
        """Enter it, once. `look` first."""
        ...


def usual_obstacle(work: Work) -> Obstacle | None:
    """Every entry with an amount needs accounts, an open day, and money that is where the entry says."""
    sentence = _elsewhere(work) or accounts_obstacle(work) or period_obstacle(work)
    return Obstacle(sentence) if sentence else None


def _elsewhere(work: Work) -> str | None:
    return conversion_obstacle(work.converted, amount=work.amount, currency=work.currency, ledger=work.ledger)


def chosen(work: Work) -> BookInto:
    """The accounts. Raises LookupError if an entry is made in spite of `usual_obstacle`."""
    if work.accounts is None:
        raise LookupError("an entry was made without accounts")
    return work.accounts


def other_side(work: Work) -> AccountRef:
    """The account beside the clearing account. Raises LookupError as `chosen`."""
    other = chosen(work).other
    if other is None:
        raise LookupError("an entry was made without its other account")
    return other
