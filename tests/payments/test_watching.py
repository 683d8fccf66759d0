"""What somebody deletes or changes of our entries in the ledger is a person's question: nothing books it by itself."""

from datetime import date, timedelta
from decimal import Decimal
from typing import cast

import pytest

from app.connectors.base import EntryKind, EntryNow
from app.connectors.registry import open_ledger
from app.models import WriteBack, WriteBackKind, WriteBackState
from app.payments.entry_kinds import ENTERED_AS
from app.payments.remedies import booked_by_hand, retry
from app.payments.touched_words import changed_words
from tests.payments.books_flow import again, entry, on_clearing
from tests.payments.business import Business, work_through
from tests.payments.money_flow import paid, sweep

_DAY = 86_400


@pytest.fixture(params=["xero", "quickbooks"])
def business(request: pytest.FixtureRequest) -> Business:
    """Books in either ledger."""
    name = {"xero": "business", "quickbooks": "american"}[request.param]
    return cast(Business, request.getfixturevalue(name))


def a_day_later(business: Business) -> None:
    business.sandbox.advance(seconds=_DAY)
    sweep(business)


def booked_fee(business: Business) -> WriteBack:
    """A fee that stands in the ledger, and was looked at."""
    paid(business)
    work_through(business)
    a_day_later(business)
    fee = entry(business, WriteBackKind.FEE)
    assert fee.state is WriteBackState.DONE, fee.reason
    return fee


def delete(business: Business, row: WriteBack) -> None:
    """Somebody deletes it in the ledger itself."""
    kind = EntryKind.DEPOSIT if row.fee_style == "deposit" else ENTERED_AS[row.kind]
    ledger = open_ledger(business.ground, row.tenant_id)
    ledger.take_back(kind, row.external_id or "", idempotency_key="by somebody else")


def test_a_deleted_fee_asks_once_and_is_booked_again_or_left_out_by_one_click(business: Business) -> None:
    fee, held = booked_fee(business), on_clearing(business)
    delete(business, fee)
    without = on_clearing(business)
    assert without != held
    a_day_later(business)
    asked = again(business, fee)
    assert asked.state is WriteBackState.PARKED
    assert "was deleted in the ledger" in (asked.reason or "")
    # Neither time nor another choice of accounts is a bookkeeper's word.
    business.choose_accounts()
    a_day_later(business)
    assert again(business, fee).state is WriteBackState.PARKED
    assert on_clearing(business) == without
    retry(business.ground, fee.tenant_id, fee.id)
    work_through(business)
    assert again(business, fee).state is WriteBackState.DONE
    assert on_clearing(business) == held
    delete(business, again(business, fee))
    a_day_later(business)
    booked_by_hand(business.ground, fee.tenant_id, fee.id)
    a_day_later(business)
    assert again(business, fee).state is WriteBackState.DONE
    assert on_clearing(business) == without


def test_one_that_was_moved_to_another_day_is_never_there_twice(business: Business) -> None:
    fee, held = booked_fee(business), on_clearing(business)
    elsewhere = fee.booked_on - timedelta(days=2)
    business.sandbox.control(f"{business.ledger}/entries/{fee.external_id}/move", date=elsewhere.isoformat())
    a_day_later(business)
    asked = again(business, fee)
    assert asked.state is WriteBackState.PARKED
    assert "was changed in the ledger" in (asked.reason or "")
    retry(business.ground, fee.tenant_id, fee.id)
    work_through(business)
    assert again(business, fee).state is WriteBackState.DONE
    assert on_clearing(business) == held


def test_the_words_tell_what_it_was_and_is() -> None:
    row = WriteBack(
        kind=WriteBackKind.TRANSFER, amount=Decimal("-12.30"), currency="GBP", booked_on=date(2026, 11, 3)
    )
    told = changed_words(row, EntryNow(Decimal("12.00"), date(2026, 11, 5)))
    assert told is not None
    assert "it was GBP 12.30 on 3 Nov 2026 and is GBP 12.00 on 5 Nov 2026 now" in told
    for same in (date(2026, 11, 3), None):
        assert changed_words(row, EntryNow(Decimal("12.3"), same)) is None
