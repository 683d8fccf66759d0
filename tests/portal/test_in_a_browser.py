"""The pay page in a real browser: the button says what is ticked and typed, at a phone's width, without complaints."""

import threading
from collections.abc import Iterator
from decimal import Decimal

import pytest
from werkzeug.serving import make_server

from tests.journeys.browser import chromium, window
from tests.payments.business import Business, doors
from tests.portal.owing import owes_more, take_parts


@pytest.fixture
def address(business: Business) -> Iterator[str]:
    """Where the payer's pages answer."""
    server = make_server("127.0.0.1", 0, doors(business.ground), threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_button_follows_what_is_ticked_and_typed(business: Business, address: str) -> None:
    take_parts(business)
    customer, invoices = business.open_invoices(at_least=2)
    owes_more(business, customer, currency="EUR")
    total = sum(invoice.amount_due for invoice in invoices)
    first = invoices[0].amount_due
    with chromium() as browser, window(browser, width=360) as visitor:
        page = visitor.page
        page.goto(address + business.link(customer))
        pounds, euros = page.locator("form").nth(0), page.locator("form").nth(1)
        pay = pounds.get_by_role("button")
        assert pay.inner_text() == f"Pay £{total:,.2f}"
        assert euros.get_by_role("button").inner_text() == "Pay €9.00"
        pounds.locator("[data-part]").first.fill("1,000.5")
        assert pay.inner_text() == f"Pay £{total - first + Decimal('1000.50'):,.2f}"
        pounds.locator("[data-part]").first.fill("a lot")
        assert pay.inner_text().strip() == "Pay"
        for box in pounds.get_by_role("checkbox").all():
            box.uncheck()
        assert pay.is_disabled()
        assert euros.get_by_role("button").is_enabled()
        with business.unit() as session:
            session.merge(customer).country_code = "DE"
        page.goto(address + business.link(customer))
        pounds.locator("[data-part]").first.fill("1.000,5")
        written = f"{total - first + Decimal('1000.50'):,.2f}".translate(str.maketrans(".,", ",."))
        assert pay.inner_text() == f"{written}\u00a0£ bezahlen"
        pounds.locator("[data-part]").first.fill("1000.5")
        assert pay.inner_text().strip() == "bezahlen"
        assert visitor.fits()
        assert visitor.complaints == []
