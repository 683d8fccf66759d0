"""The cadence's page in a real browser: variables are completed while typing, the preview follows, everything fits."""

import pytest
from flask import Flask

from tests.journeys.browser import Window, chromium
from tests.web.conftest import House
from tests.web.live import live


def _body(owner: Window) -> None:
    """The text of the first step, emptied and focused, its end in sight."""
    owner.page.locator("#step-0-body").fill("")
    owner.page.locator("#step-0-body").focus()


def _typed(owner: Window) -> str:
    return owner.page.locator("#step-0-body").input_value()


@pytest.mark.timeout(180)
@pytest.mark.parametrize("width", [1280, 360])
def test_a_variable_is_completed_and_the_preview_follows(app: Flask, house: House, width: int) -> None:
    with live(app, house.owner) as site, chromium() as browser, site.window(browser, width=width) as owner:
        owner.page.goto(f"{site.url}/cadence")
        assert owner.fits()
        _body(owner)
        keys = owner.page.keyboard

        keys.type("Dear {{ cust")
        assert _typed(owner) == "Dear {{ customer_name }}"
        keys.press("Tab")
        keys.type(", please pay {{ tot")
        assert _typed(owner) == "Dear {{ customer_name }}, please pay {{ total }}"
        keys.press("ArrowRight")
        keys.type(". {{ in")
        assert _typed(owner).endswith(". {{ in")
        keys.type("voice_n")
        assert _typed(owner).endswith("{{ invoice_numbers }}")
        keys.press("Backspace")
        assert _typed(owner).endswith("{{ invoice_n")
        keys.type("umbers }}")
        assert _typed(owner).endswith(". {{ invoice_numbers }}")

        owner.page.locator("#preview", has_text="please pay £").wait_for()
        assert owner.fits()
        assert owner.complaints == []


@pytest.mark.timeout(180)
@pytest.mark.parametrize("width", [1280, 360])
def test_an_escalation_goes_to_another_recipient_with_a_copy(app: Flask, house: House, width: int) -> None:
    with live(app, house.owner) as site, chromium() as browser, site.window(browser, width=width) as owner:
        owner.page.goto(f"{site.url}/cadence")
        owner.page.locator("#step-0-recipient_role").select_option(label="The owner or director")
        owner.page.locator("details[data-step='0'] details.more > summary").click()
        owner.page.locator("#step-0-cc").fill("ada@harbour.example, no address")
        owner.press("Save the cadence")
        owner.shows("is not a valid e-mail address")
        assert owner.fits()
        owner.complaints.clear()  # the browser itself notes the 422 of what was refused
        owner.page.locator("#step-0-cc").fill("ada@harbour.example")
        owner.press("Save the cadence")
        owner.shows("Saved.")
        assert owner.page.locator("#step-0-recipient_role").input_value() == "director"
        assert owner.page.locator("#step-0-cc").input_value() == "ada@harbour.example"
        assert owner.complaints == []
