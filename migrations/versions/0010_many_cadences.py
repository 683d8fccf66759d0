"""Several cadences with rules, steps with all that can be chosen, recipients' places, and the word after an outage.

Expands only: code that knows 0003 runs on it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0003"

_CHOICES = {
    ("cadence", "grouping"): ("customer", "invoice"),
    ("cadence_step", "anchor"): ("due", "issued", "previous"),
    ("cadence_step", "counts"): ("calendar", "business"),
    ("cadence_step", "tone"): ("gentle", "standard", "firm"),
    ("cadence_step", "attachment"): ("none", "invoice", "statement"),
    ("cadence_step", "action"): ("message", "task"),
    ("cadence_step", "only_after"): ("promise_broken",),
}
_DEFAULTS = {
    "grouping": "customer",
    "anchor": "due",
    "counts": "calendar",
    "tone": "standard",
    "attachment": "none",
    "action": "message",
}
_CHECK_NAMES = {"action": "stepaction", "only_after": "onlyafter"}


def upgrade() -> None:
    _widen_cadences()
    _widen_steps()
    for (table, column), choices in _CHOICES.items():
        _add_choice(table, column, choices)
    _widen_reminders()
    _widen_places()
    _make_rules()
    _make_tags()
    _make_catch_up()
    for table in ("cadence_rule", "customer_tag", "catch_up"):
        _keep_tenants_apart(table)


def _widen_cadences() -> None:
    days = postgresql.ARRAY(sa.SmallInteger())
    op.add_column("cadence", sa.Column("weekdays", days, server_default="{0,1,2,3,4}", nullable=False))
    op.add_column("cadence", sa.Column("opens_at", sa.Time(), server_default="08:00", nullable=False))
    op.add_column("cadence", sa.Column("closes_at", sa.Time(), server_default="21:00", nullable=False))
    op.add_column(
        "cadence", sa.Column("keeps_holidays", sa.Boolean(), server_default=sa.text("true"), nullable=False)
    )
    op.add_column("cadence", sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))


def _widen_steps() -> None:
    texts = postgresql.ARRAY(sa.Text())
    for column in (
        sa.Column("position", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("channels", texts, server_default="{email}", nullable=False),
        sa.Column("sender_name", sa.Text(), nullable=True),
        sa.Column("recipient_role", sa.Text(), server_default="billing", nullable=False),
        sa.Column("cc_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("min_balance", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("max_balance", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("repeat_every_days", sa.BigInteger(), nullable=True),
        sa.Column("repeat_limit", sa.BigInteger(), nullable=True),
    ):
        op.add_column("cadence_step", column)
    op.execute(
        "ALTER TABLE cadence_step ADD CONSTRAINT ck_cadence_step_repeats_end "
        "CHECK (repeat_every_days IS NULL OR repeat_limit BETWEEN 1 AND 100)"
    )
    # Two steps may have one number of days now: they may count from different anchors.
    op.drop_index(op.f("ix_cadence_step_tenant_id_cadence_id_offset_days"), table_name="cadence_step")
    op.create_index(
        op.f("ix_cadence_step_tenant_id_cadence_id"),
        "cadence_step",
        ["tenant_id", "cadence_id"],
        postgresql_where=sa.text("retired_at IS NULL"),
    )
    _let_the_owner_see("cadence_step")
    op.execute(
        "UPDATE cadence_step SET position = ranked.place FROM ("
        "SELECT tenant_id, id, row_number() OVER (PARTITION BY tenant_id, cadence_id ORDER BY offset_days) - 1 "
        "AS place FROM cadence_step WHERE retired_at IS NULL) ranked "
        "WHERE cadence_step.tenant_id = ranked.tenant_id AND cadence_step.id = ranked.id"
    )
    _hide_again("cadence_step")


def _add_choice(table: str, column: str, choices: tuple[str, ...]) -> None:
    default = _DEFAULTS.get(column)
    op.add_column(
        table,
        sa.Column(column, sa.String(length=24), server_default=default, nullable=default is None),
    )
    allowed = ", ".join(f"'{choice}'" for choice in choices)
    name = f"ck_{table}_{_CHECK_NAMES.get(column, column)}"
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({column} IN ({allowed}))")


def _widen_reminders() -> None:
    op.add_column(
        "reminder",
        sa.Column("channels", postgresql.ARRAY(sa.Text()), server_default="{email}", nullable=False),
    )
    op.add_column(
        "reminder", sa.Column("channel_place", sa.BigInteger(), server_default=sa.text("0"), nullable=False)
    )
    op.add_column("reminder", sa.Column("first_on", sa.Date(), nullable=True))
    op.add_column(
        "reminder_invoice",
        sa.Column("occurrence", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column("reminder_invoice", sa.Column("reached_on", sa.Date(), nullable=True))
    op.create_index(
        op.f("ix_reminder_invoice_tenant_id_invoice_id_step_id_occurrence"),
        "reminder_invoice",
        ["tenant_id", "invoice_id", "step_id", "occurrence"],
        unique=True,
        postgresql_where=sa.text("is_spent"),
    )
    op.drop_index(op.f("ix_reminder_invoice_tenant_id_invoice_id_step_id"), table_name="reminder_invoice")


def _widen_places() -> None:
    for name in ("country_code", "region"):
        op.add_column("customer", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("customer", sa.Column("time_zones", postgresql.ARRAY(sa.Text()), nullable=True))
    op.add_column("tenant", sa.Column("region", sa.Text(), nullable=True))


def _make_rules() -> None:
    op.create_table(
        "cadence_rule",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("cadence_id", sa.UUID(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("conditions", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "cadence_id"],
            ["cadence.tenant_id", "cadence.id"],
            name=op.f("fk_cadence_rule_tenant_id_cadence_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_cadence_rule")),
        sa.UniqueConstraint(
            "tenant_id",
            "position",
            name=op.f("uq_cadence_rule_tenant_id_position"),
            deferrable=True,
            initially="DEFERRED",
        ),
    )


def _make_tags() -> None:
    op.create_table(
        "customer_tag",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("customer_id", sa.UUID(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "customer_id"],
            ["customer.tenant_id", "customer.id"],
            name=op.f("fk_customer_tag_tenant_id_customer_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_customer_tag")),
        sa.UniqueConstraint(
            "tenant_id", "customer_id", "tag", name=op.f("uq_customer_tag_tenant_id_customer_id_tag")
        ),
    )
    op.create_index(op.f("ix_customer_tag_tenant_id_tag"), "customer_tag", ["tenant_id", "tag"])


def _make_catch_up() -> None:
    op.create_table(
        "catch_up",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("mode", sa.String(length=24), nullable=False),
        sa.Column("late_until", sa.Date(), nullable=False),
        sa.Column("reminders", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("mode IN ('skip', 'latest', 'merge')", name=op.f("ck_catch_up_catchupmode")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_catch_up_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_catch_up")),
    )
    op.create_index(op.f("ix_catch_up_tenant_id_decided_at"), "catch_up", ["tenant_id", "decided_at"])


def _let_the_owner_see(table: str) -> None:
    """Row-level security is forced on the owner too, and a migration works on the rows of all tenants."""
    op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")


def _hide_again(table: str) -> None:
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _keep_tenants_apart(table: str) -> None:
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO duemate_app")
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY own_tenant ON {table} USING (tenant_id = current_setting('app.tenant_id')::uuid)"
    )
