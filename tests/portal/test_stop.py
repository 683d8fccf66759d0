"""No more reminders: asked for with a button, by a mail program, and taken back."""

from app.models import OptOut, Task
from app.tasks import kinds
from tests.payments.business import Business


def opted_out(business: Business) -> list[str]:
    with business.unit() as session:
        return [row.source for row in session.query(OptOut)]


def stop_path(business: Business) -> str:
    customer, _ = business.open_invoices()
    return business.link(customer).replace("/pay/", "/unsubscribe/")


def test_opening_the_page_changes_nothing(business: Business) -> None:
    answer = business.client.get(stop_path(business))
    assert answer.status_code == 200
    assert answer.text.count("<button") == 1
    assert opted_out(business) == []


def test_the_button_stops_the_reminders_and_plans_again(business: Business) -> None:
    path = stop_path(business)
    assert "It is done" in business.client.post(path).text
    assert opted_out(business) == ["page"]
    with business.ground.database.platform() as session:
        now = business.ground.clock.now()
        due = session.query(Task).filter(Task.kind == kinds.PLAN, Task.state == "waiting", Task.run_at <= now)
        plans = due.count()
    assert plans == 1


def test_a_mail_program_stops_them_with_one_request_and_no_cookie(business: Business) -> None:
    path = stop_path(business)
    answer = business.client.post(path, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert "Location" not in answer.headers
    assert "Set-Cookie" not in answer.headers
    assert opted_out(business) == ["one_click"]
    business.client.post(path)
    assert opted_out(business) == ["one_click"]


def test_it_can_be_undone_on_the_page(business: Business) -> None:
    path = stop_path(business)
    business.client.post(path)
    assert "on again" in business.client.post(path, data={"undo": "yes"}).text
    assert opted_out(business) == []


def test_the_wish_of_the_business_itself_is_not_undone_by_the_customer(business: Business) -> None:
    path = stop_path(business)
    business.client.post(path)
    with business.unit() as session:
        session.query(OptOut).one().source = "owner"
    business.client.post(path, data={"undo": "yes"})
    assert opted_out(business) == ["owner"]
