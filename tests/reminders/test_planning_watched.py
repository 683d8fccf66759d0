"""Whatever planning looks at is watched by the database: no code has to remember to ask for a new plan."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from itertools import pairwise
from types import ModuleType
from uuid import UUID

from sqlalchemy import text

import app.reminders
from app.kit.ground import Ground
from app.models import Base
from app.payments import coverage
from app.reminders.planning import plan_if_stale
from tests.reminders.tables import change
from tests.reminders.test_planning_marks import fresh, office, tenant

__all__ = ["office", "tenant"]


def add(table: str, *, to: str = "customer", **values: str) -> str:
    """One row of `table` for each row of another one."""
    columns = "".join(f", {name}" for name in values)
    rows = "".join(f", {value}" for value in values.values())
    owner = "id" if to == "tenant" else "tenant_id"
    return f"INSERT INTO {table} (tenant_id, id{columns}) SELECT {owner}, gen_random_uuid(){rows} FROM {to}"


OF_EVERY_KIND = (
    "UPDATE invoice SET amount_due = 40",
    "UPDATE invoice SET due_on = due_on + 3",
    "UPDATE invoice SET last_emailed_at = '2026-11-19T09:00Z'",
    "UPDATE customer SET time_zones = '{Asia/Tokyo}'",
    "UPDATE customer SET emails_sealed = NULL",
    add("customer_tag", customer_id="id", tag="'vip'", created_at="now()"),
    add("excluded_tag", to="tenant", tag="'vip'", changed_at="now()"),
    "DELETE FROM customer_tag",
    add(
        "hold",
        scope="'customer'",
        subject_id="id",
        kind="'manual'",
        source="'owner'",
        reason="'They rang'",
        created_at="now()",
    ),
    "UPDATE hold SET lifted_at = now()",
    add("minimum_balance", to="tenant", currency="'GBP'", amount="10", changed_at="now()"),
    add("opt_out", customer_id="id", channel="'email'", source="'owner'", created_at="now()"),
    add("consent", customer_id="id", channel="'sms'", source="'owner'", given_at="now()"),
    "UPDATE consent SET withdrawn_at = now()",
    "UPDATE cadence SET send_hour = 11",
    "UPDATE cadence_step SET offset_days = offset_days + 1",
    "UPDATE tenant SET sending = 'paused'",
    "UPDATE tenant SET sending = 'on', region = 'SCT'",
    add(
        "ledger_payment",
        external_id="'p'",
        currency="'GBP'",
        amount="5",
        unapplied="5",
        paid_on="DATE '2026-11-01'",
        reference="''",
        is_deleted="false",
        changed_at="now()",
        customer_id="id",
    ),
    "UPDATE ledger_payment SET is_deleted = true",
    "UPDATE connection SET state = 'disconnected'",
    "UPDATE connection SET state = 'active'",
    "UPDATE reminder SET state = 'sent', decided_at = now()",
    "UPDATE invoice SET state = 'paid', amount_due = 0",
)


def test_a_change_of_any_kind_has_the_tenant_planned_again(office: Ground, tenant: UUID) -> None:
    for statement in OF_EVERY_KIND:
        change(office, tenant, statement)
        assert not fresh(office, tenant), statement
        plan_if_stale(office, tenant)
        assert fresh(office, tenant), statement


# The proof of a claim changes no plan.
NO_MATTER = {"claim_proof"}


def test_every_table_that_planning_reads_is_watched(ground: Ground) -> None:
    with ground.database.platform() as session:
        watched = session.execute(
            text(
                "SELECT tgrelid::regclass::text, array_agg(tgname::text ORDER BY tgname) FROM pg_trigger "
                "WHERE tgname LIKE 'mark_plan%' AND tgenabled = 'O' GROUP BY 1"
            )
        )
        triggers = {table: set(names) for table, names in watched}
    assert triggers.pop("tenant") == {"mark_plan_changed"}
    for table in read_by_planning() - NO_MATTER - {"tenant"}:
        assert triggers.get(table) == {"mark_plan_changed", "mark_plan_insert", "mark_plan_delete"}, table


# Columns of the tables that are watched in part: a plan does not depend on these.
MEAN_NOTHING = {
    "checkout": "pay_link_id processor_account_id external_id url currency amount surcharge ways created_at expires_at",
    "connection": "ledger external_org_id external_connection_id reason tokens_sealed tokens_expire_at lock_date "
    "short_code connected_at read_at read_whole_at consent_ends_at paused_until paused_reason",
    "credit_note": "external_id number total issued_on changed_at",
    "customer": "external_id name first_name people_sealed merged_into_external_id changed_at",
    "invoice": "external_id number reference amount_paid amount_credited changed_at read_at",
    "ledger_payment": "amount reference changed_at",
    "message": "attempt recipient_sealed copies_sealed content_sealed marker vendor_id reason delivery "
    "delivery_code delivery_at finished_at",
    "payment": "external_id currency amount surcharge paid_at fee fee_currency settled exchange_rate created_at",
    "person_task": "customer_id currency amount words created_at snoozed_until done_by",
    "reminder": "facts planned_at confirmed_at decided_at lease_until",
    "reminder_invoice": "amount_due",
    "tenant": "name data_key base_currency reply_to_sealed sending_changed_at usual_catch_up created_at "
    "part_payments least_part payment_notices bank_details_sealed",
    "write_back": "currency amount booked_on marker reason attempts created_at sent_at fee_style refund_id "
    "chargeback_id payout_id late_fee_id leader_id undo_reason undo_asked_by undone_at cleared cleared_currency",
}


def test_of_every_column_it_is_decided_whether_a_plan_depends_on_it(ground: Ground) -> None:
    with ground.database.platform() as session:
        found = session.execute(
            text(
                "SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger "
                "WHERE tgname = 'mark_plan_changed'"
            )
        )
        conditions = {
            table: set(re.findall(r"new\.(\w+)", definition.lower())) for table, definition in found
        }
    in_part = {table: watched for table, watched in conditions.items() if watched}
    assert in_part.keys() == MEAN_NOTHING.keys()
    for table, watched in in_part.items():
        others = (
            {column.name for column in Base.metadata.tables[table].columns} - watched - {"id", "tenant_id"}
        )
        assert others == set(MEAN_NOTHING[table].split()), table


def read_by_planning() -> set[str]:
    """Tables named in the modules that planning uses to read, as a class or in a statement."""
    tables = set(Base.metadata.tables)
    return {table for module in (*_reading_modules(), coverage) for table in _tables_of(module, tables)}


def _reading_modules() -> Iterator[ModuleType]:
    names = (
        "loading",
        "holds",
        "promises",
        "disputes",
        "claims",
        "person_steps",
        "channels_ready",
        "mail_servers",
    )
    for found in pkgutil.iter_modules(app.reminders.__path__):
        if found.name.startswith(names) or found.name == "planning":
            yield importlib.import_module(f"app.reminders.{found.name}")


def _tables_of(module: ModuleType, tables: set[str]) -> Iterator[str]:
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, Base) and "__tablename__" in vars(value):
            yield value.__tablename__
        statement = str(value) if type(value).__name__ in ("TextClause", "str") else ""
        words = statement.replace("(", " ").replace(")", " ").replace(",", " ").split()
        for before, name in pairwise(words):
            if before in ("FROM", "JOIN", "UPDATE", "INTO") and name in tables:
                yield name
