"""Surcharges for paying by card, tax within card fees, and what reached the balance in another currency. Expands."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0081"
down_revision = "0080"

_KINDS = (
    "payment",
    "fee",
    "note",
    "overpayment",
    "surcharge",
    "surcharge_returned",
    "refund",
    "refund_returned",
    "chargeback",
    "chargeback_fee",
    "chargeback_returned",
    "chargeback_fee_returned",
    "transfer",
    "late_fee",
)


def upgrade() -> None:
    _rules()
    for table in ("checkout", "payment", "refund"):
        op.add_column(table, _money("surcharge", server_default=sa.text("0")))
    ways = sa.Enum(
        "any", "card", "not_card", name="payways", native_enum=False, create_constraint=True, length=24
    )
    op.add_column("checkout", sa.Column("ways", ways, nullable=False, server_default="any"))
    op.add_column("payment", _money("settled", nullable=True))
    op.add_column("payment", sa.Column("exchange_rate", sa.Numeric(18, 8), nullable=True))
    op.add_column("booking_accounts", sa.Column("surcharge_account_id", sa.UUID(), nullable=True))
    for name in ("fee_tax_code", "fee_tax_name"):
        op.add_column("booking_accounts", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("booking_accounts", _money("fee_tax_percent", nullable=True))
    told = ", ".join(f"'{kind}'" for kind in _KINDS)
    op.drop_constraint(op.f("ck_write_back_writebackkind"), "write_back")
    op.create_check_constraint(op.f("ck_write_back_writebackkind"), "write_back", f"kind IN ({told})")


def _rules() -> None:
    op.create_table(
        "surcharge_rule",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        *(_money(name) for name in ("percent", "fixed")),
        _money("maximum", nullable=True),
        sa.Column("places", ARRAY(sa.Text()), nullable=False),
        sa.Column("takes_debits", sa.Boolean(), nullable=False),
        sa.Column("affirmed", sa.Text(), nullable=True),
        sa.Column("switched_on_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("switched_on_by", sa.UUID(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_surcharge_rule")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_surcharge_rule_tenant_id")),
        sa.UniqueConstraint("tenant_id", "currency", name=op.f("uq_surcharge_rule_tenant_id_currency")),
        sa.CheckConstraint(
            "percent >= 0 AND fixed >= 0 AND percent + fixed > 0", name=op.f("ck_surcharge_rule_is_something")
        ),
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON surcharge_rule TO duemate_app")
    op.execute("ALTER TABLE surcharge_rule ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE surcharge_rule FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY own_tenant ON surcharge_rule "
        "USING (tenant_id = current_setting('app.tenant_id')::uuid)"
    )


def _money(
    name: str, *, nullable: bool = False, server_default: sa.TextClause | None = None
) -> sa.Column[object]:
    kind = sa.Numeric(precision=18, scale=4)
    return sa.Column(name, kind, nullable=nullable, server_default=server_default)
