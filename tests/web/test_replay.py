"""The page on which two cadences are compared on the past."""

from uuid import UUID

from app.models import Replay, ReplayState, Task, Tone
from app.reminders.cadences import cadences, create_cadence
from app.reminders.ready_made import ready_made
from app.reminders.replay_asking import perform
from app.tasks import kinds
from tests.web.conftest import House
from tests.web.seeding import Seeder


def two_cadences(house: House) -> tuple[UUID, UUID]:
    with house.ground.database.tenant(house.tenant_id) as session:
        Seeder(house.ground, session, house.tenant_id)
        create_cadence(session, ready_made(Tone.GENTLE, country="GB"), now=house.ground.clock.now())
        first, second = (one.id for one in cadences(session))
    return first, second


def asked(house: House) -> UUID:
    with house.ground.database.tenant(house.tenant_id) as session:
        return session.query(Replay).one().id


def nothing() -> None:
    """The test's own worker never loses its task."""


def test_two_cadences_are_asked_for_and_told_side_by_side(house: House) -> None:
    first, second = two_cadences(house)
    assert "Nothing replayed yet" in house.owner.page("/replay").text
    assert house.owner.post("/replay", cadence=str(first), against=str(second)).status_code == 303
    waiting = house.owner.page("/replay")
    assert waiting.has("section", **{"data-under-way": ""})
    with house.ground.database.platform() as session:
        task = session.query(Task).filter_by(kind=kinds.REPLAY).one()
        assert (task.tenant_id, task.subject_id) == (house.tenant_id, asked(house))
    perform(house.ground, house.tenant_id, asked(house), renew=nothing)
    page = house.owner.page("/replay")
    assert not page.has("section", **{"data-under-way": ""})
    assert "After the money had come" in page.text
    assert "Gentle" in page.text
    assert page.has("svg", role="img")
    assert page.has("rect", **{"class": "second"})
    assert house.owner.open("/replay/progress").status_code == 200


def test_a_cadence_that_was_put_away_meanwhile_ends_it_with_a_sentence(house: House) -> None:
    first, _ = two_cadences(house)
    house.owner.post("/replay", cadence=str(first))
    with house.ground.database.tenant(house.tenant_id) as session:
        cadences(session)[0].archived_at = house.ground.clock.now()
    perform(house.ground, house.tenant_id, asked(house), renew=nothing)
    assert "The replay was not finished. There is no such cadence." in house.owner.page("/replay").text


def test_another_one_takes_its_place_and_the_old_work_is_left(house: House) -> None:
    first, second = two_cadences(house)
    house.owner.post("/replay", cadence=str(first))
    old = asked(house)
    house.owner.post("/replay", cadence=str(second), against=str(second))
    assert asked(house) != old
    perform(house.ground, house.tenant_id, old, renew=nothing)
    with house.ground.database.tenant(house.tenant_id) as session:
        row = session.query(Replay).one()
        assert (row.state, row.cadence_id, row.against_id) == (ReplayState.ASKED, second, None)


def test_nobody_replays_another_organisation_s_cadence(house: House) -> None:
    first, _ = two_cadences(house)
    assert house.stranger.post("/replay", cadence=str(first)).status_code == 404
    assert house.stranger.post("/replay", cadence="").status_code == 404
    assert "Nothing replayed yet" in house.stranger.page("/replay").text
