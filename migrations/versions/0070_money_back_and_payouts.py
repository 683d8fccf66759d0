"""Refunds, chargebacks, payouts and the movements they are made of; entries for all of them, and taking one back.

Expands, but for one thing: an entry of a payout has no payment, so `write_back.payment_id` may be NULL.
"""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0065"

_TABLES = ("refund", "chargeback", "payout", "movement", "payment_mail")
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
)
_PERSON_TASKS = (
    "claim",
    "dispute",
    "promise_broken",
    "probably_paid",
    "cadence_step",
    "double_payment",
    "refund_failed",
    "chargeback",
)
_STATES = ("waiting", "sending", "unknown", "done", "parked", "undoing", "undone")


def upgrade() -> None:
    for create in (_refunds, _chargebacks, _payouts, _movements, _payment_mails):
        create()
    _as_owner("account", _widen_accounts)
    _widen_booking_accounts()
    _as_owner("write_back", _widen_write_backs)
    op.add_column("processor_account", _moment("movements_since", nullable=True))
    _let_accounts_end()
    _widen_tenants()
    _allow("person_task", "kind", "persontaskkind", _PERSON_TASKS)
    for table in _TABLES:
        _keep_tenants_apart(table)


def _refunds() -> None:
    _table(
        "refund",
        sa.Column("payment_id", sa.UUID(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        _money("amount"),
        _one_of("state", "refundstate", "asked", "pending", "succeeded", "failed"),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("asked_by", sa.UUID(), nullable=True),
        _moment("created_at"),
        _moment("sent_at", nullable=True),
        _moment("settled_at", nullable=True),
        _belongs("refund", "payment"),
        sa.UniqueConstraint("tenant_id", "external_id", name=op.f("uq_refund_tenant_id_external_id")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refund_amount_is_positive")),
    )
    op.create_index(op.f("ix_refund_tenant_id_payment_id"), "refund", ["tenant_id", "payment_id"])


def _chargebacks() -> None:
    _table(
        "chargeback",
        sa.Column("payment_id", sa.UUID(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        _money("amount"),
        _one_of("state", "chargebackstate", "inquiry", "open", "won", "lost"),
        sa.Column("reason", sa.Text(), nullable=False),
        _money("fee", nullable=True),
        _money("fee_returned", nullable=True),
        sa.Column("fee_currency", sa.CHAR(length=3), nullable=True),
        _moment("evidence_due_at", nullable=True),
        _moment("withdrawn_at", nullable=True),
        _moment("reinstated_at", nullable=True),
        _moment("opened_at"),
        _moment("closed_at", nullable=True),
        _belongs("chargeback", "payment"),
        sa.UniqueConstraint("tenant_id", "external_id", name=op.f("uq_chargeback_tenant_id_external_id")),
    )
    op.create_index(op.f("ix_chargeback_tenant_id_payment_id"), "chargeback", ["tenant_id", "payment_id"])


def _payouts() -> None:
    _table(
        "payout",
        sa.Column("processor_account_id", sa.UUID(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        _money("amount"),
        _one_of("state", "payoutstate", "on_its_way", "paid", "failed", "canceled"),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("is_automatic", sa.Boolean(), nullable=False),
        sa.Column("is_reconciled", sa.Boolean(), nullable=False),
        sa.Column("arrives_on", sa.Date(), nullable=False),
        _moment("created_at"),
        _belongs("payout", "processor_account"),
        sa.UniqueConstraint("tenant_id", "external_id", name=op.f("uq_payout_tenant_id_external_id")),
    )
    op.create_index(op.f("ix_payout_tenant_id_arrives_on"), "payout", ["tenant_id", "arrives_on"])


def _movements() -> None:
    _table(
        "movement",
        sa.Column("processor_account_id", sa.UUID(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        _one_of(
            "kind",
            "movementkind",
            "payment",
            "payment_failure",
            "refund",
            "refund_failure",
            "chargeback",
            "chargeback_reversal",
            "fee",
            "payout",
            "payout_failure",
            "other",
        ),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        *(_money(name) for name in ("gross", "fee", "net")),
        sa.Column("description", sa.Text(), nullable=False),
        *(_moment(name) for name in ("created_at", "available_at")),
        sa.Column("payout_id", sa.UUID(), nullable=True),
        _belongs("movement", "processor_account"),
        _belongs("movement", "payout"),
        sa.UniqueConstraint("tenant_id", "external_id", name=op.f("uq_movement_tenant_id_external_id")),
    )
    for name in ("created_at", "payout_id", "source"):
        op.create_index(op.f(f"ix_movement_tenant_id_{name}"), "movement", ["tenant_id", name])


def _payment_mails() -> None:
    _table(
        "payment_mail",
        sa.Column("payment_id", sa.UUID(), nullable=False),
        _one_of("kind", "paymentmailkind", "receipt", "notice", "debit_failed", "debit_failed_notice"),
        _one_of("state", "paymentmailstate", "waiting", "sending", "sent", "failed", "unknown", "skipped"),
        *(
            sa.Column(name, sa.LargeBinary(), nullable=True)
            for name in ("recipients_sealed", "content_sealed")
        ),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("vendor_id", "reason")),
        _one_of(
            "delivery", "delivery", "delivered", "read", "undelivered", "bounced", "complained", nullable=True
        ),
        _moment("delivery_at", nullable=True),
        _moment("created_at"),
        _moment("finished_at", nullable=True),
        _belongs("payment_mail", "payment"),
        sa.UniqueConstraint(
            "tenant_id", "payment_id", "kind", name=op.f("uq_payment_mail_tenant_id_payment_id_kind")
        ),
    )
    op.create_index(op.f("ix_payment_mail_tenant_id_state"), "payment_mail", ["tenant_id", "state"])


def _let_accounts_end() -> None:
    """A tenant whose account at the processor is over can have another one."""
    op.add_column("processor_account", _moment("ended_at", nullable=True))
    op.drop_constraint(op.f("uq_processor_account_tenant_id_processor"), "processor_account")
    op.create_index(
        op.f("ix_processor_account_tenant_id_processor"),
        "processor_account",
        ["tenant_id", "processor"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _widen_tenants() -> None:
    for name, usual in (("part_payments", "false"), ("payment_notices", "true")):
        op.add_column("tenant", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.text(usual)))
    op.add_column(
        "tenant", sa.Column("least_part", sa.BigInteger(), nullable=False, server_default=sa.text("10"))
    )
    op.add_column("tenant", sa.Column("bank_details_sealed", sa.LargeBinary(), nullable=True))


def _widen_accounts() -> None:
    op.add_column(
        "account", sa.Column("takes_refunds", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    # Fees fit refunds, too; what else does is told when the chart is next read as a whole.
    op.execute("UPDATE account SET takes_refunds = takes_fees, changed_at = 'epoch' WHERE kind <> 'bank'")


def _widen_booking_accounts() -> None:
    for name in ("refund_account_id", "bank_account_id"):
        op.add_column("booking_accounts", sa.Column(name, sa.UUID(), nullable=True))
    op.add_column(
        "booking_accounts",
        _one_of("closed_period", "closedperiod", "ask", "first_open_day", server_default="ask"),
    )
    op.add_column("booking_accounts", _one_of("overpaid", "overpaid", "ask", "credit", server_default="ask"))
    op.add_column("booking_accounts", _moment("switched_on_at", nullable=True))
    # Whoever has chosen accounts so far wanted them used.
    _as_owner(
        "booking_accounts", lambda: op.execute("UPDATE booking_accounts SET switched_on_at = changed_at")
    )


def _widen_write_backs() -> None:
    op.alter_column("write_back", "payment_id", nullable=True)
    for name in ("refund", "chargeback", "payout"):
        op.add_column("write_back", sa.Column(f"{name}_id", sa.UUID(), nullable=True))
        op.create_foreign_key(
            op.f(f"fk_write_back_tenant_id_{name}_id"),
            "write_back",
            name,
            ["tenant_id", f"{name}_id"],
            ["tenant_id", "id"],
        )
    op.add_column("write_back", sa.Column("undo_reason", sa.Text(), nullable=True))
    op.add_column("write_back", sa.Column("undo_asked_by", sa.UUID(), nullable=True))
    op.add_column("write_back", _moment("undone_at", nullable=True))
    op.create_check_constraint(
        op.f("ck_write_back_has_one_cause"), "write_back", "num_nonnulls(payment_id, payout_id) = 1"
    )
    _allow("write_back", "kind", "writebackkind", _KINDS)
    _allow("write_back", "state", "writebackstate", _STATES)
    op.drop_constraint(op.f("uq_write_back_tenant_id_payment_id_kind_invoice_id"), "write_back")
    op.create_index(
        "uq_write_back_once",
        "write_back",
        ["tenant_id", "payment_id", "refund_id", "chargeback_id", "payout_id", "kind", "invoice_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )


def _allow(table: str, column: str, name: str, values: tuple[str, ...]) -> None:
    told = ", ".join(f"'{value}'" for value in values)
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, f"{column} IN ({told})")


def _as_owner(table: str, change: Callable[[], None]) -> None:
    """Row security holds for the owner, too, but a migration has no tenant."""
    op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    change()
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _table(name: str, *rest: sa.Column[object] | sa.Constraint) -> None:
    op.create_table(
        name,
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        *rest,
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{name}")),
    )


def _keep_tenants_apart(table: str) -> None:
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO duemate_app")
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY own_tenant ON {table} USING (tenant_id = current_setting('app.tenant_id')::uuid)"
    )


def _belongs(table: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", f"{to}_id"],
        [f"{to}.tenant_id", f"{to}.id"],
        name=op.f(f"fk_{table}_tenant_id_{to}_id"),
    )


def _money(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Numeric(precision=18, scale=4), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _one_of(
    column: str, name: str, *values: str, server_default: str | None = None, nullable: bool = False
) -> sa.Column[object]:
    kind = sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)
    return sa.Column(column, kind, nullable=nullable, server_default=server_default)
