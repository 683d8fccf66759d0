"""Places in the database where a unit of work can be held up: after it has written something, before it commits.

A trigger asks for an advisory lock there. Nobody notices, until a test holds that lock. The same trigger refuses
what is written there as PostgreSQL does when its disk is full, while a test says so: the same error, at the same
statement, for everybody.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass

import psycopg

from app.tasks import kinds
from tests.sandbox.client import wait_until

LOOKS = (kinds.SETTLE_CHECKOUT, kinds.SETTLE_PAYMENT, kinds.SETTLE_REFUND, kinds.SETTLE_CHARGEBACK)
MONEY = (*LOOKS, kinds.SETTLE_PAYOUT, kinds.WRITE_BACK, kinds.REFUND)
ENTRIES = (kinds.WRITE_BACK,)


@dataclass(frozen=True)
class Place:
    """Where a unit of work is held up, and which tasks come by."""

    name: str
    table: str
    deed: str
    condition: str
    comes_by: tuple[str, ...]


PLACES = (
    Place("claim written", "task", "UPDATE", "NEW.state = 'leased' AND OLD.state = 'waiting'", MONEY),
    Place("intent written", "write_back", "UPDATE", "NEW.state = 'sending'", ENTRIES),
    Place("outcome written", "write_back", "UPDATE", "NEW.state = 'done' AND OLD.state <> 'done'", ENTRIES),
    Place("taking back written", "write_back", "UPDATE", "NEW.state = 'undone'", ENTRIES),
    Place("entry staged", "write_back", "INSERT", "true", LOOKS),
    Place("payment recorded", "payment", "INSERT", "true", LOOKS),
    Place("refund recorded", "refund", "UPDATE", "NEW.state <> OLD.state", (kinds.REFUND, *LOOKS)),
    Place("task finished", "task", "UPDATE", "NEW.state = 'done'", MONEY),
    Place("hint stored", "inbound_event", "INSERT", "true", ()),
)
HINT_STORED = PLACES[-1]
_LETTERS = (kinds.DISPATCH,)
CLAIMED = Place("claim written", "task", "UPDATE", "NEW.state = 'leased' AND OLD.state = 'waiting'", _LETTERS)
TAKEN_UP = Place(
    "reminder taken up", "reminder", "UPDATE", "NEW.state = 'sending' AND OLD.state = 'planned'", _LETTERS
)
INTENDED = Place("message intended", "message", "INSERT", "true", _LETTERS)
HANDED_OVER = Place(
    "message handed over", "message", "UPDATE", "NEW.state = 'sent' AND OLD.state <> 'sent'", _LETTERS
)
FOLLOWED = Place(
    "reminder followed", "reminder", "UPDATE", "NEW.state = 'sent' AND OLD.state <> 'sent'", _LETTERS
)
FINISHED = Place(
    "dispatch finished", "task", "UPDATE", "NEW.state <> 'leased' AND OLD.state = 'leased'", _LETTERS
)
ON_THE_WAY_OF_LETTERS = (CLAIMED, TAKEN_UP, INTENDED, HANDED_OVER, FOLLOWED, FINISHED)
_EVERYWHERE = (*PLACES, *ON_THE_WAY_OF_LETTERS)


def build(admin_url: str) -> None:
    """Put the triggers into a database."""
    with closing(_connected(admin_url)) as connection:
        connection.execute(
            "CREATE TABLE halt_full (place int PRIMARY KEY);"
            "CREATE SEQUENCE halt_full_met;"
            "CREATE FUNCTION halt() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS "
            "$$ BEGIN PERFORM pg_advisory_xact_lock_shared(TG_ARGV[0]::int); "
            "IF EXISTS (SELECT FROM public.halt_full WHERE place = TG_ARGV[0]::int) THEN "
            "PERFORM nextval('public.halt_full_met'); "
            "RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; "
            "END IF; RETURN NULL; END $$"
        )
        for number, place in enumerate(_EVERYWHERE):
            kinds_of_task = ", ".join(f"'{kind}'" for kind in place.comes_by)
            of_theirs = f" AND NEW.kind IN ({kinds_of_task})" if place.table == "task" else ""
            connection.execute(
                f"CREATE TRIGGER halt_{number} AFTER {place.deed} ON {place.table} FOR EACH ROW "
                f"WHEN ({place.condition}{of_theirs}) EXECUTE FUNCTION halt('{number}')"
            )


class Halt:
    """A place that is blocked."""

    def __init__(self, connection: psycopg.Connection, number: int) -> None:
        self._connection, self._number = connection, number

    def met(self) -> int | None:
        """The database's process of whoever stands there."""
        found = self._connection.execute(
            "SELECT pid FROM pg_locks JOIN pg_database ON pg_database.oid = database "
            "WHERE datname = current_database() AND locktype = 'advisory' AND objid = %s AND NOT granted",
            [self._number],
        ).fetchone()
        return int(found[0]) if found else None

    def cut(self) -> None:
        """End the connection of whoever stands there."""
        self._connection.execute("SELECT pg_terminate_backend(%s)", [self.met()])


@contextmanager
def blocked(admin_url: str, place: Place) -> Iterator[Halt]:
    """Nobody passes the place until the block ends, or the database dies."""
    number = _EVERYWHERE.index(place)
    with closing(_connected(admin_url)) as connection:
        # Somebody may still be passing.
        wait_until(lambda: _is_locked(connection, number))
        yield Halt(connection, number)


class Space:
    """Places where nothing can be written."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection
        self._before = self._refused()

    def was_met(self) -> bool:
        return self._refused() > self._before

    def _refused(self) -> int:
        """How often somebody was; a sequence keeps count, as it minds no rollback."""
        row = self._connection.execute(
            "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM halt_full_met"
        ).fetchone()
        return int(row[0]) if row else 0


@contextmanager
def out_of_space(admin_url: str, places: Sequence[Place]) -> Iterator[Space]:
    """The disk under these places is full until the block ends."""
    numbers = [_EVERYWHERE.index(place) for place in places]
    with closing(_connected(admin_url)) as connection:
        space = Space(connection)
        connection.execute("INSERT INTO halt_full SELECT unnest(%s::int[])", [numbers])
        try:
            yield space
        finally:
            connection.execute("DELETE FROM halt_full")


def _is_locked(connection: psycopg.Connection, number: int) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", [number]).fetchone()
    return bool(row and row[0])


def _connected(admin_url: str) -> psycopg.Connection:
    return psycopg.connect(admin_url.replace("+psycopg", ""), autocommit=True)
