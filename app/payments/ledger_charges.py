"""The entry that makes a customer owe something new: a charge for paying late, as an invoice of its own."""

from app.connectors.base import BookedEntry, ChargeEntry, Ledger
from app.payments.ledger_entry import Obstacle, other_side
from app.payments.obstacles import customer_obstacle, period_obstacle
from app.payments.work import Work


class ChargeToCustomer:
    """A late fee. What is looked for is the whole charge, paid or not."""

    def __init__(self, ledger: Ledger, work: Work) -> None:
        self._ledger, self._work = ledger, work

    def look(self) -> BookedEntry | None:
        return self._ledger.find_charge(marker=self._work.marker, issued_on=self._work.booked_on)

    def obstacle(self) -> Obstacle | None:
        work = self._work
        sentence = _account_obstacle(work) or period_obstacle(work) or customer_obstacle(work)
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


def _account_obstacle(work: Work) -> str | None:
    """Charges have an account and a switch of their own, apart from those of card payments."""
    if work.accounts is None:
        return (
            f"Tell us which income account late fees in {work.currency} are booked to, on the page Late fees. Nothing "
            "is lost: the customer is charged as soon as you have chosen."
        )
    if not work.accounts.is_on:
        return (
            f"Charging late fees in {work.currency} is not switched on. Look at what a charge would be in your books "
            "and switch it on, on the page Late fees. Nothing is lost: the customer is charged then."
        )
    if not work.accounts.is_active:
        return (
            f"The account {work.accounts.names} is archived in {work.ledger}. Choose another one on the page "
            "Late fees."
        )
    return None
