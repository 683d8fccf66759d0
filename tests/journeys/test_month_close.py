"""An accountant closes the month: everything that can happen to money, and no difference in the end."""

import pytest
from playwright.sync_api import expect

from tests.journeys.browser import chromium, window
from tests.journeys.conftest import Product
from tests.journeys.month import (
    AT_QUICKBOOKS,
    AT_XERO,
    Books,
    choose_accounts,
    entry,
    first_of_next_month,
    held_at_stripe,
    held_in,
    later,
    links,
    look_at_the_sample,
    lose_a_dispute,
    newest_payment,
    pay,
    pay_out,
    refund,
    send_reminders,
    set_up_card_payments,
    switch_on,
    to_the_first_working_day_of_next_month,
    undo,
)
from tests.journeys.steps import connect, sign_in


@pytest.mark.timeout(600)
@pytest.mark.parametrize("books", [AT_XERO, AT_QUICKBOOKS], ids=["xero", "quickbooks"])
def test_the_month_is_closed_without_a_difference(product: Product, books: Books) -> None:
    month = to_the_first_working_day_of_next_month(product)
    with chromium() as browser, window(browser) as owner, window(browser, width=390, height=844) as payer:
        sign_in(product, owner, books.way)
        connect(product, owner, books.way)
        set_up_card_payments(product, owner)
        clearing = choose_accounts(owner, books)
        look_at_the_sample(owner, books)
        switch_on(owner, books)
        opening = held_in(product, books, clearing)
        send_reminders(product, owner)
        most, second, third = links(product, books)[:3]

        pay(product, payer, most, books)
        newest_payment(owner)
        expect(entry(owner, "Card fee")).to_contain_text("Booked")
        refund(product, owner, "7.50")

        pay(product, payer, third, books)
        lose_a_dispute(product, newest_payment(owner))
        owner.page.reload()
        owner.shows("Lost")
        payout = pay_out(product, books)

        pay(product, payer, second, books)
        newest_payment(owner)
        undo(product, owner, "Card fee")
        owner.go_to("Money")
        owner.page.get_by_role("link", name="Reconciliation").click()
        owner.shows("1 difference")
        owner.shows("Taken back out of")
        owner.press("Book again")
        product.wait_idle()

        later(product, days=(first_of_next_month(product) - product.vendors.now().date()).days)
        owner.page.goto(f"{product.web_url}/money")
        owner.page.get_by_role("link", name="Reconciliation").click()
        owner.page.get_by_role("link", name="Last month").click()
        assert owner.page.get_by_label("From").input_value() == month.isoformat()
        owner.shows("No difference")
        owner.shows(payout)
        assert owner.page.get_by_text("difference", exact=False).count() == 1
        assert owner.complaints == []
        assert payer.complaints == []
    assert held_at_stripe(product, books) > 0
    assert held_in(product, books, clearing) - opening == held_at_stripe(product, books)
