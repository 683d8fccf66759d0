"""The first day that we book, and when the business has said it: what it booked by itself stays its own. Expands."""

import sqlalchemy as sa
from alembic import op

revision = "0090"
down_revision = "0086"

_BOTH_OR_NEITHER = "(books_from IS NULL) = (books_from_said_at IS NULL)"


def upgrade() -> None:
    op.add_column("booking_accounts", sa.Column("books_from", sa.Date(), nullable=True))
    op.add_column(
        "booking_accounts", sa.Column("books_from_said_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_check_constraint(op.f("ck_booking_accounts_says_when"), "booking_accounts", _BOTH_OR_NEITHER)
