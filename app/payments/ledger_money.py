"""Entries about the balance at the processor: its fees, money that went back or returned, and payouts."""

from collections.abc import Callable
from dataclasses import replace
from typing import Generic, TypeVar

from app.connectors.base import (
    BookedEntry,
    FeeEntry,
    FeeStyle,
    IncomeEntry,
    Ledger,
    RefundEntry,
    TransferEntry,
)
from app.payments.ledger_entry import PAYEE, Obstacle, chosen, other_side, usual_obstacle
from app.payments.obstacles import deposit_obstacle
from app.payments.work import Work

_Entry = TypeVar("_Entry", RefundEntry, IncomeEntry)


class FeeOfPayment:
    """The processor's fee in the style of its payment, or for a chargeback as an expense."""

    def __init__(self, ledger: Ledger, work: Work) -> None:
        self._ledger, self._work = ledger, work

    def look(self) -> BookedEntry | None:
        work = self._work
        return self._ledger.find_fee(marker=work.marker, booked_on=work.booked_on, style=work.style)

    def obstacle(self) -> Obstacle | None:
        if missing := usual_obstacle(self._work):
            return missing
        sentence = deposit_obstacle(self._work)
        return Obstacle(sentence) if sentence else None

    def make(self, idempotency_key: str) -> None:
        work = self._work
        entry = FeeEntry(
            style=work.style,
            clearing_account_external_id=chosen(work).clearing,
            expense_account=other_side(work),
            amount=work.amount,
            booked_on=work.booked_on,
            marker=work.marker,
            payee=PAYEE,
            description=work.memo,
            payment_external_ids=work.gathers,
            tax_code=chosen(work).fee_tax if work.style is FeeStyle.EXPENSE else None,
        )
        self._ledger.record_fee(entry, idempotency_key=idempotency_key)


class MoneyOfCustomer(Generic[_Entry]):
    """Money given back to a customer, or money that came back from one: the same the other way round."""

    def __init__(
        self,
        work: Work,
        kind: type[_Entry],
        find: Callable[..., BookedEntry | None],
        record: Callable[..., BookedEntry],
    ) -> None:
        self._work, self._find, self._record = work, find, record
        self._kind: type[_Entry] = kind

    def look(self) -> BookedEntry | None:
        return self._find(marker=self._work.marker, booked_on=self._work.booked_on)

    def obstacle(self) -> Obstacle | None:
        return usual_obstacle(self._work)

    def make(self, idempotency_key: str) -> None:
        work = self._work
        entry = self._kind(
            customer_external_id=work.customer,
            clearing_account_external_id=chosen(work).clearing,
            account=other_side(work),
            amount=work.entered,
            booked_on=work.booked_on,
            marker=work.marker,
            description=work.memo,
        )
        self._record(entry, idempotency_key=idempotency_key)


class TransferOfPayout:
    """A payout to the bank; or, if its amount is negative, what the bank had to add to a balance below zero."""

    def __init__(self, ledger: Ledger, work: Work) -> None:
        self._ledger, self._work = ledger, work

    def look(self) -> BookedEntry | None:
        found = self._ledger.find_transfer(marker=self._work.marker, booked_on=self._work.booked_on)
        return replace(found, amount=-found.amount) if found and self._work.amount < 0 else found

    def obstacle(self) -> Obstacle | None:
        return usual_obstacle(self._work)

    def make(self, idempotency_key: str) -> None:
        work = self._work
        sides = (chosen(work).clearing, other_side(work).external_id)
        source, target = sides if work.amount > 0 else sides[::-1]
        entry = TransferEntry(source, target, abs(work.amount), work.booked_on, work.marker)
        self._ledger.record_transfer(entry, idempotency_key=idempotency_key)
