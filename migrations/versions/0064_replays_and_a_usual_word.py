"""The latest replay of each tenant, and what its owner usually says about what is late.

Expands only.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0064"
down_revision = "0061"


def upgrade() -> None:
    op.add_column("tenant", sa.Column("usual_catch_up", sa.String(length=24), nullable=True))
    op.create_check_constraint(
        op.f("ck_tenant_catchupmode"), "tenant", "usual_catch_up IN ('skip', 'latest', 'merge')"
    )
    op.create_table(
        "replay",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("cadence_id", sa.UUID(), nullable=False),
        sa.Column("against_id", sa.UUID(), nullable=True),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("percent", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("told", JSONB(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('asked', 'done', 'failed')", name=op.f("ck_replay_replaystate")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "cadence_id"],
            ["cadence.tenant_id", "cadence.id"],
            name=op.f("fk_replay_tenant_id_cadence_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "against_id"],
            ["cadence.tenant_id", "cadence.id"],
            name=op.f("fk_replay_tenant_id_against_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_replay")),
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON replay TO duemate_app")
    op.execute("ALTER TABLE replay ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE replay FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY own_tenant ON replay USING (tenant_id = current_setting('app.tenant_id')::uuid)"
    )
