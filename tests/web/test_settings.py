"""Settings: replies, sending, the ledger."""

import pytest
from sqlalchemy import select

from app.models import (
    Connection,
    ConnectionState,
    ProcessorAccount,
    Sending,
    Task,
    Tenant,
)
from app.reminders.sender import reply_to_of
from tests.support.tasks import unfinished
from tests.web.browser import Page
from tests.web.conftest import House


def sending(house: House) -> Sending:
    with house.ground.database.tenant(house.tenant_id) as session:
        return session.get_one(Tenant, house.tenant_id).sending


def test_replies_go_where_the_owner_says_and_are_kept_sealed(house: House) -> None:
    assert house.owner.post("/settings/reply-to", reply_to=" ledger@harbour.example ").status_code == 303
    with house.ground.database.tenant(house.tenant_id) as session:
        tenant = session.get_one(Tenant, house.tenant_id)
        assert tenant.reply_to_sealed is not None
        assert b"harbour" not in tenant.reply_to_sealed
        assert reply_to_of(tenant, house.ground.sealer(session)) == "ledger@harbour.example"
    assert house.owner.page("/settings").field("reply_to") == ["ledger@harbour.example"]
    house.owner.post("/settings/reply-to", reply_to="")
    assert house.owner.page("/settings").field("reply_to") == [""]


@pytest.mark.parametrize("address", ["nobody", "a@b", "a b@c.example", "a@b.example\r\nBcc: x@y.example"])
def test_what_is_no_address_is_refused_at_its_field(house: House, address: str) -> None:
    answer = house.owner.post("/settings/reply-to", reply_to=address)
    assert answer.status_code == 422
    assert "not a valid e-mail address" in Page(answer.text).text


def test_sending_is_paused_at_once_and_resumed_through_the_list(house: House) -> None:
    house.owner.post("/settings/pause")
    assert sending(house) is Sending.PAUSED
    assert "All sending is paused." in house.owner.page("/invoices").text
    assert house.owner.post("/settings/resume").location == "/today"
    assert sending(house) is Sending.HELD_UNTIL_CONFIRMED
    assert ("reminders.plan", "waiting", None) in unfinished(house.ground)


def test_reading_again_asks_for_one_pull_however_often_it_is_pressed(house: House) -> None:
    for _ in range(3):
        assert house.owner.post("/sync/again").location == "/sync"
    with house.ground.database.platform() as session:
        assert len(session.scalars(select(Task).where(Task.kind == "sync.pull")).all()) == 1


def test_a_company_without_a_card_account_is_offered_one(house: House) -> None:
    with house.ground.database.tenant(house.strangers_tenant) as session:
        assert session.scalars(select(ProcessorAccount)).all() == []
    page = house.stranger.page("/settings")
    assert "Take card payments" in page.text
    assert "Customers cannot pay by card yet." in page.text


def test_a_disconnected_company_is_offered_to_reconnect(house: House) -> None:
    with house.ground.database.tenant(house.tenant_id) as session:
        session.scalars(select(Connection)).one().state = ConnectionState.DISCONNECTED
    assert "Reconnect Xero" in house.owner.page("/settings").text
