"""A stand-in as the contract sees it: the same control door and the same shape of books, whatever the vendor."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.connectors.base import EntryKind
from tests.sandbox.client import SandboxClient

Row = dict[str, Any]


@dataclass(frozen=True)
class Vendor:
    """What differs between the vendors' stand-ins, as far as a test has to know it."""

    key: str
    base_currency: str
    access_seconds: int
    """Life of an access token."""
    token_call: str
    """The token endpoint, as the sandbox counts and matches calls."""
    payment_call: str
    """Creating a payment, as faults match it."""
    fee_call: str
    """Creating a fee as an expense, as faults match it."""
    entry_calls: Mapping[EntryKind, str]
    """Creating an entry of each kind but payments, as faults match it."""
    taking_back_call: str
    """Changing or deleting an entry, as faults match it."""
    tells_limits_per_day: bool


@dataclass(frozen=True)
class Bookkeeper:
    """Somebody who works in the ledger itself, and who reads the books out for the judge."""

    vendor: Vendor
    sandbox: SandboxClient

    def books(self) -> dict[str, Any]:
        return dict(self.sandbox.get(f"/control/{self.vendor.key}/ledger").json())

    def invoices(self) -> list[Row]:
        """Sales invoices."""
        return [invoice for invoice in self.books()["invoices"] if invoice["type"] == "ACCREC"]

    def invoice(self, external_id: str) -> Row:
        return next(row for row in self.invoices() if row["id"] == external_id)

    def numbered(self, number: str) -> Row:
        return next(row for row in self.invoices() if row["number"] == number)

    def open_invoice(self, currency: str | None = None, *, skip: int = 0) -> Row:
        """An open invoice that nobody has paid anything of."""
        wanted = currency or self.vendor.base_currency
        return [row for row in self.invoices() if _is_untouched(row) and row["currency"] == wanted][skip]

    def payments_of(self, invoice_id: str) -> list[Row]:
        """Living payments."""
        rows = self.books()["payments"]
        return [row for row in rows if row["invoice_id"] == invoice_id and row["status"] == "AUTHORISED"]

    def spent(self) -> list[Row]:
        """Living entries of money spent and of deposits."""
        return [row for row in self.books()["bank_transactions"] if row["status"] == "AUTHORISED"]

    def account(self, name: str) -> Row:
        return next(row for row in self.books()["accounts"] if name.lower() in row["name"].lower())

    def do(self, path: str, **wishes: Any) -> Any:
        """Anything else at this vendor's control door."""
        return self.sandbox.control(f"{self.vendor.key}/{path}", **wishes)

    def raise_invoice(self, contact: str, amount: str, **more: Any) -> Row:
        made = self.do("invoices", contact=contact, amount=amount, **more)
        return self.numbered(made["number"])

    def a_customer(self) -> Row:
        """Whoever owes the first open invoice."""
        owing = self.open_invoice()["contact_id"]
        return next(row for row in self.books()["contacts"] if row["id"] == owing)

    def fault(self, kind: str, *, match: str = "", times: int | None = 1, **more: Any) -> str:
        return self.sandbox.fault(self.vendor.key, kind, match=match, times=times, **more)

    def identity_fault(self, kind: str, *, times: int | None = 1, **more: Any) -> str:
        path = self.vendor.token_call.split(" ", 1)[1]
        return self.sandbox.fault(f"{self.vendor.key}-identity", kind, match=path, times=times, **more)

    def calls(self) -> dict[str, int]:
        """Calls so far to this vendor, by route."""
        counted: dict[str, int] = self.sandbox.get("/control/counters").json()["calls"]
        return {route: count for route, count in counted.items() if route.startswith(f"{self.vendor.key} ")}

    def token_calls(self) -> int:
        return self.calls().get(f"{self.vendor.key} {self.vendor.token_call}", 0)


def money(row: Row, *names: str) -> tuple[Decimal, ...]:
    return tuple(Decimal(row[name]) for name in names)


def _is_untouched(row: Row) -> bool:
    return (
        row["status"] == "AUTHORISED"
        and Decimal(row["amount_due"]) == Decimal(row["total"])
        and Decimal(row["total"]) > Decimal(20)
    )
