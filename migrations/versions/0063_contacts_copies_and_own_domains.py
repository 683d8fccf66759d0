"""People at a customer, copies of mails, where consent came from, and a business's own mail domain.

Expands only: code that knows 0050 runs on it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0050"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _make_customer_contact()
    _make_mail_domain()
    op.add_column("message", sa.Column("copies_sealed", sa.LargeBinary(), nullable=True))
    op.add_column("mail_event", sa.Column("recipients_sealed", sa.LargeBinary(), nullable=True))
    op.add_column("consent", sa.Column("note", sa.Text(), nullable=True))
    op.add_column("consent", sa.Column("given_by", sa.UUID(), nullable=True))
    op.add_column("consent", sa.Column("withdrawn_note", sa.Text(), nullable=True))
    op.add_column("consent", sa.Column("withdrawn_by", sa.UUID(), nullable=True))


def _make_customer_contact() -> None:
    op.create_table(
        "customer_contact",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("customer_id", sa.UUID(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("email_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("dead_email_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("dead_since", _MOMENT, nullable=True),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.CheckConstraint(
            "role IN ('billing', 'manager', 'director', 'other')",
            name=op.f("ck_customer_contact_contactrole"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "customer_id"],
            ["customer.tenant_id", "customer.id"],
            name=op.f("fk_customer_contact_tenant_id_customer_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_customer_contact")),
        sa.UniqueConstraint(
            "tenant_id",
            "customer_id",
            "external_id",
            name=op.f("uq_customer_contact_tenant_id_customer_id_external_id"),
        ),
    )
    op.create_index(
        op.f("ix_customer_contact_tenant_id_customer_id"), "customer_contact", ["tenant_id", "customer_id"]
    )
    _keep_tenants_apart("customer_contact")


def _make_mail_domain() -> None:
    op.create_table(
        "mail_domain",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("sender_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("tokens", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("looked_at", _MOMENT, nullable=False),
        sa.CheckConstraint(
            "state IN ('pending', 'verified', 'failed')", name=op.f("ck_mail_domain_domainstate")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_mail_domain_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_mail_domain")),
        sa.UniqueConstraint("tenant_id", name=op.f("uq_mail_domain_tenant_id")),
    )
    _keep_tenants_apart("mail_domain")


def _keep_tenants_apart(table: str) -> None:
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO duemate_app")
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY own_tenant ON {table} USING (tenant_id = current_setting('app.tenant_id')::uuid)"
    )
