"""Steps of the main job that several journeys take."""

import re
from dataclasses import dataclass
from datetime import timedelta

from playwright.sync_api import expect

from tests.journeys.browser import Window
from tests.journeys.conftest import Product

PAY_LINK = re.compile(r"https?://\S+/pay/[\w-]+")


def to_a_working_morning(product: Product) -> None:
    """Ten in the morning of the next weekday, so that reminders may leave."""
    moment = product.vendors.now().replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=1)
    while moment.weekday() > 4:
        moment += timedelta(days=1)
    product.vendors.clock_to(moment)


@dataclass(frozen=True)
class Way:
    """A ledger's way in: its key and name, who signs in there, and what they connect."""

    key: str
    name: str
    person: str
    company: str


XERO = Way("xero", "Xero", "Olivia", "Harbour & Pine")
QUICKBOOKS = Way("quickbooks", "QuickBooks", "Dana", "Cedar & Hale")


def sign_in(product: Product, owner: Window, way: Way = XERO) -> None:
    """Through the vendor's own pages, and back."""
    owner.page.goto(f"{product.web_url}/")
    owner.press(f"Sign in with {way.name}")
    owner.page.get_by_role("button", name=way.person).click()
    allow = owner.page.get_by_role("button", name="Allow access")
    allow.click()
    owner.page.wait_for_url(f"{product.web_url}/connect")


def connect(product: Product, owner: Window, way: Way = XERO) -> None:
    """Consent, choose the organisation, and wait until it is read."""
    owner.press(f"Connect {way.name}")
    if owner.page.get_by_role("button", name=way.person).count():
        owner.page.get_by_role("button", name=way.person).click()
    owner.press("Allow access")
    owner.page.wait_for_url(f"{product.web_url}/connect/{way.key}/organisation")
    owner.press(f"Connect {way.company}")
    owner.page.wait_for_url(f"{product.web_url}/sync")
    owner.shows("customers and")
    product.wait_idle()


def take_cards(product: Product, owner: Window) -> None:
    """Open the card account and switch on where its money is booked."""
    owner.page.goto(f"{product.web_url}/settings")
    owner.press("Take card payments")
    owner.press("Finish")
    owner.page.wait_for_url(re.compile(re.escape(product.web_url) + "/settings.*"))
    owner.shows("Customers can pay by card.")
    owner.page.goto(f"{product.web_url}/settings/booking")
    owner.press("Use these accounts")
    owner.shows("Saved. Look at the entries of a sample payment")
    switches = owner.page.get_by_role("button", name="Switch booking on")
    for left in range(switches.count(), 0, -1):
        switches.first.click()
        expect(switches).to_have_count(left - 1)
    owner.shows("Booking is on")


def newest_link(product: Product) -> tuple[str, str]:
    """A pay link from the inbox, and the mail's subject."""
    for mail in product.vendors.inbox():
        found = PAY_LINK.search(str(mail["text"]))
        if found and "£" in str(mail["subject"]):
            return found[0], str(mail["subject"])
    raise AssertionError("no mail in the inbox has a pay link")
