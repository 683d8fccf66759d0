"""The sandbox's own books as the judge of what was taken and written back."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.demo.figures import Figures
from app.demo.tenant_view import TenantView
from app.models import Payment
from app.sync.mirror_check import compare


def judge(figures: Figures, tenant: TenantView, books: Mapping[str, Any], *, payments_made: int) -> None:
    """Every payment and fee must stand in the ledger once, to the cent, and the mirror must agree with it."""
    left = tenant.not_written_back()
    figures.require(figures.paid == payments_made, f"{figures.paid} payments recorded, {payments_made} made")
    figures.require(figures.written_back == figures.paid, f"payments not written back: {left}")
    figures.require(figures.fees_booked == figures.paid, f"fees not booked: {left}")
    for payment in tenant.payments():
        _judge_payment(figures, payment, books)
    report, there, here = compare(tenant.ground, tenant.tenant_id), _open_sums(books), tenant.open_sums()
    figures.require(report.is_equal, f"the mirror differs from the ledger: {report.differences}")
    figures.require(there == here, f"open in the ledger's books: {there}, in the mirror: {here}")
    figures.mirror_equals_ledger = report.is_equal and there == here


def _open_sums(books: Mapping[str, Any]) -> dict[str, tuple[int, Decimal]]:
    """As `TenantView.open_sums`, from the vendor's side."""
    sums: dict[str, tuple[int, Decimal]] = {}
    for invoice in books["invoices"]:
        if invoice["type"] == "ACCREC" and invoice["status"] == "AUTHORISED":
            count, due = sums.get(invoice["currency"], (0, Decimal(0)))
            sums[invoice["currency"]] = (count + 1, due + Decimal(invoice["amount_due"]))
    return sums


def _judge_payment(figures: Figures, payment: Payment, books: Mapping[str, Any]) -> None:
    entered = _live(books["payments"], payment, "amount")
    spent = _live(books["bank_transactions"], payment, "total")
    figures.require(sum(entered) == payment.amount, f"{entered} entered for a payment of {payment.amount}")
    figures.require(spent == [payment.fee], f"{spent} entered for a fee of {payment.fee}")


def _live(entries: list[Mapping[str, Any]], payment: Payment, amount: str) -> list[Decimal]:
    return [
        Decimal(entry[amount])
        for entry in entries
        if entry["status"] == "AUTHORISED" and payment.external_id in _words(entry)
    ]


def _words(entry: Mapping[str, Any]) -> str:
    """Where an entry may name the payment: some ledgers have little room in a reference."""
    return f"{entry['reference'] or ''} {entry.get('note') or ''}"
