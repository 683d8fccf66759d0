"""Entries of every kind to be made at a stand-in's books, each with how it is made and how it is looked for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.connectors.base import (
    AccountRef,
    BookedEntry,
    EntryKind,
    FeeEntry,
    FeeStyle,
    IncomeEntry,
    Ledger,
    OverpaymentEntry,
    RefundEntry,
    TransferEntry,
)
from tests.connectors.contract.stand_in import Bookkeeper, Row

SPENT = (EntryKind.FEE, EntryKind.REFUND, EntryKind.TRANSFER)


@dataclass(frozen=True)
class Booking:
    """An entry to be made."""

    kind: EntryKind
    amount: Decimal
    record: Callable[[str], BookedEntry]
    """Makes it, under an idempotency key."""
    find: Callable[[], BookedEntry | None]

    @property
    def effect(self) -> Decimal:
        """What it does to the clearing account."""
        return -self.amount if self.kind in SPENT else self.amount


@dataclass(frozen=True)
class Till:
    """Where entries are made: a ledger, its books, and the accounts to book to."""

    ledger: Ledger
    bookkeeper: Bookkeeper
    today: date
    payer_in: str | None = None
    """The currency of the customer whom entries name; the organisation's own unless told otherwise."""

    @property
    def clearing(self) -> Row:
        """The account that stands for the processor's balance."""
        return next(row for row in self._banks() if "stripe" in row["name"].lower())

    @property
    def bank(self) -> Row:
        """Where payouts arrive."""
        return next(row for row in self._banks() if "stripe" not in row["name"].lower())

    @property
    def costs(self) -> AccountRef:
        row = self.bookkeeper.account("fee")
        return AccountRef(row["id"], row["code"])

    def held(self, account: Row | None = None) -> Decimal:
        """What an account holds by all living entries; the clearing account if none is named."""
        return Decimal(self.bookkeeper.books()["balances"][(account or self.clearing)["id"]])

    def booking(
        self, kind: EntryKind, amount: str = "4.56", *, on: date | None = None, mark: str = "1a2b3c4d"
    ) -> Booking:
        """An entry of a kind, for whoever owes the first open invoice."""
        makers = {
            EntryKind.OVERPAYMENT: self._overpayment,
            EntryKind.FEE: self._fee,
            EntryKind.REFUND: self._refund,
            EntryKind.INCOME: self._income,
            EntryKind.TRANSFER: self._transfer,
        }
        return makers[kind](Decimal(amount), on or self.today, f"Stripe {kind} re_3QxR2eLkdIwHu7ix{mark}")

    def _overpayment(self, amount: Decimal, on: date, marker: str) -> Booking:
        entry = OverpaymentEntry(
            self._customer(), self.clearing["id"], amount, on, marker, "Paid twice through the pay link"
        )
        return Booking(
            EntryKind.OVERPAYMENT,
            amount,
            lambda key: self.ledger.record_overpayment(entry, idempotency_key=key),
            lambda: self.ledger.find_overpayment(marker=marker, booked_on=on),
        )

    def _fee(self, amount: Decimal, on: date, marker: str) -> Booking:
        style = FeeStyle.EXPENSE
        entry = FeeEntry(style, self.clearing["id"], self.costs, amount, on, marker, "Stripe", "Card fee")
        return Booking(
            EntryKind.FEE,
            amount,
            lambda key: self.ledger.record_fee(entry, idempotency_key=key),
            lambda: self.ledger.find_fee(marker=marker, booked_on=on, style=style),
        )

    def _refund(self, amount: Decimal, on: date, marker: str) -> Booking:
        entry = RefundEntry(self._customer(), self.clearing["id"], self.costs, amount, on, marker, "Refund")
        return Booking(
            EntryKind.REFUND,
            amount,
            lambda key: self.ledger.record_refund(entry, idempotency_key=key),
            lambda: self.ledger.find_refund(marker=marker, booked_on=on),
        )

    def _income(self, amount: Decimal, on: date, marker: str) -> Booking:
        entry = IncomeEntry(
            self._customer(), self.clearing["id"], self.costs, amount, on, marker, "The refund came back"
        )
        return Booking(
            EntryKind.INCOME,
            amount,
            lambda key: self.ledger.record_income(entry, idempotency_key=key),
            lambda: self.ledger.find_income(marker=marker, booked_on=on),
        )

    def _transfer(self, amount: Decimal, on: date, marker: str) -> Booking:
        entry = TransferEntry(self.clearing["id"], self.bank["id"], amount, on, marker)
        return Booking(
            EntryKind.TRANSFER,
            amount,
            lambda key: self.ledger.record_transfer(entry, idempotency_key=key),
            lambda: self.ledger.find_transfer(marker=marker, booked_on=on),
        )

    def _customer(self) -> str:
        return str(self.bookkeeper.open_invoice(self.payer_in)["contact_id"])

    def _banks(self) -> list[Row]:
        base = self.bookkeeper.vendor.base_currency
        return [
            row
            for row in self.bookkeeper.books()["accounts"]
            if row["type"].upper() == "BANK" and row["currency"] == base and row["status"] == "ACTIVE"
        ]
