"""What the sweep hears of an account's money."""

from datetime import timedelta
from itertools import pairwise

import stripe

from app.processors.stripe.client import API_VERSION
from app.processors.stripe.notices import notice
from tests.processors.stripe.conftest import Shop


def test_every_kind_of_news_about_money_is_listed_newest_first(shop: Shop) -> None:
    since = shop.sandbox.now() - timedelta(minutes=1)
    refunded, disputed = shop.paid(), shop.paid()
    refund = shop.control(f"payments/{refunded}/refund", amount=100)["id"]
    dispute = shop.control(f"payments/{disputed}/dispute", amount=100)["id"]
    payout = shop.on_account("payout", everything=True)["payouts"][0]["id"]
    shop.sandbox.advance(days=3)
    events = list(shop.processor.events(shop.account, since=since))
    assert {(event.kind, event.record) for event in events} >= {
        ("payment", refunded),
        ("refund", refund),
        ("dispute", dispute),
        ("payout", payout),
    }
    assert "other" not in {event.kind for event in events}
    assert all(newer.created_at >= older.created_at for newer, older in pairwise(events))


def test_news_over_several_pages_come_once_each(shop: Shop) -> None:
    since = shop.sandbox.now() - timedelta(minutes=1)
    payment = shop.paid()
    for _ in range(110):
        shop.control(f"payments/{payment}/refund", amount=1)
    events = [event.external_id for event in shop.processor.events(shop.account, since=since)]
    assert len(events) == len(set(events)) > 220


def test_a_balance_goes_by_its_accounts_id() -> None:
    event = {
        "object": "event",
        "id": "evt_1",
        "account": "acct_1",
        "type": "balance.available",
        "data": {"object": {"object": "balance", "available": []}},
        "created": 1_800_000_000,
        "livemode": False,
    }
    told = notice(event)
    assert (told.kind, told.record, told.account) == ("balance", "acct_1", "acct_1")


def test_the_version_we_read_is_the_one_the_library_writes() -> None:
    assert stripe.api_version == API_VERSION
