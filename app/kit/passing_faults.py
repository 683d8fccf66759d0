"""Faults of the database that say nothing about what was written: they pass, and the same works afterwards."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

import psycopg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoneFree

from app.kit.errors import Retryable

# PostgreSQL, appendix A: connection lost, transaction rolled back (serialization, deadlock), resources used up (disk,
# memory, connections), an operator's doing (shutdown, a statement's time limit), and the system under it.
_PASSING_CLASSES = frozenset({"08", "40", "53", "57", "58"})
# A row in use, a lock not had in time; a server that just became a standby; limits on idle and long transactions.
_PASSING_STATES = frozenset({"55006", "55P03", "25006", "25P03", "25P04"})
_SOON = timedelta(seconds=5)
_T = TypeVar("_T")


def is_passing(fault: Exception) -> bool:
    """Whether the same may work later. Not so what the content itself brings about, such as a row that is too large."""
    if isinstance(fault, NoneFree):  # no connection of the pool became free
        return True
    if not isinstance(fault, DBAPIError):
        return False
    state = fault.orig.sqlstate if isinstance(fault.orig, psycopg.Error) else None
    if state is None:
        lost = isinstance(fault.orig, psycopg.OperationalError | psycopg.InterfaceError)
        return fault.connection_invalidated or lost
    return state[:2] in _PASSING_CLASSES or state in _PASSING_STATES


def once_more_if_it_passes(act: Callable[[], _T]) -> _T:
    """What `act` returns, a whole unit of work, tried a second time after a passing fault.

    Raises Retryable if that does not help.
    """
    try:
        return act()
    except SQLAlchemyError as fault:
        if not is_passing(fault):
            raise
    try:
        return act()
    except SQLAlchemyError as fault:
        if not is_passing(fault):
            raise
        raise Retryable("The database did not answer.", after=_SOON) from fault
