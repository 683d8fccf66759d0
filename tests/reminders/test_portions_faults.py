"""What happens to a portion when the database fails while its messages are written down."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import text

from app.channels.base import Capabilities
from app.kit.errors import Retryable
from app.kit.ground import Ground
from app.reminders.deliveries import Delivery
from app.reminders.portions import intended_portions
from tests.reminders.decided import claimed, fill
from tests.reminders.tables import standing
from tests.reminders.written_down import meet

# Portions of four: the second one holds the fifth to the eighth.
_COUNT = 9
_CAN = Capabilities("sms", False, False, None, answers_lookup=True, at_once=2)


@pytest.fixture
def scribe() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


@pytest.fixture
def due(ground: Ground, tenant: UUID) -> list[Delivery]:
    """Claimed, decided, about to be written down."""
    fill(ground, tenant, "sms", _COUNT)
    return claimed(ground, tenant, "sms")


def left_without(ground: Ground, tenant: UUID) -> int:
    """Reminders that are claimed and have no message: they are planned again when their leases are over."""
    with ground.database.tenant(tenant) as session:
        return int(
            session.execute(
                text(
                    "SELECT count(*) FROM reminder r WHERE r.state = 'sending' AND r.lease_until IS NOT NULL "
                    "AND NOT EXISTS (SELECT FROM message m WHERE m.reminder_id = r.id)"
                )
            ).scalar_one()
        )


@pytest.mark.parametrize("fault", ["disk full", "connection lost"])
def test_a_fault_that_passes_costs_nobody_their_reminder(
    ground: Ground, tenant: UUID, scribe: ThreadPoolExecutor, admin_url: str, due: list[Delivery], fault: str
) -> None:
    meet(admin_url, fault, times=1)
    portions = intended_portions(ground, tenant, due, _CAN, scribe=scribe)
    assert [one.delivery for portion in portions for one in portion.intended] == due
    assert standing(ground, tenant) == [("sending", "")] * _COUNT


def test_a_fault_that_stays_is_the_task_s_and_nothing_is_taken_for_broken_or_written_behind_it(
    ground: Ground, tenant: UUID, scribe: ThreadPoolExecutor, admin_url: str, due: list[Delivery]
) -> None:
    meet(admin_url, "disk full", customer=due[5].case.customer_name)
    portions = intended_portions(ground, tenant, due, _CAN, scribe=scribe)
    assert [one.delivery for one in next(portions).intended] == due[:4]
    with pytest.raises(Retryable, match="database"):
        next(portions)
    scribe.submit(int).result()
    assert standing(ground, tenant) == [("sending", "")] * _COUNT
    assert left_without(ground, tenant) == _COUNT - 4


def test_what_its_own_content_breaks_is_held_and_costs_only_itself(
    ground: Ground, tenant: UUID, scribe: ThreadPoolExecutor, admin_url: str, due: list[Delivery]
) -> None:
    meet(admin_url, "content refused", customer=due[5].case.customer_name)
    portions = intended_portions(ground, tenant, due, _CAN, scribe=scribe)
    assert [one.delivery for portion in portions for one in portion.intended] == due[:5] + due[6:]
    assert standing(ground, tenant) == [("held", "broken")] + [("sending", "")] * (_COUNT - 1)
    assert left_without(ground, tenant) == 0


def test_beside_a_broken_one_a_fault_that_stays_puts_off_only_whom_it_meets(
    ground: Ground, tenant: UUID, scribe: ThreadPoolExecutor, admin_url: str, due: list[Delivery]
) -> None:
    meet(admin_url, "content refused", customer=due[4].case.customer_name)
    meet(admin_url, "disk full", customer=due[5].case.customer_name)
    portions = intended_portions(ground, tenant, due, _CAN, scribe=scribe)
    assert [one.delivery for portion in portions for one in portion.intended] == due[:4] + due[6:]
    assert standing(ground, tenant) == [("held", "broken")] + [("sending", "")] * (_COUNT - 1)
    assert left_without(ground, tenant) == 1
