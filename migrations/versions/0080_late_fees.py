"""Late fees and interest: rules, charges, and the entries that bring them to the ledger.

Expands, but for one thing: an entry has one cause of now three kinds.
"""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0080"
down_revision = "0070"

_KINDS = (
    "payment",
    "fee",
    "note",
    "overpayment",
    "refund",
    "refund_returned",
    "chargeback",
    "chargeback_fee",
    "chargeback_returned",
    "chargeback_fee_returned",
    "transfer",
    "late_fee",
)
_ONCE = ["tenant_id", "payment_id", "refund_id", "chargeback_id", "payout_id"]
_ABOUT = (("rule", "late_fee_rule"), ("invoice", "invoice"), ("customer", "customer"))
_OF_INVOICE = ("tenant_id", "invoice_id", "kind")
_ACCRUED = (*_OF_INVOICE, "to_day")


def upgrade() -> None:
    _rules()
    _charges()
    _as_owner("account", _widen_accounts)
    op.add_column("booking_accounts", sa.Column("late_fee_account_id", sa.UUID(), nullable=True))
    _as_owner("write_back", _widen_write_backs)
    for table in ("late_fee_rule", "late_fee"):
        _keep_tenants_apart(table)


def _rules() -> None:
    op.create_table(
        "late_fee_rule",
        *_key(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=True),
        _one_of("kind", "latefeerulekind", "fixed", "percent", "statutory"),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        *(_money(name, nullable=True) for name in ("amount", "percent")),
        sa.Column("law", sa.Text(), nullable=True),
        sa.Column("with_compensation", sa.Boolean(), nullable=False),
        sa.Column("every_days", sa.BigInteger(), nullable=True),
        sa.Column("grace_days", sa.BigInteger(), nullable=False),
        *(_money(name, nullable=True) for name in ("cap_percent", "cap_amount")),
        sa.Column("pay_within_days", sa.BigInteger(), nullable=False),
        sa.Column("by_itself", sa.Boolean(), nullable=False),
        sa.Column("charges_from", sa.Date(), nullable=True),
        sa.Column("affirmed", sa.Text(), nullable=True),
        _moment("switched_on_at", nullable=True),
        sa.Column("switched_on_by", sa.UUID(), nullable=True),
        *(_moment(name) for name in ("created_at", "changed_at")),
        _moment("ended_at", nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_late_fee_rule")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_late_fee_rule_tenant_id")),
        *(
            sa.CheckConstraint(rule, name=op.f(f"ck_late_fee_rule_{name}"))
            for name, rule in (
                ("amount_of_fixed", "(kind = 'fixed') = (amount IS NOT NULL)"),
                ("percent_of_percent", "(kind = 'percent') = (percent IS NOT NULL)"),
                ("law_of_statutory", "(kind = 'statutory') = (law IS NOT NULL)"),
                ("starts_some_day", "switched_on_at IS NULL OR charges_from IS NOT NULL"),
            )
        ),
    )


def _charges() -> None:
    op.create_table(
        "late_fee",
        *_key(),
        *(sa.Column(name, sa.UUID(), nullable=False) for name in ("rule_id", "invoice_id", "customer_id")),
        _one_of("kind", "latefeekind", "fee", "interest", "compensation"),
        sa.Column("after_day", sa.Date(), nullable=True),
        *(sa.Column(name, sa.Date(), nullable=False) for name in ("from_day", "to_day")),
        _money("base"),
        _money("rate", nullable=True),
        sa.Column("spans", JSONB(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        _money("amount"),
        sa.Column("description", sa.Text(), nullable=False),
        _one_of("state", "latefeestate", "proposed", "charged", "waived"),
        sa.Column("reason", sa.Text(), nullable=True),
        *(sa.Column(name, sa.Date(), nullable=True) for name in ("issued_on", "due_on")),
        _moment("created_at"),
        _moment("decided_at", nullable=True),
        sa.Column("decided_by", sa.UUID(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_late_fee")),
        *(_belongs("late_fee", to, f"{name}_id") for name, to in _ABOUT),
        sa.UniqueConstraint(*_ACCRUED, name=op.f("uq_late_fee_tenant_id_invoice_id_kind_to_day")),
        *(
            sa.CheckConstraint(rule, name=op.f(f"ck_late_fee_{name}"))
            for name, rule in (
                ("days_follow", "from_day > after_day AND to_day >= from_day"),
                ("amount_is_positive", "amount > 0"),
                ("charged_some_day", "state <> 'charged' OR issued_on IS NOT NULL"),
            )
        ),
    )
    op.create_index(
        "uq_late_fee_no_day_twice",
        "late_fee",
        [*_OF_INVOICE, "after_day"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_foreign_key(
        "fk_late_fee_after_day", "late_fee", "late_fee", [*_OF_INVOICE, "after_day"], list(_ACCRUED)
    )
    op.create_index(
        "uq_late_fee_compensation_once",
        "late_fee",
        ["tenant_id", "invoice_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'compensation'"),
    )
    for name in ("customer_id", "state"):
        op.create_index(op.f(f"ix_late_fee_tenant_id_{name}"), "late_fee", ["tenant_id", name])


def _widen_accounts() -> None:
    op.add_column(
        "account", sa.Column("takes_income", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    # Which accounts are for income is told when the chart is next read as a whole.
    op.execute("UPDATE account SET changed_at = 'epoch' WHERE takes_refunds AND NOT takes_fees")


def _widen_write_backs() -> None:
    op.add_column("write_back", sa.Column("late_fee_id", sa.UUID(), nullable=True))
    op.create_foreign_key(
        op.f("fk_write_back_tenant_id_late_fee_id"),
        "write_back",
        "late_fee",
        ["tenant_id", "late_fee_id"],
        ["tenant_id", "id"],
    )
    op.drop_constraint(op.f("ck_write_back_has_one_cause"), "write_back")
    op.create_check_constraint(
        op.f("ck_write_back_has_one_cause"),
        "write_back",
        "num_nonnulls(payment_id, payout_id, late_fee_id) = 1",
    )
    told = ", ".join(f"'{kind}'" for kind in _KINDS)
    op.drop_constraint(op.f("ck_write_back_writebackkind"), "write_back")
    op.create_check_constraint(op.f("ck_write_back_writebackkind"), "write_back", f"kind IN ({told})")
    op.drop_index("uq_write_back_once", "write_back")
    op.create_index(
        "uq_write_back_once",
        "write_back",
        [*_ONCE, "late_fee_id", "kind", "invoice_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )


def _as_owner(table: str, change: Callable[[], None]) -> None:
    """Row security holds for the owner, too, but a migration has no tenant."""
    op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    change()
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _keep_tenants_apart(table: str) -> None:
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO duemate_app")
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY own_tenant ON {table} USING (tenant_id = current_setting('app.tenant_id')::uuid)"
    )


def _key() -> tuple[sa.Column[object], ...]:
    return tuple(sa.Column(name, sa.UUID(), nullable=False) for name in ("tenant_id", "id"))


def _belongs(table: str, to: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column], [f"{to}.tenant_id", f"{to}.id"], name=op.f(f"fk_{table}_tenant_id_{column}")
    )


def _money(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Numeric(precision=18, scale=4), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _one_of(column: str, name: str, *values: str) -> sa.Column[object]:
    kind = sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)
    return sa.Column(column, kind, nullable=False)
