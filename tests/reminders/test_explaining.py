"""Why a customer got a reminder on a day, or did not."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from app.kit.clock import SetClock
from app.kit.errors import NotFound, Rejected
from app.kit.ground import Ground
from app.models import HoldKind, HoldScope, OptOut, ReminderState
from app.reminders import reasons
from app.reminders.explaining import Explanation, explain, named_customer
from app.reminders.holds import NewHold, lift, place
from tests.reminders.tables import add_customer, add_invoice
from tests.support.tenants import make_tenant
from tests.web.seeding import Seeder

TODAY = date(2026, 11, 20)
ZONE = "Europe/London"


@pytest.fixture
def tenant(ground: Ground) -> UUID:
    return make_tenant(ground)


def on(ground: Ground, tenant: UUID, customer: UUID, day: date) -> list[Explanation]:
    with ground.database.tenant(tenant) as session:
        return explain(session, customer, day, zone=ZONE, now=ground.clock.now())


def add_reminder(
    ground: Ground, tenant: UUID, customer: UUID, invoice: UUID, state: ReminderState, **more: object
) -> None:
    with ground.database.tenant(tenant) as session:
        Seeder(ground, session, tenant).reminder(customer, [invoice], state, **more)  # type: ignore[arg-type]


def test_what_was_decided_on_the_day_is_told_with_its_invoices(ground: Ground, tenant: UUID) -> None:
    ada = add_customer(ground, tenant, "ada")
    invoice = add_invoice(ground, tenant, ada, "INV-1")
    add_reminder(ground, tenant, ada, invoice, ReminderState.SKIPPED, why=reasons.PAID, on=TODAY)
    (told,) = on(ground, tenant, ada, TODAY)
    assert (told.state, told.sentence, told.invoices) == ("skipped", reasons.PAID.sentence, ("INV-1",))


def test_a_day_without_a_reminder_names_the_next_one(ground: Ground, tenant: UUID) -> None:
    ada = add_customer(ground, tenant, "ada")
    invoice = add_invoice(ground, tenant, ada, "INV-1")
    assert on(ground, tenant, ada, TODAY)[0].sentence == "No step of the cadence fell on this day."
    add_reminder(ground, tenant, ada, invoice, ReminderState.PLANNED, on=TODAY + timedelta(3))
    (told,) = on(ground, tenant, ada, TODAY)
    assert told.sentence.endswith("The next reminder is planned for 23 Nov 2026.")
    bob = add_customer(ground, tenant, "bob")
    assert "Nothing of this customer is open" in on(ground, tenant, bob, TODAY)[0].sentence


def test_no_day_of_the_calendar_is_too_far_to_ask_about(ground: Ground, tenant: UUID) -> None:
    ada = add_customer(ground, tenant, "ada")
    for day in (date.min, date.max):
        (told,) = on(ground, tenant, ada, day)
        assert "Nothing of this customer is open" in told.sentence


def test_holds_of_now_and_holds_of_then(ground: Ground, tenant: UUID) -> None:
    ada = add_customer(ground, tenant, "ada")
    invoice = add_invoice(ground, tenant, ada, "INV-1")
    hold = NewHold(HoldScope.INVOICE, invoice, HoldKind.DISPUTE, "Broken glass")
    clock = ground.clock
    assert isinstance(clock, SetClock)
    with ground.database.tenant(tenant) as session:
        place(session, hold, now=clock.now())
    assert [one.state for one in on(ground, tenant, ada, TODAY)] == ["held", "not_planned"]
    assert "Broken glass" in on(ground, tenant, ada, TODAY + timedelta(9))[0].sentence
    clock.advance(timedelta(days=3))
    with ground.database.tenant(tenant) as session:
        lift(session, [invoice], kinds=[HoldKind.DISPUTE], now=clock.now())
    assert on(ground, tenant, ada, TODAY + timedelta(3))[0].state == "not_planned"
    (held, nothing) = on(ground, tenant, ada, TODAY + timedelta(1))
    assert ("Broken glass" in held.sentence, held.invoices) == (True, ("INV-1",))
    assert nothing.sentence == "For this reason no reminder was planned."
    assert on(ground, tenant, ada, TODAY - timedelta(1))[0].state == "not_planned"


def test_an_opt_out_explains_the_days_after_it(ground: Ground, tenant: UUID) -> None:
    ada = add_customer(ground, tenant, "ada")
    add_invoice(ground, tenant, ada, "INV-1")
    with ground.database.tenant(tenant) as session:
        session.add(
            OptOut(
                tenant_id=tenant,
                customer_id=ada,
                channel="email",
                source="page",
                created_at=datetime(2026, 11, 18, 9, tzinfo=UTC),
            )
        )
    assert [one.state for one in on(ground, tenant, ada, TODAY)] == ["held", "not_planned"]
    assert [one.state for one in on(ground, tenant, ada, date(2026, 11, 17))] == ["not_planned"]


def test_a_customer_is_found_by_id_or_name(ground: Ground, tenant: UUID) -> None:
    ada = add_customer(ground, tenant, "ada")
    with ground.database.tenant(tenant) as session:
        assert named_customer(session, str(ada)) == named_customer(session, "Ada") == ada
        with pytest.raises(NotFound):
            named_customer(session, "Nobody")
    add_customer(ground, tenant, "ADA")
    with ground.database.tenant(tenant) as session, pytest.raises(Rejected, match="Several"):
        named_customer(session, "Ada")
