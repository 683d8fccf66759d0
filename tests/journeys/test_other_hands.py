"""The same way with a keyboard only, on a narrow phone, and with scripts switched off."""

import pytest
from playwright.sync_api import Page

from tests.journeys.browser import chromium, window
from tests.journeys.conftest import Product
from tests.journeys.steps import QUICKBOOKS, connect, sign_in, to_a_working_morning

_PLACES = (
    "/today",
    "/invoices",
    "/cadence",
    "/cadences",
    "/messages",
    "/money",
    "/settings",
    "/organisations",
    "/sync",
)
_MOST_STEPS = 400


def tab_to(page: Page, words: str) -> None:
    """Press Tab until the focus is on something whose text holds these words, and see that it shows."""
    for _ in range(_MOST_STEPS):
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.textContent")
        if words in " ".join(focused.split()):
            assert page.evaluate("document.activeElement.matches(':focus-visible')")
            return
    raise AssertionError(f"Tab never came to {words!r}")


def enter(page: Page, words: str) -> None:
    """Go to something with Tab and press Enter, which leads to another page."""
    tab_to(page, words)
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.mark.timeout(600)
def test_from_signing_in_to_confirming_with_the_keyboard_alone(product: Product) -> None:
    to_a_working_morning(product)
    with chromium() as browser, window(browser) as owner:
        page = owner.page
        page.goto(f"{product.web_url}/sign-in")
        for words in ("Sign in with Xero", "Olivia", "Allow access", "Connect Xero"):
            enter(page, words)
        if page.get_by_role("button", name="Olivia").count():
            enter(page, "Olivia")
        enter(page, "Allow access")
        enter(page, "Connect Harbour & Pine")
        product.wait_idle()
        owner.shows("customers and")
        page.goto(f"{product.web_url}/today")

        page.keyboard.press("j")
        first = page.evaluate("document.activeElement.innerText")
        page.keyboard.press("j")
        assert page.evaluate("document.activeElement.innerText") != first
        page.keyboard.press("k")
        assert page.evaluate("document.activeElement.innerText") == first
        page.keyboard.press("Enter")
        page.wait_for_url(f"{product.web_url}/customers/**")
        page.goto(f"{product.web_url}/today")

        enter(page, "Send ")
        owner.shows("confirmed. Each is checked")
        page.goto(f"{product.web_url}/invoices")
        page.keyboard.press("/")
        page.keyboard.type("inv-")
        page.keyboard.press("Enter")
        page.wait_for_url("**q=inv-*")
        assert owner.complaints == []


@pytest.mark.timeout(600)
def test_on_a_narrow_phone_everything_fits_and_the_list_is_confirmed(product: Product) -> None:
    to_a_working_morning(product)
    with chromium() as browser, window(browser, width=360, height=740) as owner:
        sign_in(product, owner)
        connect(product, owner)
        for place in _PLACES:
            owner.page.goto(f"{product.web_url}{place}")
            assert owner.fits(), place
        owner.page.goto(f"{product.web_url}/invoices")
        owner.page.locator("tr[data-row] a").first.click()
        assert owner.fits()
        owner.go_to("Today")
        owner.press("Send ")
        owner.shows("confirmed. Each is checked")
        assert owner.complaints == []


@pytest.mark.timeout(600)
def test_without_any_script_the_list_is_read_and_confirmed(product: Product) -> None:
    to_a_working_morning(product)
    with chromium() as browser, window(browser, script=False) as owner:
        sign_in(product, owner)
        connect(product, owner)
        owner.page.goto(f"{product.web_url}/today")
        owner.press("Send ")
        owner.shows("confirmed. Each is checked")
        owner.page.goto(f"{product.web_url}/cadence")
        owner.page.locator("summary", has_text="30 days after due").click()
        owner.page.locator("details[open] button", has_text="Preview").last.click()
        owner.shows("Step 5, as")


@pytest.mark.timeout(600)
def test_at_quickbooks_on_a_narrow_phone_everything_fits_and_no_other_ledger_is_named(
    product: Product,
) -> None:
    to_a_working_morning(product)
    with chromium() as browser, window(browser, width=360, height=740) as owner:
        sign_in(product, owner, QUICKBOOKS)
        connect(product, owner, QUICKBOOKS)
        for place in _PLACES:
            owner.page.goto(f"{product.web_url}{place}")
            assert owner.fits(), place
            words = owner.page.locator("body").inner_text()
            assert "QuickBooks" in words, place
            assert "Xero" not in words, place
        owner.go_to("Today")
        owner.press("Send ")
        owner.shows("confirmed. Each is checked")
        assert owner.complaints == []
