"""Settings: replies, sending, booking accounts, the ledger."""

from uuid import UUID

import pytest
from sqlalchemy import select

from app.models import (
    Account,
    BookingAccounts,
    Connection,
    ConnectionState,
    ProcessorAccount,
    Sending,
    Task,
    Tenant,
    WriteBack,
    WriteBackState,
)
from app.reminders.sender import reply_to_of
from tests.support.tasks import unfinished
from tests.web.browser import Page
from tests.web.conftest import House


def sending(house: House) -> Sending:
    with house.ground.database.tenant(house.tenant_id) as session:
        return session.get_one(Tenant, house.tenant_id).sending


def account(house: House, name: str) -> UUID:
    with house.ground.database.tenant(house.tenant_id) as session:
        return session.scalars(select(Account.id).where(Account.name == name)).one()


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


def test_accounts_are_suggested_and_nothing_is_chosen_until_it_is_saved(house: House) -> None:
    page = house.owner.page("/settings")
    assert page.has("option", value=str(account(house, "Stripe clearing")), selected="")
    assert page.has("option", value=str(account(house, "Stripe fees")), selected="")
    with house.ground.database.tenant(house.tenant_id) as session:
        assert session.scalars(select(BookingAccounts)).all() == []


def test_saving_the_accounts_wakes_the_entries_that_waited(house: House) -> None:
    answer = house.owner.post(
        "/settings/booking",
        **{
            "clearing-GBP": str(account(house, "Stripe clearing")),
            "fee-GBP": str(account(house, "Stripe fees")),
            "clearing-EUR": "",
            "fee-EUR": "",
        },
    )
    assert answer.status_code == 303
    assert "1 waiting entry is on the way" in house.owner.page("/settings").text
    with house.ground.database.tenant(house.tenant_id) as session:
        parked = select(WriteBack).where(WriteBack.state == WriteBackState.PARKED)
        assert session.scalars(parked).all() == []


def with_books_in_quickbooks(house: House) -> None:
    with house.ground.database.tenant(house.tenant_id) as session:
        session.scalars(select(Connection)).one().ledger = "quickbooks"


def choose(house: House, style: str) -> int:
    """Press Save with accounts that fit and a style of fees; the answer's status."""
    chosen = {
        "clearing-GBP": str(account(house, "Stripe clearing")),
        "fee-GBP": str(account(house, "Stripe fees")),
        "fee-style-GBP": style,
    }
    return house.owner.post("/settings/booking", **chosen).status_code


def test_only_a_ledger_with_two_ways_to_book_fees_offers_the_choice(house: House) -> None:
    assert house.owner.page("/settings").field("fee-style-GBP") == []
    with_books_in_quickbooks(house)
    page = house.owner.page("/settings")
    assert page.has("input", name="fee-style-GBP", value="expense", checked="")
    assert page.has("input", name="fee-style-GBP", value="deposit")
    assert not page.has("input", name="fee-style-GBP", value="deposit", checked="")


def test_the_chosen_way_to_book_fees_is_kept(house: House) -> None:
    with_books_in_quickbooks(house)
    assert choose(house, "deposit") == 303
    page = house.owner.page("/settings")
    assert page.has("input", name="fee-style-GBP", value="deposit", checked="")


@pytest.mark.parametrize("style", ["deposit", "invented"])
def test_a_way_to_book_fees_that_the_ledger_has_not_is_refused(house: House, style: str) -> None:
    assert choose(house, style) == 422


@pytest.mark.parametrize(
    ("clearing", "fee", "complaint"),
    [
        ("Euro account", "Stripe fees", "Choose an active bank account in GBP"),
        ("Stripe clearing", "Business Bank Account", "Choose an active expense account"),
        ("Stripe clearing", "", "Choose both accounts, or leave both empty."),
    ],
)
def test_accounts_that_do_not_fit_are_refused_where_they_were_chosen(
    house: House, clearing: str, fee: str, complaint: str
) -> None:
    chosen = {
        "clearing-GBP": str(account(house, clearing)),
        "fee-GBP": str(account(house, fee)) if fee else "",
    }
    answer = house.owner.post("/settings/booking", **chosen)
    assert answer.status_code == 422
    assert complaint in Page(answer.text).text


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
