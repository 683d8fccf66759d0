"""What the ledger itself has mailed rests for some days."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from app.kit.ground import Ground
from app.models import HoldKind
from app.reminders.holds import load_stops
from app.reminders.holds_rules import Rules, save_rules
from tests.reminders.holding import TODAY, stops, unit
from tests.reminders.tables import add_customer, add_invoice, change

MAILED = "UPDATE invoice SET last_emailed_at = :at WHERE id = :id"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def mailed(ground: Ground, tenant: UUID) -> UUID:
    """One of two open invoices, mailed by the ledger today."""
    ada = add_customer(ground, tenant, "ada")
    add_invoice(ground, tenant, ada, "INV-2")
    invoice = add_invoice(ground, tenant, ada, "INV-1")
    change(ground, tenant, MAILED, at=NOON, id=invoice)
    return invoice


def test_an_invoice_the_ledger_mailed_rests_for_the_days_of_the_rule_and_the_others_do_not(
    ground: Ground, tenant: UUID, mailed: UUID
) -> None:
    assert stops(ground, tenant) == {mailed: HoldKind.OTHER_SENDER}
    assert stops(ground, tenant, TODAY + timedelta(days=7)) == {mailed: HoldKind.OTHER_SENDER}
    assert stops(ground, tenant, TODAY + timedelta(days=8)) == {}


@pytest.mark.usefixtures("mailed")
@pytest.mark.parametrize(("days", "last"), [(3, TODAY + timedelta(days=3)), (0, None)])
def test_the_business_says_for_how_many_days(
    ground: Ground, tenant: UUID, days: int, last: date | None
) -> None:
    with unit(ground, tenant) as session:
        save_rules(session, Rules(stand_down_days=days), now=ground.clock.now())
        found = [stop.until for stop in load_stops(session, TODAY).values()]
    assert found == ([last] if last else [])


@pytest.mark.usefixtures("mailed")
def test_the_owner_reads_who_mailed_it_and_until_when(ground: Ground, tenant: UUID) -> None:
    with unit(ground, tenant) as session:
        (stop,) = load_stops(session, TODAY).values()
    assert stop.why().sentence == (
        "The ledger itself mailed this invoice on 20 Nov 2026. Nothing is sent until 27 Nov 2026 has passed."
    )


def test_the_day_is_the_organisations_own(ground: Ground, tenant: UUID, mailed: UUID) -> None:
    change(ground, tenant, "UPDATE tenant SET time_zone = 'Pacific/Auckland'")
    change(ground, tenant, MAILED, at=NOON, id=mailed)  # the 21st in Auckland
    assert stops(ground, tenant, TODAY + timedelta(days=8)) == {mailed: HoldKind.OTHER_SENDER}


def test_what_is_paid_needs_no_rest(ground: Ground, tenant: UUID, mailed: UUID) -> None:
    change(ground, tenant, "UPDATE invoice SET state = 'paid', amount_due = 0 WHERE id = :id", id=mailed)
    assert stops(ground, tenant) == {}
