"""Brings the database's tables up to date."""

from pathlib import Path

from alembic import command
from alembic.config import Config

from app.kit.database import with_driver

_PROJECT = Path(__file__).resolve().parents[2]


def alembic_config(owner_url: str) -> Config:
    """Alembic's configuration for a database, with the URL kept out of files and logs."""
    config = Config(str(_PROJECT / "alembic.ini"))
    config.attributes["url"] = with_driver(owner_url)
    return config


def migrate(owner_url: str) -> None:
    """Apply every migration that is missing, as the role that owns the tables."""
    command.upgrade(alembic_config(owner_url), "head")
