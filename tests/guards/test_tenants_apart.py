"""Reads the database's own catalogue: whatever a migration adds, tenants stay apart (design law 7)."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.kit.ground import Ground
from app.models import Base, Customer
from tests.support.tenants import make_tenant

# Tables that the machinery reads before it knows a tenant. They hold ids, hashes and sealed values only.
CROSSING = {
    "alembic_version",
    "ended_session",
    "inbound_event",
    "membership",
    "oauth_attempt",
    "plan_mark",
    "plan_state",
    "route",
    "schedule",
    "task",
    "user_account",
}


def rows(ground: Ground, sql: str) -> list[tuple[object, ...]]:
    with ground.database.platform() as session:
        return [tuple(row) for row in session.execute(text(sql))]


def test_every_table_of_tenants_has_forced_row_security_with_one_stable_policy(ground: Ground) -> None:
    found = rows(
        ground,
        "SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, count(p.polname), "
        "min(pg_get_expr(p.polqual, c.oid)) "
        "FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid "
        "WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace GROUP BY c.oid",
    )
    assert {name for name, *_ in found} - CROSSING == {
        table.name for table in Base.metadata.tables.values()
    } - CROSSING
    for name, enabled, forced, policies, rule in found:
        if name in CROSSING:
            continue
        column = "id" if name == "tenant" else "tenant_id"
        assert (enabled, forced, policies) == (True, True, 1), name
        assert rule == f"({column} = (current_setting('app.tenant_id'::text))::uuid)", name


def test_unique_and_foreign_keys_of_tenant_tables_start_with_the_tenant(ground: Ground) -> None:
    crossing = ", ".join(f"'{name}'" for name in CROSSING | {"tenant"})
    wrong = rows(
        ground,
        "SELECT i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid "
        "JOIN pg_class t ON t.oid = x.indrelid "
        "JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0] "
        f"WHERE x.indisunique AND t.relnamespace = 'public'::regnamespace AND t.relname NOT IN ({crossing}) "
        "AND a.attname <> 'tenant_id' "
        "UNION ALL SELECT k.conname FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid "
        "JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.conkey[1] "
        f"WHERE k.contype = 'f' AND t.relname NOT IN ({crossing}) AND a.attname <> 'tenant_id'",
    )
    assert wrong == []


def test_the_app_role_owns_nothing_and_cannot_step_around_row_security(ground: Ground) -> None:
    assert rows(ground, "SELECT current_user") == [("duemate_app",)]
    assert rows(
        ground,
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user",
    ) == [(False, False, False, False)]
    assert rows(ground, "SELECT relname FROM pg_class WHERE relowner = current_user::regrole") == []
    assert rows(ground, "SELECT 1 FROM pg_auth_members WHERE member = current_user::regrole") == []


def test_no_view_runs_with_its_owners_rights_and_no_function_lends_them(ground: Ground) -> None:
    assert (
        rows(
            ground,
            "SELECT relname FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace "
            "AND NOT coalesce('security_invoker=true' = ANY (reloptions), false)",
        )
        == []
    )
    assert (
        rows(ground, "SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace")
        == []
    )


def test_a_unit_of_work_sees_its_own_tenant_only_and_none_without_one(ground: Ground) -> None:
    mine, theirs = make_tenant(ground), make_tenant(ground)
    with ground.database.tenant(mine) as session:
        session.add(Customer(tenant_id=mine, external_id="c1", name="Mine"))
    with ground.database.tenant(theirs) as session:
        assert session.query(Customer).all() == []
    with pytest.raises(DBAPIError), ground.database.platform() as session:
        session.query(Customer).all()


def test_a_row_cannot_be_written_for_another_tenant(ground: Ground) -> None:
    mine, theirs = make_tenant(ground), make_tenant(ground)
    with pytest.raises(DBAPIError, match="row-level security"), ground.database.tenant(mine) as session:
        session.add(Customer(tenant_id=theirs, external_id="c1", name="Not mine"))
