"""Payouts and the balance through the adapter."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.kit.errors import Disconnected, Rejected, Retryable
from app.processors.base import EntryKind, PayoutState
from tests.processors.stripe.conftest import Shop


def pay_out(shop: Shop, **wishes: Any) -> str:
    [payout] = shop.on_account("payout", everything=True, **wishes)["payouts"]
    return str(payout["id"])


def test_the_lines_of_a_payout_come_to_its_amount_and_name_their_payments(shop: Shop) -> None:
    first, second = shop.paid("100.00"), shop.paid("30.00")
    shop.control(f"payments/{first}/refund", amount=1_000)
    shop.control(f"payments/{second}/dispute")
    shop.on_account("fee", amount=50, currency="gbp")
    payout = shop.processor.payout(shop.account, pay_out(shop))
    lines = list(shop.processor.payout_lines(shop.account, payout.external_id))
    assert sum(line.net for line in lines) == payout.amount
    assert {(line.kind, line.gross, line.payment_external_id) for line in lines} == {
        (EntryKind.CHARGE, Decimal("100.00"), first),
        (EntryKind.CHARGE, Decimal("30.00"), second),
        (EntryKind.REFUND, Decimal("-10.00"), first),
        (EntryKind.DISPUTE, Decimal("-30.00"), second),
        (EntryKind.FEE, Decimal("-0.50"), None),
    }


def test_more_lines_than_a_page_holds_all_come(shop: Shop) -> None:
    payment = shop.paid("500.00")
    for _ in range(102):
        shop.control(f"payments/{payment}/refund", amount=1)
    payout = shop.processor.payout(shop.account, pay_out(shop))
    lines = list(shop.processor.payout_lines(shop.account, payout.external_id))
    assert len({line.external_id for line in lines}) == 103
    assert sum(line.net for line in lines) == payout.amount


def test_a_payout_on_its_way_arrives_and_is_complete(shop: Shop) -> None:
    shop.paid()
    number = pay_out(shop)
    sent = shop.processor.payout(shop.account, number)
    assert (sent.state, sent.is_reconcilable, sent.bank_reference) == (PayoutState.PENDING, False, None)
    assert sent.arrives_on == (sent.created_at + timedelta(days=2)).date()
    shop.sandbox.advance(days=2, seconds=10)
    arrived = shop.processor.payout(shop.account, number)
    assert (arrived.state, arrived.is_reconcilable) == (PayoutState.PAID, True)
    assert arrived.bank_reference
    assert arrived.entry_external_id
    own = shop.processor.balance_entry(shop.account, arrived.entry_external_id)
    assert (own.kind, own.gross, own.source) == (EntryKind.PAYOUT, -arrived.amount, number)


def test_a_failed_payout_tells_why_and_goes_out_again_with_the_next(shop: Shop) -> None:
    shop.paid()
    first = pay_out(shop)
    shop.control(f"payouts/{first}/arrive")
    shop.control(f"payouts/{first}/fail", code="account_closed")
    failed = shop.processor.payout(shop.account, first)
    assert (failed.state, failed.failure) == (PayoutState.FAILED, "account_closed")
    assert failed.failure_entry_external_id
    again = shop.processor.payout(shop.account, pay_out(shop))
    assert again.amount == failed.amount
    [line] = shop.processor.payout_lines(shop.account, again.external_id)
    assert (line.kind, line.external_id) == (EntryKind.PAYOUT_FAILED, failed.failure_entry_external_id)


def test_payouts_since_a_moment_are_listed_newest_first(shop: Shop) -> None:
    since = shop.sandbox.now() - timedelta(minutes=1)
    numbers = []
    for _ in range(2):
        shop.paid()
        numbers.append(pay_out(shop))
    listed = shop.processor.payouts(shop.account, since=since)
    assert [payout.external_id for payout in listed] == numbers[::-1]
    later = shop.sandbox.now() + timedelta(minutes=1)
    assert list(shop.processor.payouts(shop.account, since=later)) == []


@pytest.mark.parametrize(("currency", "amount"), [("JPY", "5000"), ("KWD", "12.340")])
def test_a_payout_of_another_kind_of_currency_keeps_its_amount(
    shop: Shop, currency: str, amount: str
) -> None:
    shop.paid(amount, currency)
    payout = shop.processor.payout(shop.account, pay_out(shop))
    [line] = shop.processor.payout_lines(shop.account, payout.external_id)
    assert (line.gross, line.currency) == (Decimal(amount), currency)
    assert (payout.amount, payout.currency) == (line.net, currency)


def test_a_manual_payout_does_not_tell_its_lines(shop: Shop) -> None:
    shop.paid()
    payout = shop.processor.payout(shop.account, pay_out(shop, manual=True))
    assert (payout.is_automatic, payout.is_reconcilable) == (False, False)
    with pytest.raises(Rejected, match="not manual"):
        list(shop.processor.payout_lines(shop.account, payout.external_id))


def test_a_balance_in_another_currency_tells_its_rate(shop: Shop) -> None:
    shop.on_account("settle-in", currency="gbp", of="eur", rate="0.8555")
    payment = shop.paid("100.00", "EUR")
    [entry] = shop.processor.balance_entries(shop.account)
    assert (entry.gross, entry.currency, entry.exchange_rate) == (
        Decimal("85.55"),
        "GBP",
        Decimal("0.8555"),
    )
    assert entry.payment_external_id == payment
    facts = shop.processor.payment(shop.account, payment)
    assert (facts.amount, facts.currency, facts.fee_currency) == (Decimal("100.00"), "EUR", "GBP")


def test_entries_are_found_by_source_and_time(shop: Shop) -> None:
    first, second = shop.paid(), shop.paid()
    charge = shop.processor.payment(shop.account, second).charge_external_id
    entries = list(shop.processor.balance_entries(shop.account))
    assert [entry.payment_external_id for entry in entries] == [second, first]
    assert list(shop.processor.balance_entries(shop.account, source=charge)) == entries[:1]
    assert not entries[0].is_available
    shop.sandbox.advance(days=2)
    assert shop.processor.balance_entry(shop.account, entries[0].external_id).is_available
    assert list(shop.processor.balance_entries(shop.account, since=shop.sandbox.now())) == []


@pytest.mark.parametrize("fault", ["drop", "garbage", "503", "429"])
def test_lines_that_break_off_can_be_asked_again(shop: Shop, fault: str) -> None:
    shop.paid()
    number = pay_out(shop)
    shop.sandbox.fault("stripe", fault, match="GET /stripe/v1/balance_transactions", times=20, value=7)
    with pytest.raises(Retryable):
        list(shop.processor.payout_lines(shop.account, number))


def test_an_owner_who_throws_us_out_disconnects_everything(shop: Shop) -> None:
    shop.on_account("deauthorize")
    with pytest.raises(Disconnected):
        list(shop.processor.payouts(shop.account, since=shop.sandbox.now()))
    with pytest.raises(Disconnected):
        shop.processor.account(shop.account)
