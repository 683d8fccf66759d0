"""Holds of every kind, promises, disputes, claims to have paid, and what waits for a person.

Old holds become holds that the owner placed by hand. Older code runs on this, except that it would
lift every kind of hold at once.
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0010"

TENANT_TABLES = (
    "hold_rules",
    "minimum_balance",
    "excluded_tag",
    "waiver",
    "promise",
    "dispute",
    "payment_claim",
    "claimed_invoice",
    "claim_proof",
    "person_task",
)


def upgrade() -> None:
    _widen_holds()
    _make_rules()
    _make_promises_and_disputes()
    _make_claims()
    _make_person_tasks()
    for table in TENANT_TABLES:
        _keep_tenants_apart(table)


def _widen_holds() -> None:
    op.add_column(
        "hold",
        sa.Column(
            "kind",
            sa.Enum(
                "manual",
                "promise",
                "dispute",
                "claimed_paid",
                "replied",
                "bounced",
                "other_sender",
                "probably_paid",
                "in_flight",
                "tag",
                "below_minimum",
                name="holdkind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            server_default=sa.text("'manual'"),
            nullable=False,
        ),
    )
    op.add_column(
        "hold",
        sa.Column(
            "source",
            sa.Enum(
                "owner",
                "payer",
                "ledger",
                "system",
                name="holdsource",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            server_default=sa.text("'owner'"),
            nullable=False,
        ),
    )
    op.add_column("hold", sa.Column("placed_by", sa.UUID(), nullable=True))
    op.drop_index(
        op.f("ix_hold_tenant_id_scope_subject_id"), table_name="hold", postgresql_where="(lifted_at IS NULL)"
    )
    op.create_index(
        "ix_hold_in_force",
        "hold",
        ["tenant_id", "scope", "subject_id", "kind"],
        unique=True,
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.create_index(op.f("ix_hold_tenant_id_subject_id"), "hold", ["tenant_id", "subject_id"], unique=False)


def _make_rules() -> None:
    op.create_index(
        "ix_ledger_payment_unapplied",
        "ledger_payment",
        ["tenant_id"],
        postgresql_where=sa.text("unapplied > 0"),
    )
    op.create_table(
        "hold_rules",
        sa.Column("claim_days", sa.BigInteger(), nullable=False),
        sa.Column("stand_down_days", sa.BigInteger(), nullable=False),
        sa.Column("quiet_books_days", sa.BigInteger(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_hold_rules_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_hold_rules")),
        sa.UniqueConstraint("tenant_id", name=op.f("uq_hold_rules_tenant_id")),
    )
    op.create_table(
        "minimum_balance",
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_minimum_balance_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_minimum_balance")),
        sa.UniqueConstraint("tenant_id", "currency", name=op.f("uq_minimum_balance_tenant_id_currency")),
    )
    op.create_table(
        "excluded_tag",
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_excluded_tag_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_excluded_tag")),
        sa.UniqueConstraint("tenant_id", "tag", name=op.f("uq_excluded_tag_tenant_id_tag")),
    )
    op.create_table(
        "waiver",
        sa.Column("customer_id", sa.UUID(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "customer_id"],
            ["customer.tenant_id", "customer.id"],
            name=op.f("fk_waiver_tenant_id_customer_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_waiver")),
        sa.UniqueConstraint(
            "tenant_id", "customer_id", "currency", name=op.f("uq_waiver_tenant_id_customer_id_currency")
        ),
    )


def _make_promises_and_disputes() -> None:
    op.create_table(
        "promise",
        sa.Column("invoice_id", sa.UUID(), nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("balance", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "owner",
                "payer",
                "ledger",
                "system",
                name="holdsource",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "kept",
                "broken",
                "withdrawn",
                name="promisestate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"],
            ["invoice.tenant_id", "invoice.id"],
            name=op.f("fk_promise_tenant_id_invoice_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_promise")),
    )
    op.create_index(
        op.f("ix_promise_tenant_id_invoice_id"),
        "promise",
        ["tenant_id", "invoice_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "dispute",
        sa.Column("invoice_id", sa.UUID(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "not_received",
                "wrong_amount",
                "faulty",
                "not_ordered",
                "already_credited",
                "other",
                name="disputereason",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column(
            "source",
            sa.Enum(
                "owner",
                "payer",
                "ledger",
                "system",
                name="holdsource",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "won",
                "credit_coming",
                "resumed",
                "closed",
                name="disputestate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"],
            ["invoice.tenant_id", "invoice.id"],
            name=op.f("fk_dispute_tenant_id_invoice_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_dispute")),
    )
    op.create_index(
        op.f("ix_dispute_tenant_id_invoice_id"),
        "dispute",
        ["tenant_id", "invoice_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )


def _make_claims() -> None:
    op.create_table(
        "payment_claim",
        sa.Column("customer_id", sa.UUID(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column(
            "method",
            sa.Enum(
                "transfer",
                "card",
                "cheque",
                "cash",
                "other",
                name="paymentmethod",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("reference_sealed", sa.LargeBinary(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "confirmed",
                "overdue",
                "rejected",
                name="claimstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("waits_until", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "customer_id"],
            ["customer.tenant_id", "customer.id"],
            name=op.f("fk_payment_claim_tenant_id_customer_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_payment_claim")),
    )
    op.create_index(
        op.f("ix_payment_claim_tenant_id_customer_id"),
        "payment_claim",
        ["tenant_id", "customer_id"],
        unique=False,
    )
    op.create_table(
        "claimed_invoice",
        sa.Column("claim_id", sa.UUID(), nullable=False),
        sa.Column("invoice_id", sa.UUID(), nullable=False),
        sa.Column("balance", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "claim_id"],
            ["payment_claim.tenant_id", "payment_claim.id"],
            name=op.f("fk_claimed_invoice_tenant_id_claim_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"],
            ["invoice.tenant_id", "invoice.id"],
            name=op.f("fk_claimed_invoice_tenant_id_invoice_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_claimed_invoice")),
        sa.UniqueConstraint(
            "tenant_id",
            "claim_id",
            "invoice_id",
            name=op.f("uq_claimed_invoice_tenant_id_claim_id_invoice_id"),
        ),
    )
    op.create_index(
        op.f("ix_claimed_invoice_tenant_id_invoice_id"),
        "claimed_invoice",
        ["tenant_id", "invoice_id"],
        unique=False,
    )
    op.create_table(
        "claim_proof",
        sa.Column("claim_id", sa.UUID(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "application/pdf",
                "image/jpeg",
                "image/png",
                name="proofkind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "claim_id"],
            ["payment_claim.tenant_id", "payment_claim.id"],
            name=op.f("fk_claim_proof_tenant_id_claim_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_claim_proof")),
        sa.UniqueConstraint("tenant_id", "claim_id", name=op.f("uq_claim_proof_tenant_id_claim_id")),
    )


def _make_person_tasks() -> None:
    op.create_table(
        "person_task",
        sa.Column(
            "kind",
            sa.Enum(
                "claim",
                "dispute",
                "promise_broken",
                "probably_paid",
                "cadence_step",
                name="persontaskkind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("customer_id", sa.UUID(), nullable=False),
        sa.Column("subject_id", sa.UUID(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=True),
        sa.Column("amount", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("snoozed_until", sa.Date(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.UUID(), nullable=True),
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "customer_id"],
            ["customer.tenant_id", "customer.id"],
            name=op.f("fk_person_task_tenant_id_customer_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_person_task")),
    )
    op.create_index(
        "ix_person_task_open",
        "person_task",
        ["tenant_id", "kind", "subject_id", "currency"],
        unique=True,
        postgresql_where=sa.text("done_at IS NULL"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_index(
        op.f("ix_person_task_tenant_id_customer_id"),
        "person_task",
        ["tenant_id", "customer_id"],
        unique=False,
    )


def _keep_tenants_apart(table: str) -> None:
    """As 0001 does. Its default privileges hold only if the same role runs this, so they are said again."""
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO duemate_app")
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY own_tenant ON {table} USING (tenant_id = current_setting('app.tenant_id')::uuid)"
    )
