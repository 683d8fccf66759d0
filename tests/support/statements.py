"""SQL compiled once per process: every test has an engine of its own, which would compile all of it anew."""

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.util import LRUCache

_COMPILED: LRUCache[Any, Any] = LRUCache(4000)


class SharingDialect(PGDialect_psycopg):
    """What is compiled for one engine serves every other: they all speak to servers of one kind."""

    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self)

    def __hash__(self) -> int:
        return hash(type(self))

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        engine.update_execution_options(compiled_cache=_COMPILED)


def share_compiled_statements() -> None:
    """From now on, for every engine of this process."""
    registry.register("postgresql.psycopg", __name__, SharingDialect.__name__)
