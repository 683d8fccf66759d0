"""Charges for paying late that can be corrected, and that are booked without a card account. Expands."""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "0087"
down_revision = "0085"

_BOOKING = "late_fee_booking"


def upgrade() -> None:
    _charges()
    _booking()
    _with_tables_open(_fill)


def _charges() -> None:
    grace = sa.Column("grace_days", sa.BigInteger(), server_default=sa.text("0"), nullable=False)
    op.add_column("late_fee", grace)
    for name in ("cap_percent", "cap_amount", "owed", "left_at", "charged_at_first"):
        op.add_column("late_fee", sa.Column(name, sa.Numeric(precision=18, scale=4), nullable=True))
    for name in ("law", "owed_because"):
        op.add_column("late_fee", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("late_fee", sa.Column("correction_asked_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(op.f("ck_late_fee_owed_is_less"), "late_fee", "owed >= 0 AND owed < amount")


def _booking() -> None:
    op.create_table(
        _BOOKING,
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("switched_on_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("switched_on_by", sa.UUID(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{_BOOKING}")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{_BOOKING}_tenant_id")),
        sa.UniqueConstraint("tenant_id", "currency", name=op.f(f"uq_{_BOOKING}_tenant_id_currency")),
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {_BOOKING} TO duemate_app")
    op.execute(f"ALTER TABLE {_BOOKING} ENABLE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY own_tenant ON {_BOOKING} USING (tenant_id = current_setting('app.tenant_id')::uuid)"
    )


def _fill() -> None:
    """What rules say now is the best that is known of what they said then; a choice that was made stays made."""
    op.execute(
        "UPDATE late_fee SET grace_days = rule.grace_days, cap_percent = rule.cap_percent, "
        "cap_amount = rule.cap_amount, law = rule.law FROM late_fee_rule AS rule "
        "WHERE rule.tenant_id = late_fee.tenant_id AND rule.id = late_fee.rule_id"
    )
    op.execute(
        f"INSERT INTO {_BOOKING} (tenant_id, id, currency, account_id, switched_on_at, changed_at) "  # noqa: S608
        "SELECT tenant_id, gen_random_uuid(), currency, late_fee_account_id, switched_on_at, changed_at "
        "FROM booking_accounts WHERE late_fee_account_id IS NOT NULL"
    )


def _with_tables_open(fill: Callable[[], None]) -> None:
    """Row security holds for the owner, too, but a migration has no tenant."""
    for table in ("late_fee", "late_fee_rule", "booking_accounts"):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    fill()
    for table in ("late_fee", "late_fee_rule", "booking_accounts", _BOOKING):
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
