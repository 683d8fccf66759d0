"""One person, several organisations, a tab for each: a form acts on the organisation whose page it stood on."""

from uuid import UUID

import pytest
from flask import Flask

from app.models import Membership, Sending, Tenant
from app.reminders.sender import reply_to_of
from app.web.session import SHOWN_FOR
from tests.web.browser import Browser, browser
from tests.web.conftest import House


@pytest.fixture
def bookkeeper(house: House, app: Flask) -> Browser:
    """The owner, who has come to work for the stranger's company too."""
    user_id = house.owner.user_id
    assert user_id is not None
    with house.ground.database.platform() as session:
        session.add(
            Membership(user_id=user_id, tenant_id=house.strangers_tenant, created_at=house.ground.clock.now())
        )
    return browser(app, user_id, house.tenant_id)


def reply_to(house: House, tenant_id: UUID) -> str | None:
    with house.ground.database.tenant(tenant_id) as session:
        return reply_to_of(session.get_one(Tenant, tenant_id), house.ground.sealer(session))


def sending(house: House, tenant_id: UUID) -> Sending:
    with house.ground.database.tenant(tenant_id) as session:
        return session.get_one(Tenant, tenant_id).sending


def turn_to(visitor: Browser, tenant_id: UUID) -> None:
    assert visitor.post(f"/switch/{tenant_id}").status_code == 303


def test_a_form_is_for_the_organisation_of_its_page_whatever_another_tab_shows(
    house: House, bookkeeper: Browser
) -> None:
    before, [shown] = (
        reply_to(house, house.strangers_tenant),
        set(bookkeeper.page("/settings").field(SHOWN_FOR)),
    )
    turn_to(bookkeeper, house.strangers_tenant)
    assert "Northgate Cycles" in bookkeeper.page("/settings").text
    bookkeeper.post("/settings/reply-to", reply_to="ada@harbour.example", shown_for=shown)
    assert reply_to(house, house.tenant_id) == "ada@harbour.example"
    assert reply_to(house, house.strangers_tenant) == before
    assert "Harbour Lane Joinery" in bookkeeper.page("/settings").text  # the tab shows what was changed


def test_resuming_one_organisation_resumes_no_other(house: House, bookkeeper: Browser) -> None:
    for tenant_id in (house.tenant_id, house.strangers_tenant):
        with house.ground.database.tenant(tenant_id) as session:
            session.get_one(Tenant, tenant_id).sending = Sending.PAUSED
    [shown] = set(bookkeeper.page("/settings").field(SHOWN_FOR))
    turn_to(bookkeeper, house.strangers_tenant)
    bookkeeper.post("/settings/resume", shown_for=shown)
    assert sending(house, house.tenant_id) is Sending.HELD_UNTIL_CONFIRMED
    assert sending(house, house.strangers_tenant) is Sending.PAUSED


def test_a_form_of_an_organisation_that_one_has_left_changes_nothing(house: House) -> None:
    before = sending(house, house.tenant_id), sending(house, house.strangers_tenant)
    for shown in (str(house.tenant_id), "nonsense", ""):
        assert house.stranger.post("/settings/pause", shown_for=shown).status_code == 404
    assert (sending(house, house.tenant_id), sending(house, house.strangers_tenant)) == before


def test_the_way_back_from_stripe_is_for_the_organisation_that_left(
    house: House, bookkeeper: Browser
) -> None:
    turn_to(bookkeeper, house.strangers_tenant)
    back = bookkeeper.open(f"/settings/payments/return?{SHOWN_FOR}={house.tenant_id}")
    assert back.status_code == 303
    assert "Harbour Lane Joinery" in bookkeeper.page("/settings").text


def test_every_form_of_a_page_names_its_organisation(house: House) -> None:
    for path in ("/today", "/settings", "/cadence", "/invoices", "/money", "/late-fees", "/settings/mail"):
        page = house.owner.page(path)
        forms = [given for tag, given in page.tags if tag == "form" and given.get("method") == "post"]
        assert forms
        assert page.field(SHOWN_FOR) == [str(house.tenant_id)] * len(forms)
