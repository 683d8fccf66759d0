"""The sandbox's own books beside the mirror, compared row by row by code that shares nothing with the product."""

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


def ledger(sandbox: SandboxClient) -> dict[str, Any]:
    return dict(sandbox.get("/control/xero/ledger").json())


def sales(sandbox: SandboxClient) -> list[dict[str, Any]]:
    return [invoice for invoice in ledger(sandbox)["invoices"] if invoice["type"] == "ACCREC"]


def in_ledger(sandbox: SandboxClient) -> list[tuple[Any, ...]]:
    """Every sales invoice: number, state, currency, total, due, paid, credited, due date."""
    return sorted(
        (
            invoice["number"],
            STATES.get(invoice["status"], "draft"),
            invoice["currency"],
            *(
                Decimal(invoice[amount])
                for amount in ("total", "amount_due", "amount_paid", "amount_credited")
            ),
            invoice["due"],
        )
        for invoice in sales(sandbox)
    )


def in_mirror(ground: Ground, tenant: ConnectedTenant) -> list[tuple[Any, ...]]:
    """The same of the mirror."""
    return sorted(
        rows(
            ground,
            tenant,
            "SELECT number, state, currency, total, amount_due, amount_paid, amount_credited, "
            "CAST(due_on AS text) FROM invoice",
        )
    )


def payments_in_ledger(sandbox: SandboxClient) -> list[tuple[Any, ...]]:
    """Every payment of a sales invoice: its id, amount, whether it is deleted, and the invoice it settles if not."""
    wanted = {invoice["id"] for invoice in sales(sandbox)}
    return sorted(
        (
            payment["id"],
            Decimal(payment["amount"]),
            payment["status"] == "DELETED",
            "" if payment["status"] == "DELETED" else payment["invoice_id"],
        )
        for payment in ledger(sandbox)["payments"]
        if payment["invoice_id"] in wanted
    )


def payments_in_mirror(ground: Ground, tenant: ConnectedTenant) -> list[tuple[Any, ...]]:
    return sorted(
        rows(
            ground,
            tenant,
            "SELECT p.external_id, p.amount, p.is_deleted, coalesce(i.external_id, '') FROM ledger_payment p "
            "LEFT JOIN payment_application a ON a.payment_id = p.id AND a.amount = p.amount "
            "LEFT JOIN invoice i ON i.id = a.invoice_id",
        )
    )


def money_of(invoices: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Without the due date, whose change on a partly paid invoice modified-since does not tell."""
    return [invoice[:-1] for invoice in invoices]
