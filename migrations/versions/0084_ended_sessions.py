"""Sessions that were signed out of, so that a copied cookie is refused. Expands only."""

import sqlalchemy as sa
from alembic import op

revision = "0084"
down_revision = "0081"


def upgrade() -> None:
    op.create_table(
        "ended_session",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ended_session")),
    )
