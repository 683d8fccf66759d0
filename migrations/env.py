"""Runs migrations as the role that owns the tables, one at a time, never waiting long for a lock."""

from alembic import context
from sqlalchemy import create_engine, text

from app.models import Base

# Two deployments at once take turns; the number only has to be ours.
_MIGRATION_LOCK = 7_201_411


def migrate() -> None:
    engine = create_engine(context.config.attributes["url"])
    with engine.connect() as connection:
        connection.execute(text("SET lock_timeout = '5s'"))
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _MIGRATION_LOCK})
        connection.commit()
        context.configure(connection=connection, target_metadata=Base.metadata)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
    engine.dispose()


migrate()
