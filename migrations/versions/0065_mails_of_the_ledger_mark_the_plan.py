"""A mail that the ledger itself sent about an invoice holds it, so it marks the tenant's plan."""

from alembic import op

revision = "0065"
down_revision = "0060"

_COLUMNS = [
    "customer_id",
    "state",
    "currency",
    "total",
    "amount_due",
    "issued_on",
    "due_on",
    "settled_on",
    "last_emailed_at",
]


def upgrade() -> None:
    old, new = (", ".join(f"{row}.{name}" for name in _COLUMNS) for row in ("OLD", "NEW"))
    op.execute("DROP TRIGGER mark_plan_changed ON invoice")
    op.execute(
        f"CREATE TRIGGER mark_plan_changed AFTER UPDATE ON invoice FOR EACH ROW "
        f"WHEN (({old}) IS DISTINCT FROM ({new})) EXECUTE FUNCTION mark_plan_of_changed()"
    )
