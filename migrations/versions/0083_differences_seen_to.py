"""What a bookkeeper has seen to outside of us is a difference no longer. Expands."""

import sqlalchemy as sa
from alembic import op

revision = "0083"
down_revision = "0084"

_TABLE = "settled_difference"


def upgrade() -> None:
    op.create_table(
        _TABLE,
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("settled_by", sa.UUID(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reopened_by", sa.UUID(), nullable=True),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{_TABLE}")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{_TABLE}_tenant_id")),
    )
    op.create_index(
        op.f(f"ix_{_TABLE}_tenant_id_source_currency"),
        _TABLE,
        ["tenant_id", "source", "currency"],
        unique=True,
        postgresql_where=sa.text("reopened_at IS NULL"),
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {_TABLE} TO duemate_app")
    op.execute(f"ALTER TABLE {_TABLE} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {_TABLE} FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY own_tenant ON {_TABLE} USING (tenant_id = current_setting('app.tenant_id')::uuid)"
    )
