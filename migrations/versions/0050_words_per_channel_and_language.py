"""Words of a step per channel and language; a cadence has a language of its own.

Expands only: the mail in the cadence's own language stays on the step, where code that knows 0020 looks for it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0020"


def upgrade() -> None:
    # Every text there is began as an English one.
    op.add_column("cadence", sa.Column("language", sa.Text(), server_default="en", nullable=False))
    op.create_table(
        "step_text",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("step_id", sa.UUID(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "step_id"],
            ["cadence_step.tenant_id", "cadence_step.id"],
            name=op.f("fk_step_text_tenant_id_step_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_step_text")),
        sa.UniqueConstraint(
            "tenant_id",
            "step_id",
            "channel",
            "language",
            name=op.f("uq_step_text_tenant_id_step_id_channel_language"),
        ),
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON step_text TO duemate_app")
    op.execute("ALTER TABLE step_text ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE step_text FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY own_tenant ON step_text USING (tenant_id = current_setting('app.tenant_id')::uuid)"
    )
