"""When the ledger itself last mailed an invoice.

Expands only.
"""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0064"


def upgrade() -> None:
    op.add_column("invoice", sa.Column("last_emailed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_invoice_mailed",
        "invoice",
        ["tenant_id", "last_emailed_at"],
        postgresql_where=sa.text("state = 'open' AND last_emailed_at IS NOT NULL"),
    )
