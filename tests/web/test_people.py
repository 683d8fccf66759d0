"""Who works for an organisation: shown, and taken away by a colleague."""

from datetime import timedelta
from uuid import UUID

from flask import Flask
from sqlalchemy import delete, select

from app.models import Membership
from tests.web.browser import Browser, browser
from tests.web.conftest import House


def at_work(house: House) -> set[UUID]:
    with house.ground.database.platform() as session:
        return set(session.scalars(select(Membership.user_id).where(Membership.tenant_id == house.tenant_id)))


def remove(by: Browser, leaving: UUID | None) -> str:
    """What the page says after the button."""
    answer = by.post(f"/settings/people/{leaving}/remove")
    return by.page("/settings").text if answer.status_code == 303 else str(answer.status_code)


def test_everybody_who_works_here_is_shown_and_nobody_else(house: House) -> None:
    page = house.owner.page("/settings")
    assert page.text.count("ada@harbour.example , since") == 2
    assert page.text.count("(you)") == 1
    actions = {given["action"] for tag, given in page.tags if given.get("action", "").endswith("/remove")}
    assert actions == {f"/settings/people/{house.teammate.user_id}/remove"}


def test_who_is_removed_is_out_at_the_next_click(house: House) -> None:
    assert house.teammate.open("/today").status_code == 200
    assert "Removed." in remove(house.owner, house.teammate.user_id)
    assert house.teammate.open("/today").location == "/connect"
    assert house.teammate.post("/settings/pause", shown_for=str(house.tenant_id)).status_code == 404
    assert at_work(house) == {house.owner.user_id}


def test_nobody_removes_themselves_or_a_stranger(house: House) -> None:
    before = at_work(house)
    assert "You cannot remove yourself." in remove(house.owner, house.owner.user_id)
    assert remove(house.owner, house.stranger.user_id) == "404"
    assert remove(house.stranger, house.owner.user_id) == "404"
    assert at_work(house) == before


def test_who_was_removed_removes_nobody(house: House, app: Flask) -> None:
    late = browser(app, house.teammate.user_id, house.tenant_id)
    remove(house.owner, house.teammate.user_id)
    assert remove(late, house.owner.user_id) == "302"
    assert at_work(house) == {house.owner.user_id}


def test_the_mails_about_payments_are_said_to_go_to_whoever_came_first(house: House) -> None:
    with house.ground.database.platform() as session:
        row = session.get_one(Membership, (house.teammate.user_id, house.tenant_id))
        row.created_at -= timedelta(days=3)
    assert "gets the mails about payments" in house.owner.page("/settings").text
    with house.ground.database.platform() as session:
        session.execute(delete(Membership).where(Membership.user_id == house.teammate.user_id))
    assert "gets the mails about payments" not in house.owner.page("/settings").text
