"""A day's mails against what should have been sent. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.demo.oracle import Oracle


@dataclass(frozen=True)
class Reckoned:
    """One day."""

    sent: int
    """Mails, those to guests among them."""
    missing: int
    too_many: int


@dataclass
class Reckoning:
    """Goes through one company's mails, day after day."""

    oracle: Oracle
    guests: set[str] = field(default_factory=set)
    """Addresses of customers who play a scene of their own: nothing is missing or too many of theirs."""
    seen: int = 0
    """Mails of the days before."""

    def of_day(self, day: date, books: Mapping[str, Any], mails: Sequence[Mapping[str, Any]]) -> Reckoned:
        """What came since the last day, given all mails so far and the ledger's books."""
        expected = self.oracle.expected_on(day, books)
        new = mails[self.seen :]
        self.seen = len(mails)
        sent = self._without_guests((str(mail["to"][0]), 1) for mail in new)
        wanted = self._without_guests((address, count) for (address, _), count in expected.items())
        return Reckoned(len(new), (wanted - sent).total(), (sent - wanted).total())

    def _without_guests(self, counts: Iterable[tuple[str, int]]) -> Counter[str]:
        found: Counter[str] = Counter()
        for address, count in counts:
            if address not in self.guests:
                found[address] += count
        return found
