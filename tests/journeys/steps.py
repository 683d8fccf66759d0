"""Steps of the main job that several journeys take."""

import re
from datetime import timedelta

from tests.journeys.browser import Window
from tests.journeys.conftest import Product

PAY_LINK = re.compile(r"https?://\S+/pay/[\w-]+")


def to_a_working_morning(product: Product) -> None:
    """Ten in the morning of the next weekday, so that reminders may leave."""
    moment = product.vendors.now().replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=1)
    while moment.weekday() > 4:
        moment += timedelta(days=1)
    product.vendors.clock_to(moment)


def sign_in(product: Product, owner: Window) -> None:
    """Through the vendor's own pages, and back."""
    owner.page.goto(f"{product.web_url}/")
    owner.press("Sign in with Xero")
    owner.page.get_by_role("button", name="Olivia").click()
    allow = owner.page.get_by_role("button", name="Allow access")
    allow.click()
    owner.page.wait_for_url(f"{product.web_url}/connect")


def connect(product: Product, owner: Window) -> None:
    """Consent, choose the organisation, and wait until it is read."""
    owner.press("Connect Xero")
    if owner.page.get_by_role("button", name="Olivia").count():
        owner.page.get_by_role("button", name="Olivia").click()
    owner.press("Allow access")
    owner.page.wait_for_url(f"{product.web_url}/connect/xero/organisation")
    owner.press("Connect Harbour & Pine")
    owner.page.wait_for_url(f"{product.web_url}/sync")
    owner.shows("customers and")
    product.wait_idle()


def take_cards(product: Product, owner: Window) -> None:
    """Open the card account and say where its money is booked."""
    owner.page.goto(f"{product.web_url}/settings")
    owner.press("Take card payments")
    owner.press("Finish")
    owner.page.wait_for_url(re.compile(re.escape(product.web_url) + "/settings.*"))
    owner.shows("Customers can pay by card.")
    owner.press("Use these accounts")
    owner.shows("Saved. Payments are booked to these accounts.")


def newest_link(product: Product) -> tuple[str, str]:
    """A pay link from the inbox, and the mail's subject."""
    for mail in product.vendors.inbox():
        found = PAY_LINK.search(str(mail["text"]))
        if found and "£" in str(mail["subject"]):
            return found[0], str(mail["subject"])
    raise AssertionError("no mail in the inbox has a pay link")
