"""The main job in a real browser: connect, confirm, remind, get paid, see it booked."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.journeys.browser import chromium, window
from tests.journeys.conftest import Product
from tests.journeys.steps import connect, newest_link, sign_in, take_cards, to_a_working_morning


@pytest.mark.timeout(600)
def test_from_signing_in_to_a_payment_in_the_books(product: Product) -> None:
    to_a_working_morning(product)
    with chromium() as browser, window(browser) as owner, window(browser, width=390, height=844) as payer:
        sign_in(product, owner)
        connect(product, owner)
        take_cards(product, owner)

        owner.go_to("Today")
        owner.shows("wait for your word")
        assert product.vendors.inbox() == []
        ticks = owner.page.locator("input[name=send]")
        shown = ticks.count()
        assert shown > 10
        ticks.first.uncheck()
        owner.press(f"Send {shown - 1} reminders")
        owner.shows("left out: their invoices are on hold")
        product.wait_idle()
        sent = len(product.vendors.inbox())
        assert 0 < sent <= shown - 1

        product.vendors.clock_to(product.vendors.now() + timedelta(days=1))
        product.wait_idle()

        link, _subject = newest_link(product)
        payer.page.goto(link)
        assert payer.fits()
        assert payer.page.context.cookies(product.web_url) == []
        payer.press("Pay £")
        payer.page.wait_for_url(f"{product.sandbox_url}/stripe/checkout/**")
        payer.press("Pay £")
        payer.page.wait_for_url(f"{product.web_url}/pay/**")
        product.wait_idle()
        product.vendors.clock_to(product.vendors.now() + timedelta(minutes=2))
        product.wait_idle()

        owner.go_to("Money")
        owner.shows("Card fee")
        row = owner.page.locator("tr[data-row]").first
        assert "Paid" in row.inner_text()
        assert "Planned" not in row.inner_text()
        row.locator("a[href^='/invoices/']").first.click()
        owner.shows("Payments in Xero")
        assert "£0.00" in owner.page.locator("dl.figures").inner_text()
        assert "Paid" in owner.page.locator("dl.facts").inner_text()

        payer.page.goto(link)
        payer.shows("paid")
        assert owner.complaints == []
        assert payer.complaints == []
    _judge_books(product)


def _judge_books(product: Product) -> None:
    """The stand-in's own books have the payment and the fee, each once."""
    books = product.vendors.ledger("xero")
    payments = [entry for entry in books["payments"] if "pi_" in entry["reference"]]
    fees = [entry for entry in books["bank_transactions"] if "pi_" in entry["reference"]]
    assert len(fees) == 1
    assert len(payments) >= 1
    paid = {entry["invoice_id"] for entry in payments}
    assert all(Decimal(invoice["amount_due"]) == 0 for invoice in books["invoices"] if invoice["id"] in paid)
