"""The control page in a real browser, wide and on a phone."""

import pytest
from playwright.sync_api import expect

from tests.journeys.browser import chromium, window
from tests.sandbox.client import SandboxClient


@pytest.mark.parametrize("width", [1280, 360])
def test_both_ledgers_are_at_hand(sandbox: SandboxClient, width: int) -> None:
    with chromium() as browser, window(browser, width=width) as visitor:
        visitor.page.goto(f"{sandbox.url}/control/")
        visitor.page.get_by_role("link", name="QuickBooks", exact=True).click()
        visitor.shows("Ledger: Cedar & Hale Studio LLC")
        assert visitor.fits()
        visitor.press("Pay 1")
        said = visitor.page.get_by_role("status").filter(has_text="was paid in the ledger")
        expect(said).to_be_in_viewport()
        assert visitor.fits()
        visitor.page.get_by_role("link", name="Xero", exact=True).click()
        visitor.shows("Ledger: Harbour & Pine Studio Ltd")
        assert visitor.fits()
        assert visitor.complaints == []


def test_the_longest_and_oddest_names_fit_on_a_phone(sandbox: SandboxClient) -> None:
    sandbox.control("reset", company="awkward")
    with chromium() as browser, window(browser, width=360) as visitor:
        for words in ("AAAA", "script", "Long words", "override"):
            visitor.page.goto(f"{sandbox.url}/control/?ledger=quickbooks&q={words}")
            visitor.shows("1 open invoice with")
            assert visitor.fits(), words
        assert visitor.complaints == []
