"""What should have been sent, worked out from the sandbox's books alone, by other code than the planner's.

The demo compares it with the inbox, day by day: a figure that is off fails the demo.
"""

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

SATURDAY = 5


@dataclass
class Oracle:
    """Follows the books day by day. `offsets` are the cadence's days after the due date."""

    offsets: Sequence[int]
    holidays: Container[date] = ()
    """The company's public holidays, on which nothing is sent: what falls on one goes on the next working day."""
    last_step: dict[str, int] = field(default_factory=dict)
    """By invoice id: the offset of the latest reminder it should have had."""

    def expected_on(self, day: date, books: Mapping[str, Any]) -> Counter[tuple[str, str]]:
        """How many mails each (address, currency) should get on a working day, given that morning's books."""
        if day in self.holidays:
            return Counter()
        addresses = {
            contact["id"]: contact["email"]
            for contact in books["contacts"]
            if contact["email"] and contact["status"] == "ACTIVE"
        }
        mails: dict[str, list[_Due]] = {}
        for invoice in books["invoices"]:
            step = self._step(invoice, day)
            if step is not None and invoice["contact_id"] in addresses:
                mails.setdefault(invoice["contact_id"], []).append(_due(invoice, step))
        return Counter((addresses[contact], self._sent(due)) for contact, due in mails.items())

    def _sent(self, due: Sequence["_Due"]) -> str:
        """The currency that goes, one a day for a customer: what has waited longest. The others stay due."""
        currency = min((one.since, one.currency) for one in due)[1]
        self.last_step.update((one.invoice_id, one.step) for one in due if one.currency == currency)
        return currency

    def _step(self, invoice: Mapping[str, Any], day: date) -> int | None:
        is_open = invoice["type"] == "ACCREC" and invoice["status"] == "AUTHORISED"
        if not is_open or Decimal(invoice["amount_due"]) <= 0:
            return None
        due = date.fromisoformat(invoice["due"])
        reached = [offset for offset in self.offsets if _on_working_day(due + timedelta(days=offset)) <= day]
        if not reached or max(reached) <= self.last_step.get(invoice["id"], -10_000):
            return None
        return max(reached)


@dataclass(frozen=True)
class _Due:
    """An invoice that has come to a step, and the working day on which it could first have gone."""

    invoice_id: str
    currency: str
    step: int
    since: date


def _due(invoice: Mapping[str, Any], step: int) -> _Due:
    since = _on_working_day(date.fromisoformat(invoice["due"]) + timedelta(days=step))
    return _Due(invoice["id"], invoice["currency"], step, since)


def _on_working_day(day: date) -> date:
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    return day


def next_working_day(day: date) -> date:
    """The first day after `day` that is neither Saturday nor Sunday."""
    return _on_working_day(day + timedelta(days=1))
