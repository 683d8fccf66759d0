"""Settings say whether the mirror agreed with the ledger when everything was last compared."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.models import Connection, SyncRun, SyncState
from tests.web.conftest import House


def compared(house: House, *, is_equal: bool | None, repaired: int = 0, reason: str | None = None) -> None:
    """A run of a moment ago."""
    now = house.ground.clock.now()
    with house.ground.database.tenant(house.tenant_id) as session:
        session.add(
            SyncRun(
                tenant_id=house.tenant_id,
                id=uuid4(),
                connection_id=session.scalars(select(Connection.id)).one(),
                is_first=False,
                is_whole=is_equal is not None,
                is_equal=is_equal,
                rows_repaired=repaired,
                reason=reason,
                state=SyncState.DONE,
                started_at=now - timedelta(seconds=2),
                finished_at=now,
            )
        )


@pytest.mark.parametrize(
    ("run", "said"),
    [
        ({"is_equal": True}, "All sums agreed with Xero when everything was compared"),
        ({"is_equal": True, "repaired": 1}, "after 1 row was put right."),
        ({"is_equal": True, "repaired": 1200}, "after 1,200 rows were put right."),
        ({"is_equal": False, "reason": "Invoices differ."}, "Different Invoices differ. Compared"),
    ],
)
def test_the_owner_sees_what_was_found(house: House, run: dict[str, object], said: str) -> None:
    compared(house, **run)  # type: ignore[arg-type]
    assert said in " ".join(house.owner.page("/settings").text.split())


def test_nothing_is_said_before_the_first_comparison(house: House) -> None:
    compared(house, is_equal=None)
    assert "everything was compared" not in house.owner.page("/settings").text
