"""What an entry moves on the clearing account, where the processor changed its currency; and until when we know that
nobody has touched our entries in the ledger. Expands."""

import sqlalchemy as sa
from alembic import op

revision = "0086"
down_revision = "0088"

_BOTH_OR_NEITHER = "(cleared IS NULL) = (cleared_currency IS NULL)"


def upgrade() -> None:
    op.add_column("write_back", sa.Column("cleared", sa.Numeric(precision=18, scale=4), nullable=True))
    op.add_column("write_back", sa.Column("cleared_currency", sa.CHAR(length=3), nullable=True))
    op.create_check_constraint(op.f("ck_write_back_clears_in_a_currency"), "write_back", _BOTH_OR_NEITHER)
    op.add_column("processor_account", sa.Column("entries_since", sa.DateTime(timezone=True), nullable=True))
