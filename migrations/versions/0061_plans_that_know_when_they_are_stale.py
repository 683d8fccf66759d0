"""Until when a tenant's plan stays right, and a mark whenever something changes that planning looks at.

The database itself marks, so that no code can forget to. A mark is a row of its own and is only ever added or
taken away: transactions that change the same tenant never wait for each other.

Expands only: code that knows 0063 adds marks without knowing, and plans as it did.
"""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0063"

# Of these everything counts that there is in a row.
_WHOLE = (
    "bad_address",
    "cadence",
    "cadence_rule",
    "cadence_step",
    "catch_up",
    "checkout_invoice",
    "claimed_invoice",
    "consent",
    "customer_contact",
    "customer_tag",
    "dispute",
    "excluded_tag",
    "hold",
    "hold_rules",
    "mail_domain",
    "minimum_balance",
    "opt_out",
    "own_mail_server",
    "payment_claim",
    "phone_account",
    "promise",
    "waiver",
)
# Of these, what else there is changes often and means nothing to a plan, such as when a row was read.
_IN_PART = {
    "checkout": "state",
    "connection": "state",
    "credit_note": "customer_id, state, currency, remaining",
    "customer": "emails_sealed, phone_sealed, is_active, country_code, region, time_zones",
    "invoice": "customer_id, state, currency, total, amount_due, issued_on, due_on, settled_on",
    "ledger_payment": "customer_id, external_id, currency, unapplied, paid_on, is_deleted",
    "message": "reminder_id, channel, state, started_at",
    "payment": "checkout_id, state",
    "person_task": "kind, subject_id, done_at",
    "reminder": "customer_id, currency, step_id, cadence_version, send_on, due_at, state, reason_code, reason, "
    "needs_confirmation, first_on, channels, channel_place",
    "reminder_invoice": "reminder_id, invoice_id, step_id, occurrence, reached_on, is_spent",
    "tenant": "country_code, region, time_zone, sending",
    "write_back": "payment_id, invoice_id, kind, state, external_id, done_at",
}
# One mark per transaction is enough. A unit of work that plans says that it has marked, and adds none.
_MARK = """
    CREATE FUNCTION mark_plan(changed uuid) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
        IF current_setting('app.plan_marked', true) IS DISTINCT FROM changed::text THEN
            INSERT INTO plan_mark (tenant_id) VALUES (changed);
            PERFORM set_config('app.plan_marked', changed::text, true);
        END IF;
    END $$
"""
_MARK_CHANGED = """
    CREATE FUNCTION mark_plan_of_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM mark_plan(NEW.tenant_id);
        RETURN NULL;
    END $$
"""
_MARK_TENANT = """
    CREATE FUNCTION mark_plan_of_tenant() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM mark_plan(NEW.id);
        RETURN NULL;
    END $$
"""
_MARK_CAME_OR_WENT = """
    CREATE FUNCTION mark_plan_of_came_or_went() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM mark_plan(tenant_id) FROM (SELECT DISTINCT tenant_id FROM came_or_went) touched;
        RETURN NULL;
    END $$
"""


def upgrade() -> None:
    op.create_table(
        "plan_state",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stale_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sends_mail", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_plan_state")),
    )
    op.create_table(
        "plan_mark",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_mark")),
    )
    op.create_index(op.f("ix_plan_mark_tenant_id"), "plan_mark", ["tenant_id"])
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON plan_state TO duemate_app")
    op.execute("GRANT SELECT, INSERT, DELETE ON plan_mark TO duemate_app")
    for function in (_MARK, _MARK_CHANGED, _MARK_TENANT, _MARK_CAME_OR_WENT):
        op.execute(function)
    for table in _WHOLE:
        _watch(table, "OLD.* IS DISTINCT FROM NEW.*")
    for table, columns in _IN_PART.items():
        old, new = (
            ", ".join(f"{row}.{name.strip()}" for name in columns.split(",")) for row in ("OLD", "NEW")
        )
        _watch(table, f"({old}) IS DISTINCT FROM ({new})")


def _watch(table: str, is_changed: str) -> None:
    owner = "tenant" if table == "tenant" else "changed"
    op.execute(
        f"CREATE TRIGGER mark_plan_changed AFTER UPDATE ON {table} FOR EACH ROW WHEN ({is_changed}) "
        f"EXECUTE FUNCTION mark_plan_of_{owner}()"
    )
    if table == "tenant":  # a new one has no plan, and an old one is never removed while it has rows
        return
    for event, rows in (("INSERT", "NEW"), ("DELETE", "OLD")):
        op.execute(
            f"CREATE TRIGGER mark_plan_{event.lower()} AFTER {event} ON {table} "
            f"REFERENCING {rows} TABLE AS came_or_went FOR EACH STATEMENT "
            "EXECUTE FUNCTION mark_plan_of_came_or_went()"
        )
