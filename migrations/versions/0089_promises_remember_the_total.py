"""What an invoice came to when it was promised: what it is raised by later nobody has promised. Expands only."""

import sqlalchemy as sa
from alembic import op

revision = "0089"
down_revision = "0090"


def upgrade() -> None:
    op.add_column("promise", sa.Column("total", sa.Numeric(18, 4), nullable=True))
