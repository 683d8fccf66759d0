"""People that the ledger names at a customer, and what the business says about them. Expands only."""

import sqlalchemy as sa
from alembic import op

revision = "0088"
down_revision = "0087"


def upgrade() -> None:
    op.add_column("customer", sa.Column("people_sealed", sa.LargeBinary(), nullable=True))
    op.add_column(
        "customer_contact",
        sa.Column("is_role_chosen", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("customer_contact", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
