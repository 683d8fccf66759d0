from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox.stripe.conftest import Shop


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_the_sums_are_right(shop: Shop, seed: int) -> None:
    ours = shop.paid(12_345)
    happened = shop.control(f"accounts/{shop.account}/storm", edits=300, seed=seed)
    assert set(happened) >= {"charge", "refund", "dispute", "pay_out"}
    assert min(happened[name] for name in ("charge", "refund", "dispute", "pay_out")) > 0
    assert shop.problems() == []
    shop.sandbox.advance(days=30)
    assert shop.problems() == []
    assert shop.charge_of(ours).amount == 12_345


def test_the_same_seed_is_the_same_storm(open_shop: Callable[[], Shop]) -> None:
    first, second = (
        shop.control(f"accounts/{shop.account}/storm", edits=100, seed=3)
        for shop in (open_shop(), open_shop())
    )
    assert first == second


def test_every_payout_of_a_storm_can_be_explained_by_its_lines(shop: Shop) -> None:
    shop.control(f"accounts/{shop.account}/storm", edits=100, seed=3)
    shop.sandbox.advance(days=30)
    payouts = shop.client.v1.payouts.list({"limit": 100}, options=shop.on).data
    assert payouts
    for payout in payouts:
        wanted: Any = {"payout": payout.id, "limit": 100}
        listed = shop.client.v1.balance_transactions.list(wanted, options=shop.on)
        lines = list(listed.auto_paging_iter())
        assert sum(line.net for line in lines) == 0
        assert sum(line.net for line in lines if line.source != payout.id) == payout.amount
