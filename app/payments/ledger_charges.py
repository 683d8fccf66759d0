"""The entry that makes a customer owe something new: a charge for paying late, as an invoice of its own."""

from app.connectors.base import BookedEntry, ChargeEntry, Ledger
from app.payments.ledger_entry import Obstacle, other_side, usual_obstacle
from app.payments.obstacles import customer_obstacle
from app.payments.work import Work


class ChargeToCustomer:
    """A late fee. What is looked for is the whole charge, paid or not."""

    def __init__(self, ledger: Ledger, work: Work) -> None:
        self._ledger, self._work = ledger, work

    def look(self) -> BookedEntry | None:
        return self._ledger.find_charge(marker=self._work.marker, issued_on=self._work.booked_on)

    def obstacle(self) -> Obstacle | None:
        if missing := usual_obstacle(self._work):
            return missing
        sentence = customer_obstacle(self._work)
        return Obstacle(sentence) if sentence else None

    def make(self, idempotency_key: str) -> None:
        work = self._work
        entry = ChargeEntry(
            customer_external_id=work.customer,
            income_account=other_side(work),
            amount=work.amount,
            currency=work.currency,
            issued_on=work.booked_on,
            # A charge that went to the first open day may have been due before it.
            due_on=max(work.due_on or work.booked_on, work.booked_on),
            marker=work.marker,
            description=work.memo,
        )
        self._ledger.record_charge(entry, idempotency_key=idempotency_key)
