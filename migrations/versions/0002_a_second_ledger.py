"""Room for a second ledger: payments of several invoices, deleted documents, fee styles, limits, proofs of the mirror.

Expands only: code that knows 0001 runs on it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_STATES = ("draft", "open", "paid", "voided", "deleted")


def upgrade() -> None:
    _let_documents_be_deleted()
    _widen_payments()
    _widen_accounts_and_booking()
    _widen_connections()


def _let_documents_be_deleted() -> None:
    allowed = ", ".join(f"'{state}'" for state in _STATES)
    for table in ("invoice", "credit_note"):
        name = f"ck_{table}_invoicestate"
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK (state IN ({allowed}))")


def _widen_payments() -> None:
    op.add_column("ledger_payment", sa.Column("customer_id", sa.UUID(), nullable=True))
    op.add_column(
        "ledger_payment",
        sa.Column(
            "unapplied", sa.Numeric(precision=18, scale=4), server_default=sa.text("0"), nullable=False
        ),
    )
    op.create_index(
        op.f("ix_ledger_payment_tenant_id_customer_id"), "ledger_payment", ["tenant_id", "customer_id"]
    )
    _make_payment_application()
    for table in ("ledger_payment", "invoice"):
        _let_the_owner_see(table)
    _copy_what_payments_settle()
    for table in ("ledger_payment", "invoice"):
        _hide_again(table)
    _keep_tenants_apart("payment_application")


def _make_payment_application() -> None:
    op.create_table(
        "payment_application",
        sa.Column("payment_id", sa.UUID(), nullable=False),
        sa.Column("invoice_id", sa.UUID(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "payment_id"],
            ["ledger_payment.tenant_id", "ledger_payment.id"],
            name=op.f("fk_payment_application_tenant_id_payment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_payment_application")),
        sa.UniqueConstraint(
            "tenant_id",
            "payment_id",
            "invoice_id",
            name=op.f("uq_payment_application_tenant_id_payment_id_invoice_id"),
        ),
    )
    op.create_index(
        op.f("ix_payment_application_tenant_id_invoice_id"),
        "payment_application",
        ["tenant_id", "invoice_id"],
    )


def _copy_what_payments_settle() -> None:
    """Until now a payment had one invoice and settled it with all it had."""
    op.execute(
        "INSERT INTO payment_application (tenant_id, id, payment_id, invoice_id, amount) "
        "SELECT tenant_id, gen_random_uuid(), id, invoice_id, amount FROM ledger_payment "
        "WHERE invoice_id IS NOT NULL AND NOT is_deleted"
    )
    op.execute(
        "UPDATE ledger_payment SET customer_id = invoice.customer_id FROM invoice "
        "WHERE invoice.tenant_id = ledger_payment.tenant_id AND invoice.id = ledger_payment.invoice_id"
    )


def _widen_accounts_and_booking() -> None:
    op.add_column(
        "account", sa.Column("takes_fees", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    _let_the_owner_see("account")
    # What could be chosen for fees so far.
    op.execute("UPDATE account SET takes_fees = true WHERE kind = 'expense' AND code <> ''")
    _hide_again("account")
    op.add_column(
        "booking_accounts",
        sa.Column("fee_style", sa.Text(), server_default=sa.text("'expense'"), nullable=False),
    )
    op.add_column("write_back", sa.Column("fee_style", sa.Text(), nullable=True))


def _widen_connections() -> None:
    for name in ("consent_ends_at", "paused_until"):
        op.add_column("connection", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("connection", sa.Column("paused_reason", sa.Text(), nullable=True))
    op.add_column(
        "sync_run", sa.Column("is_whole", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column(
        "sync_run", sa.Column("rows_repaired", sa.BigInteger(), server_default=sa.text("0"), nullable=False)
    )
    op.add_column("sync_run", sa.Column("is_equal", sa.Boolean(), nullable=True))
    op.add_column("oauth_attempt", sa.Column("organisation", sa.Text(), nullable=True))


def _let_the_owner_see(table: str) -> None:
    """Row-level security is forced on the owner too, and a migration works on the rows of all tenants."""
    op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")


def _hide_again(table: str) -> None:
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _keep_tenants_apart(table: str) -> None:
    """As 0001 does. Its default privileges hold only if the same role runs this, so they are said again."""
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO duemate_app")
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY own_tenant ON {table} USING (tenant_id = current_setting('app.tenant_id')::uuid)"
    )
