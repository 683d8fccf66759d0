"""How far the ledger has been read, in words."""

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import delete, select, update

from app.models import Connection, SyncRun, SyncState, Task
from tests.web.conftest import House


def run(
    house: House, state: SyncState, *, reason: str | None = None, seconds: int = 4, rows: int = 400
) -> None:
    """The only pull of the company."""
    now = house.ground.clock.now()
    with house.ground.database.tenant(house.tenant_id) as session:
        session.execute(delete(SyncRun))
        session.add(
            SyncRun(
                tenant_id=house.tenant_id,
                id=uuid4(),
                connection_id=session.scalars(select(Connection.id)).one(),
                is_first=True,
                state=state,
                resource="invoices",
                rows_read=rows,
                rows_expected=1200,
                rows_changed=400,
                started_at=now - timedelta(seconds=seconds),
                finished_at=None if state is SyncState.RUNNING else now,
                reason=reason,
            )
        )


def test_a_running_pull_shows_rows_rate_time_left_and_what_is_being_read(house: House) -> None:
    run(house, SyncState.RUNNING)
    page = house.owner.page("/sync")
    assert "400 rows read of about 1,200" in page.text
    assert "100 rows a second, about 8 s left" in page.text
    assert (
        "Customers Read Accounts Read Invoices Being read Credit notes To come Payments To come" in page.text
    )
    assert page.has("progress", max="1200", value="400")


def test_it_refreshes_by_itself_with_and_without_script_and_stops_when_it_is_over(house: House) -> None:
    run(house, SyncState.RUNNING)
    page = house.owner.page("/sync")
    assert page.has("meta", **{"http-equiv": "refresh", "content": "3"})
    assert page.has("div", **{"data-part": "/sync/progress"})
    part = house.owner.open("/sync/progress").text
    assert "data-under-way" in part
    assert "<html" not in part
    run(house, SyncState.DONE)
    assert not house.owner.page("/sync").has("meta", **{"http-equiv": "refresh"})
    assert "data-under-way" not in house.owner.open("/sync/progress").text


def test_a_pull_that_is_done_leads_to_what_waits(house: House) -> None:
    run(house, SyncState.DONE)
    page = house.owner.page("/sync")
    assert "21 customers and 67 invoices are here." in page.text
    assert "See the 6 reminders that wait for you" in page.text


def test_a_failed_pull_says_why_and_offers_to_try_again(house: House) -> None:
    run(house, SyncState.FAILED, reason="Xero did not answer for 30 seconds.")
    page = house.owner.page("/sync")
    assert "Reading stopped Xero did not answer for 30 seconds." in page.text
    assert "400 rows were read before that and are kept." in page.text
    assert page.has("form", action="/sync/again", method="post")


def test_a_pull_that_stopped_before_any_row_says_nothing_of_rows(house: House) -> None:
    run(house, SyncState.FAILED, reason="Xero did not answer for 30 seconds.", rows=0)
    page = house.owner.page("/sync")
    assert "Reading stopped" in page.text
    assert "read before that" not in page.text


def test_a_pull_that_waits_for_the_ledger_says_when_it_goes_on(house: House) -> None:
    run(house, SyncState.FAILED, reason="Xero lets us ask only so often, and for now that is used up.")
    assert house.owner.post("/sync/again").status_code == 303
    then = house.ground.clock.now() + timedelta(minutes=40)
    with house.ground.database.platform() as session:
        session.execute(update(Task).where(Task.kind == "sync.pull").values(run_at=then))
    page = house.owner.page("/sync")
    assert "Reading waits Xero lets us ask only so often" in page.text
    assert "It goes on by itself at Fri 20 Nov, 10:40 ." in page.text
    assert page.has("form", action="/sync/again", method="post")


def test_before_the_first_pull_it_waits(house: House) -> None:
    assert "Waiting to begin" in house.stranger.page("/sync").text


def test_reading_again_during_a_pause_promises_nothing_that_is_not_so(house: House) -> None:
    run(house, SyncState.DONE)
    now = house.ground.clock.now()
    with house.ground.database.tenant(house.tenant_id) as session:
        session.execute(
            update(Connection).values(paused_until=now + timedelta(hours=5), paused_reason="Used up.")
        )
    assert house.owner.post("/sync/again").status_code == 303
    page = house.owner.page("/sync")
    assert "The ledger is read again as soon as it lets us." in page.text
    assert "is being read again" not in page.text
