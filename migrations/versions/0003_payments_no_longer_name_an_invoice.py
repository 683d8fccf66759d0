"""Contracts 0002: what a payment settles is in `payment_application`. To be run when no code of 0001 is left.

A payment that such code wrote after 0002 gets its applications with the next whole read of the ledger.
"""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.drop_index(op.f("ix_ledger_payment_tenant_id_invoice_id"), table_name="ledger_payment")
    op.drop_column("ledger_payment", "invoice_id")
