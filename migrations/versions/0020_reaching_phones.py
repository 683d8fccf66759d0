"""Text messages and WhatsApp: senders of a business, consent, what became of messages, dead addresses.

Expands only: code that knows the revision before runs on it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0030"

_TABLES = ("phone_account", "phone_template", "consent", "bad_address")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _widen_messages()
    _make_accounts()
    _make_templates()
    _make_consents()
    _make_bad_addresses()
    for table in _TABLES:
        _keep_tenants_apart(table)


def _widen_messages() -> None:
    op.add_column("message", sa.Column("delivery", sa.String(length=24), nullable=True))
    op.add_column("message", sa.Column("delivery_code", sa.Text(), nullable=True))
    op.add_column("message", sa.Column("delivery_at", _MOMENT, nullable=True))
    op.execute(
        "ALTER TABLE message ADD CONSTRAINT ck_message_delivery "
        "CHECK (delivery IN ('delivered', 'read', 'undelivered', 'bounced', 'complained'))"
    )
    op.create_unique_constraint(op.f("uq_message_tenant_id_marker"), "message", ["tenant_id", "marker"])
    op.create_index(op.f("ix_message_tenant_id_vendor_id"), "message", ["tenant_id", "vendor_id"])


def _make_accounts() -> None:
    op.create_table(
        "phone_account",
        *_keys(),
        sa.Column("account_sid", sa.Text(), nullable=False),
        sa.Column("token_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("service_sid", sa.Text(), nullable=True),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("sms_state", sa.String(length=24), nullable=False),
        sa.Column("sms_reason", sa.Text(), nullable=True),
        sa.Column("whatsapp_sid", sa.Text(), nullable=True),
        sa.Column("whatsapp_state", sa.Text(), nullable=False),
        sa.Column("whatsapp_reason", sa.Text(), nullable=True),
        sa.Column("basis", sa.String(length=24), nullable=False),
        sa.Column("basis_by", sa.UUID(), nullable=True),
        sa.Column("basis_at", _MOMENT, nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("looked_at", _MOMENT, nullable=True),
        sa.CheckConstraint(
            "sms_state IN ('off', 'pending', 'ready', 'blocked')", name=op.f("ck_phone_account_senderstate")
        ),
        sa.CheckConstraint("basis IN ('each', 'terms')", name=op.f("ck_phone_account_consentbasis")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_phone_account_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_phone_account")),
        sa.UniqueConstraint("tenant_id", name=op.f("uq_phone_account_tenant_id")),
    )


def _make_templates() -> None:
    op.create_table(
        "phone_template",
        *_keys(),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("content_sid", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["phone_account.tenant_id", "phone_account.id"],
            name=op.f("fk_phone_template_tenant_id_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_phone_template")),
        sa.UniqueConstraint("tenant_id", "key", name=op.f("uq_phone_template_tenant_id_key")),
    )


def _make_consents() -> None:
    op.create_table(
        "consent",
        *_keys(),
        sa.Column("customer_id", sa.UUID(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("given_at", _MOMENT, nullable=False),
        sa.Column("withdrawn_at", _MOMENT, nullable=True),
        _of_customer("consent"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_consent")),
    )
    op.create_index(
        op.f("ix_consent_tenant_id_customer_id_channel"),
        "consent",
        ["tenant_id", "customer_id", "channel"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )


def _make_bad_addresses() -> None:
    op.create_table(
        "bad_address",
        *_keys(),
        sa.Column("customer_id", sa.UUID(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("mended_at", _MOMENT, nullable=True),
        _of_customer("bad_address"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_bad_address")),
    )
    op.create_index(
        "ix_bad_address_in_force",
        "bad_address",
        ["tenant_id", "customer_id", "channel"],
        unique=True,
        postgresql_where=sa.text("mended_at IS NULL"),
    )


def _keys() -> tuple[sa.Column[object], sa.Column[object]]:
    return (
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
    )


def _of_customer(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", "customer_id"],
        ["customer.tenant_id", "customer.id"],
        name=op.f(f"fk_{table}_tenant_id_customer_id"),
    )


def _keep_tenants_apart(table: str) -> None:
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO duemate_app")
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY own_tenant ON {table} USING (tenant_id = current_setting('app.tenant_id')::uuid)"
    )
