"""Letters are written ahead of their handing over, and only where that is safe and only one portion."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import text

from app.channels.base import Capabilities
from app.kit.ground import Ground
from app.reminders.portions import intended_portions
from tests.reminders.decided import claimed, fill

_COUNT, _AT_ONCE = 9, 2


@pytest.fixture
def scribe() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


def can(*, answers_lookup: bool) -> Capabilities:
    return Capabilities("sms", False, False, None, answers_lookup=answers_lookup, at_once=_AT_ONCE)


def written(ground: Ground, tenant: UUID, scribe: ThreadPoolExecutor) -> int:
    """How many messages are intended, once the scribe has done all that it was given."""
    scribe.submit(int).result()
    with ground.database.tenant(tenant) as session:
        return int(session.execute(text("SELECT count(*) FROM message")).scalar_one())


def test_one_portion_is_written_ahead_and_no_more(
    ground: Ground, tenant: UUID, scribe: ThreadPoolExecutor
) -> None:
    fill(ground, tenant, "sms", _COUNT)
    deliveries = claimed(ground, tenant, "sms")
    portions = intended_portions(ground, tenant, deliveries, can(answers_lookup=True), scribe=scribe)
    assert written(ground, tenant, scribe) == 0
    seen = [(len(portion.intended), written(ground, tenant, scribe)) for portion in portions]
    assert seen == [(4, 8), (4, 9), (1, 9)]


def test_nothing_is_written_ahead_where_nobody_can_be_asked_afterwards(
    ground: Ground, tenant: UUID, scribe: ThreadPoolExecutor
) -> None:
    fill(ground, tenant, "sms", 5)
    deliveries = claimed(ground, tenant, "sms")
    portions = intended_portions(ground, tenant, deliveries, can(answers_lookup=False), scribe=scribe)
    seen = [(len(portion.intended), written(ground, tenant, scribe)) for portion in portions]
    assert seen == [(2, 2), (2, 4), (1, 5)]


def test_every_message_is_written_once_and_in_the_order_given(
    ground: Ground, tenant: UUID, scribe: ThreadPoolExecutor
) -> None:
    fill(ground, tenant, "sms", _COUNT)
    deliveries = claimed(ground, tenant, "sms")
    portions = intended_portions(ground, tenant, deliveries, can(answers_lookup=True), scribe=scribe)
    assert [one.delivery for portion in portions for one in portion.intended] == deliveries
    with ground.database.tenant(tenant) as session:
        attempts = session.execute(text("SELECT count(DISTINCT reminder_id), count(*) FROM message")).one()
    assert tuple(attempts) == (_COUNT, _COUNT)
