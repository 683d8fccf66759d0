"""The surcharge in a real browser at a phone's width: its line and both totals follow what is ticked and typed."""

from decimal import Decimal

import pytest

from app.models import Tenant
from app.payments.paying_rules import BANK_DETAILS_COLUMN
from app.payments.surcharge import SurchargeTerms, surcharge_on
from app.payments.surcharge_rules import SurchargeWish, cost_of_cards, save_rule, switch_surcharge_on
from tests.journeys.browser import chromium, window
from tests.payments.business import Business
from tests.payments.money_flow import paid
from tests.portal.owing import take_parts
from tests.portal.test_in_a_browser import address

__all__ = ["address"]
WISH = SurchargeWish(Decimal("1.25"), Decimal("0.30"), Decimal(25), ("US-TX",), takes_debits=True)


@pytest.fixture
def texan(business: Business) -> Business:
    """A business in Texas that asks for a surcharge, takes parts and has told its bank details."""
    paid(business)
    take_parts(business)
    now = business.ground.clock.now()
    with business.unit() as session:
        tenant = session.query(Tenant).one()
        tenant.country_code, tenant.region = "US", "TX"
        tenant.bank_details_sealed = business.ground.sealer(session).seal(
            "Bank of Texas\nAccount 12345678", column=BANK_DETAILS_COLUMN, row=tenant.id
        )
        save_rule(session, "GBP", WISH, now=now)
        switch_surcharge_on(session, "GBP", affirmed=True, by=business.owner(), now=now)
    return business


def test_the_line_and_both_totals_follow_what_is_chosen(texan: Business, address: str) -> None:
    customer, invoices = texan.open_invoices(at_least=2)
    with texan.unit() as session:
        theirs = session.merge(customer)
        theirs.country_code, theirs.region = "US", "TX"
        cost = cost_of_cards(session, "GBP", now=texan.ground.clock.now())
    assert cost is not None
    terms = SurchargeTerms(
        "GBP", WISH.percent, WISH.fixed, WISH.maximum, min(cost, Decimal(3)), takes_debits=True
    )
    total = sum((invoice.amount_due for invoice in invoices), Decimal(0))
    rest = total - invoices[0].amount_due
    with chromium() as browser, window(browser, width=360) as visitor:
        page = visitor.page
        page.goto(address + texan.link(customer))
        form = page.locator("form").first
        for amount, typed in ((total, None), (rest + 1, "1.00"), (rest + Decimal("7.77"), "7.77")):
            if typed:
                form.locator("[data-part]").first.fill(typed)
            added = surcharge_on(amount, terms)
            assert form.locator("[data-surcharge]").inner_text() == f"£{added:,.2f}"
            card, debit = form.get_by_role("button").all()
            assert card.inner_text() == f"Pay £{amount + added:,.2f} by card"
            assert debit.inner_text() == f"Pay £{amount:,.2f} by bank debit, without surcharge"
        form.get_by_text("Pay by bank transfer, without surcharge").click()
        assert form.get_by_text("Account 12345678").is_visible()
        assert visitor.fits()
        assert visitor.complaints == []
        form.locator("[data-part]").first.fill(f"{invoices[0].amount_due:.2f}")
        card.click()
        page.wait_for_url("**/stripe/checkout/**")
        assert "Surcharge for paying by card" in page.content()
