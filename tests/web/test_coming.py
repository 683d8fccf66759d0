"""The page of what is to come."""

from app.models import ReminderState
from app.reminders import reasons
from app.reminders.planning import plan_tenant
from tests.web.conftest import House
from tests.web.seeding import Seeder


def test_the_coming_weeks_stand_by_day_with_what_holds_them(house: House) -> None:
    plan_tenant(house.ground, house.tenant_id)
    page = house.owner.page("/coming")
    assert "as if nobody paid meanwhile" in page.text
    assert "Foreseen" in page.text
    assert "Held, with no day to come" in page.text


def test_one_customer_can_be_looked_for(house: House) -> None:
    with house.ground.database.tenant(house.tenant_id) as session:
        seeder = Seeder(house.ground, session, house.tenant_id)
        seeder.invoice(seeder.customer("Zebedee Zoo"), due_in=-3, number="ZOO-1", amount="77.00")
    found = house.owner.page("/coming?q=zebedee")
    assert "Zebedee Zoo" in found.text
    assert "ZOO-1" in found.text
    assert "£77.00" in found.text
    assert "Bayview" not in found.text
    nobody = house.owner.page("/coming?q=nobody-of-that-name")
    assert "Nothing is coming for" in nobody.text


def test_thousands_are_paged_and_each_stands_once(house: House) -> None:
    with house.ground.database.tenant(house.tenant_id) as session:
        seeder = Seeder(house.ground, session, house.tenant_id)
        for number in range(130):
            seeder.invoice(seeder.customer(f"Crowd {number:03}"), due_in=-10, number=f"CROWD-{number:03}")
    pages = [house.owner.page(f"/coming?q=crowd&page={number}").text for number in (1, 2, 3, 4)]
    # Three steps lie ahead of each within thirty days.
    assert all("390 reminders to 130 customers" in page for page in pages)
    assert [page.count("Crowd ") for page in pages] == [100, 100, 100, 90]


def test_a_planned_reminder_is_linked_with_its_reason(house: House) -> None:
    with house.ground.database.tenant(house.tenant_id) as session:
        seeder = Seeder(house.ground, session, house.tenant_id)
        customer = seeder.customer("Linked Ltd")
        invoice = seeder.invoice(customer, due_in=-20, number="LINK-1")
        reminder = seeder.reminder(
            customer, [invoice], ReminderState.HELD, why=reasons.FIRST_LIST, waits=True
        )
    page = house.owner.page("/coming?q=linked")
    assert page.has("a", href=f"/messages/{reminder}")
    assert "Nothing leaves until you have seen this list" in page.text


def test_with_nothing_open_it_says_so(house: House) -> None:
    page = house.stranger.page("/coming")
    assert "Nothing is coming" in page.text
    assert "Alder" not in page.text
