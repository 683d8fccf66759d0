"""Which faults of the database pass, and what is tried again because of it."""

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoneFree

from app.kit.errors import Retryable
from app.kit.passing_faults import is_passing, once_more_if_it_passes


def fault(orig: Exception) -> DBAPIError:
    return DBAPIError("INSERT", None, orig)


def told(state: str) -> DBAPIError:
    return fault(psycopg.errors.lookup(state)())


@pytest.mark.parametrize(
    "state",
    [
        "08006",
        "40001",
        "40P01",
        "53100",
        "53300",
        "55P03",
        "57014",
        "57P01",
        "57P03",
        "58030",
        "25006",
        "25P03",
    ],
)
def test_it_passes(state: str) -> None:
    assert is_passing(told(state))


@pytest.mark.parametrize("state", ["22021", "23503", "23505", "23514", "42P01", "42501", "54000", "P0001"])
def test_it_stays(state: str) -> None:
    assert not is_passing(told(state))


def test_a_connection_that_broke_without_a_word_passes_and_a_text_that_no_database_takes_does_not() -> None:
    assert is_passing(fault(psycopg.OperationalError("the connection is lost")))
    assert is_passing(NoneFree("QueuePool limit reached"))
    assert not is_passing(fault(psycopg.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")))
    assert not is_passing(ValueError("no fault of the database"))


def test_it_is_done_a_second_time_and_never_a_third() -> None:
    faults = [told("53100")]
    tried = []

    def act() -> str:
        tried.append(len(faults))
        if faults:
            raise faults.pop()
        return "done"

    assert once_more_if_it_passes(act) == "done"
    assert tried == [1, 0]
    faults += [told("53100"), told("53100")]
    with pytest.raises(Retryable):
        once_more_if_it_passes(act)
    assert tried == [1, 0, 2, 1]


def test_what_stays_is_raised_at_once() -> None:
    faults = [told("23514")]

    def act() -> None:
        raise faults.pop()

    with pytest.raises(DBAPIError):
        once_more_if_it_passes(act)
