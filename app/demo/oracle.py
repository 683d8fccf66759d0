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
        groups: dict[tuple[str, str], str] = {}
        for invoice in books["invoices"]:
            step = self._step(invoice, day)
            if step is None or invoice["contact_id"] not in addresses:
                continue
            self.last_step[invoice["id"]] = step
            groups[invoice["contact_id"], invoice["currency"]] = addresses[invoice["contact_id"]]
        return Counter((address, currency) for (_, currency), address in groups.items())

    def _step(self, invoice: Mapping[str, Any], day: date) -> int | None:
        is_open = invoice["type"] == "ACCREC" and invoice["status"] == "AUTHORISED"
        if not is_open or Decimal(invoice["amount_due"]) <= 0:
            return None
        due = date.fromisoformat(invoice["due"])
        reached = [offset for offset in self.offsets if _on_working_day(due + timedelta(days=offset)) <= day]
        if not reached or max(reached) <= self.last_step.get(invoice["id"], -10_000):
            return None
        return max(reached)


def _on_working_day(day: date) -> date:
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    return day


def next_working_day(day: date) -> date:
    """The first day after `day` that is neither Saturday nor Sunday."""
    return _on_working_day(day + timedelta(days=1))
