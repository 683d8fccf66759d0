"""Several entries may be the lines of one payment in the ledger: one of them leads. Expands only."""

import sqlalchemy as sa
from alembic import op

revision = "0082"
down_revision = "0083"


def upgrade() -> None:
    op.add_column("write_back", sa.Column("leader_id", sa.UUID(), nullable=True))
    # Row security holds for the owner, too, but a migration has no tenant.
    op.execute("ALTER TABLE write_back NO FORCE ROW LEVEL SECURITY")
    op.create_foreign_key(
        op.f("fk_write_back_tenant_id_leader_id"),
        "write_back",
        "write_back",
        ["tenant_id", "leader_id"],
        ["tenant_id", "id"],
    )
    op.create_check_constraint(
        op.f("ck_write_back_leads_payments"), "write_back", "leader_id IS NULL OR kind = 'payment'"
    )
    op.execute("ALTER TABLE write_back FORCE ROW LEVEL SECURITY")
