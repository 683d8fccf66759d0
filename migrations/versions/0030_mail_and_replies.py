"""A business's own mail server, what became of mails, and replies.

Expands only: code that knows 0040 runs on it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0040"

_MOMENT = sa.DateTime(timezone=True)
_TABLES = ("own_mail_server", "mail_event", "reply")


def upgrade() -> None:
    _make_own_mail_server()
    _make_mail_event()
    _make_reply()
    for table in _TABLES:
        _keep_tenants_apart(table)


def _make_own_mail_server() -> None:
    op.create_table(
        "own_mail_server",
        *_keys("own_mail_server"),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("port", sa.BigInteger(), nullable=False),
        sa.Column("security", sa.String(length=24), nullable=False),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("password_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("sender_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.Column("proven_at", _MOMENT, nullable=True),
        sa.CheckConstraint(
            "security IN ('starttls', 'tls', 'none')", name=op.f("ck_own_mail_server_mailsecurity")
        ),
        _of_tenant("own_mail_server"),
        sa.UniqueConstraint("tenant_id", name=op.f("uq_own_mail_server_tenant_id")),
    )


def _make_mail_event() -> None:
    op.create_table(
        "mail_event",
        *_keys("mail_event"),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("marker", sa.Text(), nullable=False),
        sa.Column("vendor_id", sa.Text(), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("happened_at", _MOMENT, nullable=False),
        sa.Column("received_at", _MOMENT, nullable=False),
        sa.Column("applied_at", _MOMENT, nullable=True),
        _of_tenant("mail_event"),
        sa.UniqueConstraint("tenant_id", "external_id", name=op.f("uq_mail_event_tenant_id_external_id")),
    )
    op.create_index(op.f("ix_mail_event_tenant_id_received_at"), "mail_event", ["tenant_id", "received_at"])


def _make_reply() -> None:
    kinds = "'unread', 'written', 'automatic', 'bounce', 'too_many'"
    forwards = "'not_wanted', 'waiting', 'sending', 'sent', 'failed', 'unknown'"
    op.create_table(
        "reply",
        *_keys("reply"),
        sa.Column("customer_id", sa.UUID(), nullable=False),
        sa.Column("reminder_id", sa.UUID(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("received_at", _MOMENT, nullable=False),
        sa.Column("sender_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("subject_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("raw_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("is_suspicious", sa.Boolean(), nullable=False),
        sa.Column("forward_state", sa.String(length=24), server_default="not_wanted", nullable=False),
        sa.Column("forward_reason", sa.Text(), nullable=True),
        sa.Column("forwarded_at", _MOMENT, nullable=True),
        sa.CheckConstraint(f"kind IN ({kinds})", name=op.f("ck_reply_replykind")),
        sa.CheckConstraint(f"forward_state IN ({forwards})", name=op.f("ck_reply_forwardstate")),
        _of("reply", "customer", "customer_id"),
        _of("reply", "reminder", "reminder_id"),
        sa.UniqueConstraint(
            "tenant_id", "channel", "external_id", name=op.f("uq_reply_tenant_id_channel_external_id")
        ),
    )
    op.create_index(
        op.f("ix_reply_tenant_id_customer_id_received_at"),
        "reply",
        ["tenant_id", "customer_id", "received_at"],
    )


def _keys(table: str) -> tuple[sa.Column[object], sa.Column[object], sa.PrimaryKeyConstraint]:
    return (
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
    )


def _of_tenant(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id"))


def _of(table: str, other: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{other}.tenant_id", f"{other}.id"],
        name=op.f(f"fk_{table}_tenant_id_{column}"),
    )


def _keep_tenants_apart(table: str) -> None:
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO duemate_app")
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY own_tenant ON {table} USING (tenant_id = current_setting('app.tenant_id')::uuid)"
    )
