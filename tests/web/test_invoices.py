"""The list of invoices, and holds on invoices and customers."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.models import Hold, HoldScope, InvoiceState, OptOut
from app.payments.opting_out import ONE_CLICK
from tests.support.tasks import unfinished
from tests.web.conftest import House
from tests.web.seeding import Seeder

REPLAN = ("reminders.plan", "waiting", None)


def test_the_chips_count_and_filter(house: House) -> None:
    page = house.owner.page("/invoices")
    assert "Open 46" in page.text
    assert "Overdue 43" in page.text
    assert "Paid 20" in page.text
    paid = house.owner.page("/invoices?show=paid").text
    assert "Settled on Tue 17 Nov." in paid
    assert "days overdue" not in paid


def test_the_longest_overdue_comes_first_and_the_currency_stands_once(house: House) -> None:
    words = house.owner.page("/invoices").text
    assert words.index("Thistle Theatre Company") < words.index("Alder & Finch Architects")
    assert words.index("GBP 41 invoices 75,920.00") < words.index("EUR 5 invoices 11,500.00")
    assert "£" not in words


@pytest.mark.parametrize("search", ["inv-1010", "dunmore", "DUNMORE LOG", "4471"])
def test_the_search_looks_at_customers_numbers_and_references(house: House, search: str) -> None:
    assert "Dunmore Logistics" in house.owner.page(f"/invoices?q={search}").text


@pytest.mark.parametrize("search", ["%", "_", "\\", "'; DROP TABLE invoice; --"])
def test_the_search_takes_every_letter_as_itself(house: House, search: str) -> None:
    answer = house.owner.client.get("/invoices", query_string={"q": search})
    assert answer.status_code == 200
    assert "No invoice matches" in answer.text


def test_ten_thousand_invoices_come_a_hundred_at_a_time(house: House) -> None:
    with house.ground.database.tenant(house.tenant_id) as session:
        seeder = Seeder(house.ground, session, house.tenant_id)
        customer = seeder.customer("Many Ltd")
        for _ in range(160):
            seeder.invoice(customer, due_in=-5)
    first = house.owner.page("/invoices")
    assert sum("data-row" in given for _, given in first.tags) == 100
    assert "Page 1 of 3" in first.text
    assert "206 invoices" in first.text
    assert sum("data-row" in given for _, given in house.owner.page("/invoices?page=3").tags) == 6
    for odd in ("-4", "0", "99", "x", "99999999999999999999"):
        assert house.owner.open(f"/invoices?page={odd}").status_code == 200


def test_an_invoice_on_hold_says_so_wherever_it_stands_until_it_is_released(house: House) -> None:
    invoice = house.company.invoices[-2]
    answer = house.owner.post(
        f"/invoices/{invoice}/hold", reason="They dispute the hours.", until="2026-12-24"
    )
    assert answer.location == f"/invoices/{invoice}"
    assert "Held until Thu 24 Dec : They dispute the hours." in house.owner.page(f"/invoices/{invoice}").text
    assert REPLAN in unfinished(house.ground)
    house.owner.post(f"/invoices/{invoice}/release")
    with house.ground.database.tenant(house.tenant_id) as session:
        hold = session.scalars(select(Hold).where(Hold.subject_id == invoice)).one()
        assert hold.lifted_at is not None
    assert "They dispute the hours." not in house.owner.page(f"/invoices/{invoice}").text


def test_a_second_hold_takes_the_place_of_the_first(house: House) -> None:
    customer = house.company.customers[0]
    house.owner.post(f"/customers/{customer}/hold", reason="First.")
    house.owner.post(f"/customers/{customer}/hold", reason="Second.")
    with house.ground.database.tenant(house.tenant_id) as session:
        live = session.scalars(
            select(Hold).where(Hold.subject_id == customer, Hold.lifted_at.is_(None))
        ).all()
        assert [(hold.reason, hold.scope) for hold in live] == [("Second.", HoldScope.CUSTOMER)]


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"reason": "Because.", "until": "2026-11-19"}, "That day has passed."),
        ({"reason": "Because.", "until": "soon"}, "Choose a day from the calendar"),
        ({"reason": "y" * 501}, "Keep the reason to 500 characters; it has 501."),
    ],
)
def test_a_wrong_hold_is_explained_at_its_field_and_nothing_typed_is_lost(
    house: House, fields: dict[str, str], complaint: str
) -> None:
    customer = house.company.customers[0]
    answer = house.owner.post(f"/customers/{customer}/hold", **fields)
    assert answer.status_code == 422
    assert complaint in answer.text
    assert fields["reason"] in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_a_hold_that_has_ended_is_no_hold(house: House) -> None:
    customer = house.company.customers[13]
    assert "Release this customer" in house.owner.page(f"/customers/{customer}").text
    house.ground.clock.advance(timedelta(days=11))  # type: ignore[attr-defined]
    after = house.owner.page(f"/customers/{customer}").text
    assert "Release this customer" not in after
    assert "They promised to pay after their fair." in after, "what was is still told"


def test_the_owner_stops_and_resumes_writing_to_a_customer(house: House) -> None:
    customer = house.company.customers[0]
    house.owner.post(f"/customers/{customer}/stop")
    assert "You stopped reminders to this customer" in house.owner.page(f"/customers/{customer}").text
    house.owner.post(f"/customers/{customer}/again")
    assert "You stopped reminders" not in house.owner.page(f"/customers/{customer}").text


def test_what_the_customer_asked_for_only_the_customer_takes_back(house: House) -> None:
    customer = house.company.customers[14]
    assert "Only they can take that back" in house.owner.page(f"/customers/{customer}").text
    house.owner.post(f"/customers/{customer}/again")
    with house.ground.database.tenant(house.tenant_id) as session:
        assert session.scalars(select(OptOut.source).where(OptOut.customer_id == customer)).all() == [
            ONE_CLICK
        ]


def test_a_customer_without_an_address_is_told_where_to_add_one(house: House) -> None:
    bare = house.company.customers[-1]
    assert "There is no e-mail address in Xero. Add one there" in house.owner.page(f"/customers/{bare}").text


def test_a_draft_is_in_no_list(house: House) -> None:
    with house.ground.database.tenant(house.tenant_id) as session:
        seeder = Seeder(house.ground, session, house.tenant_id)
        seeder.invoice(house.company.customers[0], due_in=3, number="DRAFT-1", state=InvoiceState.DRAFT)
    assert "DRAFT-1" not in house.owner.page("/invoices?show=all").text
