"""The sandbox's own books beside the mirror, compared row by row by code that shares nothing with the product."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from app.kit.ground import Ground
from app.sync.connecting import ConnectedTenant
from app.sync.pull import pull
from tests.sandbox.client import SandboxClient

STATES = {"AUTHORISED": "open", "PAID": "paid", "VOIDED": "voided", "DELETED": "voided"}


def pull_now(ground: Ground, tenant: ConnectedTenant) -> None:
    """One pull, as a worker would do it."""
    pull(ground, tenant.tenant_id, tenant.connection_id, renew=lambda: None)


def rows(ground: Ground, tenant: ConnectedTenant, statement: str, **values: object) -> list[tuple[Any, ...]]:
    with ground.database.tenant(tenant.tenant_id) as session:
        return [tuple(row) for row in session.execute(text(statement), values)]


def one(ground: Ground, tenant: ConnectedTenant, statement: str, **values: object) -> Any:
    """The only value of the only row."""
    [(value,)] = rows(ground, tenant, statement, **values)
    return value


def ledger(sandbox: SandboxClient, vendor: str = "xero") -> dict[str, Any]:
    return dict(sandbox.get(f"/control/{vendor}/ledger").json())


def sales(sandbox: SandboxClient, vendor: str = "xero") -> list[dict[str, Any]]:
    return [invoice for invoice in ledger(sandbox, vendor)["invoices"] if invoice["type"] == "ACCREC"]


def in_ledger(sandbox: SandboxClient, vendor: str = "xero") -> list[tuple[Any, ...]]:
    """Every sales invoice: id, number, customer, state, currency, total, due, settled, due date.

    Settled is paid and credited together: an invoice in QuickBooks does not tell them apart.
    """
    return sorted(
        (
            invoice["id"],
            invoice["number"],
            invoice["contact_id"],
            STATES.get(invoice["status"], "draft"),
            invoice["currency"],
            Decimal(invoice["total"]),
            Decimal(invoice["amount_due"]),
            Decimal(invoice["amount_paid"]) + Decimal(invoice["amount_credited"]),
            invoice["due"],
        )
        for invoice in sales(sandbox, vendor)
    )


def in_mirror(ground: Ground, tenant: ConnectedTenant) -> list[tuple[Any, ...]]:
    """The same of the mirror, without what is gone from the ledger."""
    return sorted(
        rows(
            ground,
            tenant,
            "SELECT i.external_id, number, c.external_id, state, currency, total, amount_due, "
            "amount_paid + amount_credited, CAST(due_on AS text) FROM invoice i "
            "JOIN customer c ON c.tenant_id = i.tenant_id AND c.id = i.customer_id WHERE state <> 'deleted'",
        )
    )


def payments_in_ledger(sandbox: SandboxClient, vendor: str = "xero") -> list[tuple[Any, ...]]:
    """Every living payment for a sales invoice, or for none yet: id, amount, and what it settles of which."""
    wanted = {invoice["id"] for invoice in sales(sandbox, vendor)} | {None}
    amounts: dict[str, Decimal] = {}
    settled: dict[str, list[tuple[str, Decimal]]] = defaultdict(list)
    for payment in ledger(sandbox, vendor)["payments"]:
        if payment["invoice_id"] in wanted and payment["status"] != "DELETED":
            amounts[payment["id"]] = Decimal(payment.get("total", payment["amount"]))
            if payment["invoice_id"] is not None:
                settled[payment["id"]].append((payment["invoice_id"], Decimal(payment["amount"])))
    return sorted((key, amount, sorted(settled[key])) for key, amount in amounts.items())


def payments_in_mirror(ground: Ground, tenant: ConnectedTenant) -> list[tuple[Any, ...]]:
    """The same of the mirror."""
    settled: dict[str, list[tuple[str, Decimal]]] = defaultdict(list)
    for payment, invoice, amount in rows(
        ground,
        tenant,
        "SELECT p.external_id, i.external_id, a.amount FROM payment_application a "
        "JOIN ledger_payment p ON p.id = a.payment_id JOIN invoice i ON i.id = a.invoice_id",
    ):
        settled[payment].append((invoice, amount))
    living = rows(ground, tenant, "SELECT external_id, amount FROM ledger_payment WHERE NOT is_deleted")
    return sorted((key, amount, sorted(settled[key])) for key, amount in living)


def credits_in_ledger(sandbox: SandboxClient, vendor: str = "xero") -> list[tuple[Any, ...]]:
    """Every credit to a customer: id, state, total and what is left."""
    return sorted(
        (
            note["id"],
            STATES.get(note["status"], "draft"),
            Decimal(note["total"]),
            Decimal(note["remaining"]),
        )
        for note in ledger(sandbox, vendor)["credit_notes"]
        if note.get("type", "ACCRECCREDIT") == "ACCRECCREDIT"
    )


def credits_in_mirror(ground: Ground, tenant: ConnectedTenant) -> list[tuple[Any, ...]]:
    """The same of the mirror."""
    statement = "SELECT external_id, state, total, remaining FROM credit_note WHERE state <> 'deleted'"
    return sorted(rows(ground, tenant, statement))


def money_of(invoices: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Without the due date, whose change on a partly paid invoice modified-since does not tell."""
    return [invoice[:-1] for invoice in invoices]
