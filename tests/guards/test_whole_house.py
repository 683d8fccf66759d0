"""Promises about the whole house that no single room could keep."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from app.composition import load_handlers
from app.connectors.registry import LEDGERS
from app.kit.embedded.postgres import RunningPostgres
from app.kit.settings import Settings
from app.models import Base
from app.tasks import kinds
from app.tasks.handlers import HANDLERS

ROOT = Path(__file__).resolve().parents[2]


def test_every_kind_of_task_has_a_handler() -> None:
    load_handlers()
    named = {value for name, value in vars(kinds).items() if name.isupper()}
    assert named <= set(HANDLERS)


def test_every_setting_is_documented_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    missing = [name.upper() for name in Settings.model_fields if f"`{name.upper()}`" not in readme]
    assert missing == []
    assert all(field.description for field in Settings.model_fields.values())


def test_the_migrations_make_exactly_the_tables_of_the_models(postgres: RunningPostgres) -> None:
    engine = create_engine(postgres.owner_url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    engine.dispose()


def test_no_ledger_is_named_outside_its_own_folder_the_registry_the_settings_and_the_demo() -> None:
    names = [*LEDGERS, "intuit"]
    homes = tuple(f"connectors/{key}/" for key in LEDGERS)
    known = ("connectors/registry.py", "kit/settings.py", "demo/", "__init__.py", "cli/", *homes)
    told = []
    for path in sorted((ROOT / "app").rglob("*")):
        place = path.relative_to(ROOT / "app").as_posix()
        if path.suffix in (".py", ".html", ".js", ".css", ".txt") and not place.startswith(known):
            words = path.read_text().lower()
            told += [f"{place}: {name}" for name in names if name in words]
    assert told == []
