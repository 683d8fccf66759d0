"""An accountant's month: money comes, goes back, is corrected, reaches the bank and is compared."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from playwright.sync_api import Locator, expect

from app.kit.http import new_session
from tests.journeys.browser import Window
from tests.journeys.conftest import Product
from tests.journeys.steps import PAY_LINK, QUICKBOOKS, XERO, Way


@dataclass(frozen=True)
class Books:
    """A ledger whose month is closed, and how its company's own currency is written."""

    way: Way
    currency: str
    sign: str
    refunds: str
    """The account that refunds and lost chargebacks are booked against."""


AT_XERO = Books(XERO, "GBP", "£", "Sales")
AT_QUICKBOOKS = Books(QUICKBOOKS, "USD", "$", "Services")


def to_the_first_working_day_of_next_month(product: Product) -> date:
    """So that all that follows lies in one month, at an hour of work in London and New York; its first day."""
    first = first_of_next_month(product)
    moment = product.vendors.now().replace(
        year=first.year, month=first.month, day=1, hour=15, minute=0, second=0, microsecond=0
    )
    while moment.weekday() > 4:
        moment += timedelta(days=1)
    product.vendors.clock_to(moment)
    return first


def first_of_next_month(product: Product) -> date:
    """By the vendors' clock."""
    return (product.vendors.now().date().replace(day=28) + timedelta(days=4)).replace(day=1)


def later(product: Product, **time: float) -> None:
    """Time passes, and everything that waited for it is done."""
    product.wait_idle()
    product.vendors.clock_to(product.vendors.now() + timedelta(**time))
    product.wait_idle()


def set_up_card_payments(product: Product, owner: Window) -> None:
    """Stripe's own pages, found from the settings."""
    owner.go_to("Settings")
    owner.press("Take card payments")
    owner.press("Finish")
    owner.page.wait_for_url(re.compile(re.escape(product.web_url) + "/settings.*"))
    owner.shows("Customers can pay by card.")


def choose_accounts(owner: Window, books: Books) -> str:
    """Take what is suggested, and say what refunds are booked against; the name of the clearing account."""
    owner.page.get_by_role("link", name="Accounts, sample entries and the switch").click()
    owner.shows("The entries of a sample payment appear here")
    refunds = owner.page.locator(f"#refund-{books.currency}")
    refunds.select_option(refunds.locator("option", has_text=books.refunds).first.get_attribute("value"))
    clearing = owner.page.locator(f"#clearing-{books.currency} option:checked").inner_text()
    owner.press("Use these accounts")
    owner.shows("Saved. Look at the entries of a sample payment")
    return clearing


def look_at_the_sample(owner: Window, books: Books) -> None:
    """What a payment of 100 would become, before anything is booked."""
    sample = owner.page.locator(f"#sample-{books.currency}")
    expect(sample).to_contain_text("Nothing is booked yet.")
    for entry in ("Payment", "Card fee", "Refund", "Payout"):
        expect(sample.locator("tbody")).to_contain_text(entry)


def switch_on(owner: Window, books: Books) -> None:
    """From now on entries are made."""
    owner.press(f"Switch booking on for {books.currency}")
    owner.shows(f"Booking is on for {books.currency}.")
    expect(owner.page.locator(f"#sample-{books.currency}")).to_contain_text("Booked since")


def send_reminders(product: Product, owner: Window) -> None:
    """Confirm the list; customers have their links."""
    owner.go_to("Today")
    owner.shows("wait for your word")
    owner.press("Send ")
    owner.shows("confirmed. Each is checked")
    later(product, days=1)


def links(product: Product, books: Books) -> list[str]:
    """One pay link for each customer who owes the company's own currency, those who owe most first."""
    own = re.compile(rf"(?<![A-Z]){re.escape(books.sign)}[\d,]+(?:\.\d\d)?")  # not CA$
    owed: dict[str, tuple[Decimal, str]] = {}
    for mail in product.vendors.inbox():
        found, amount = PAY_LINK.search(str(mail["text"])), own.search(str(mail["subject"]))
        if found and amount:
            owed[str(mail["to"])] = (_decimal(amount[0].removeprefix(books.sign)), found[0])
    return [link for _, link in sorted(owed.values(), reverse=True)]


def pay(product: Product, payer: Window, link: str, books: Books) -> None:
    """All that is open, by card."""
    payer.page.goto(link)
    payer.press(f"Pay {books.sign}")
    payer.page.wait_for_url(f"{product.sandbox_url}/stripe/checkout/**")
    payer.press("Pay ")
    payer.page.wait_for_url(f"{product.web_url}/pay/**")
    later(product, minutes=2)


def newest_payment(owner: Window) -> str:
    """Open the page of the last payment; Stripe's number of it."""
    owner.go_to("Money")
    owner.page.locator("tr[data-row] a[href^='/money/payments/']").first.click()
    return owner.page.locator("code", has_text=re.compile("^pi_")).first.inner_text()


def refund(product: Product, owner: Window, amount: str) -> None:
    """Part of the payment whose page is open."""
    owner.page.get_by_role("link", name="Refund").click()
    owner.page.get_by_label("How much").fill(amount)
    owner.page.get_by_label("Why").fill("One of the boxes arrived broken")
    owner.press("See what will happen")
    owner.press("Give ")
    owner.shows("is on its way back to the customer")
    later(product, minutes=20)
    owner.page.reload()
    expect(entry(owner, "Refund")).to_contain_text("Booked")


def undo(product: Product, owner: Window, name: str) -> None:
    """Take an entry of the payment whose page is open back out of the ledger."""
    row = entry(owner, name)
    row.locator("summary", has_text="Undo").click()
    row.get_by_label("Why").fill("It belongs to another account")
    row.get_by_role("button", name="Undo this entry").click()
    owner.shows("The entry is being taken back out of the ledger.")
    product.wait_idle()
    owner.page.reload()
    expect(entry(owner, name)).to_contain_text("Undone because: It belongs to another account")


def entry(owner: Window, name: str) -> Locator:
    """The row of an entry on the page of its payment."""
    return owner.page.locator("tr[data-row]", has=owner.page.locator("td.main", has_text=name)).first


def lose_a_dispute(product: Product, payment: str) -> None:
    """The payer's bank takes the money back, and keeps it."""
    product.vendors.tell(f"/control/stripe/payments/{payment}/dispute", {"reason": "product_not_received"})
    later(product, minutes=20)
    [dispute] = at_stripe(product, "books")["disputes"]
    product.vendors.tell(f"/control/stripe/disputes/{dispute['id']}/decide", {"status": "lost"})
    later(product, minutes=20)


def pay_out(product: Product, books: Books) -> str:
    """Stripe sends what it holds to the bank, where it arrives; Stripe's number of it."""
    [account] = at_stripe(product, "books")["accounts"]
    wish = {"currency": books.currency.lower(), "everything": True}
    [payout] = product.vendors.tell(f"/control/stripe/accounts/{account['id']}/payout", wish)["payouts"]
    product.vendors.tell(f"/control/stripe/payouts/{payout['id']}/arrive", {})
    later(product, minutes=20)
    return str(payout["id"])


def at_stripe(product: Product, what: str) -> dict[str, Any]:
    """The stand-in's own books: `books` is every record, `ledger` what the judge makes of them."""
    with new_session() as session:
        answer = session.get(f"{product.sandbox_url}/control/stripe/{what}")
        answer.raise_for_status()
        return dict(answer.json())


def held_at_stripe(product: Product, books: Books) -> Decimal:
    """The balance of the business there."""
    judged = at_stripe(product, "ledger")
    assert judged["problems"] == []
    [account] = judged["accounts"]
    return Decimal(account["currencies"][books.currency.lower()]["balance"]) / 100


def held_in(product: Product, books: Books, account: str) -> Decimal:
    """What an account holds by the stand-in ledger's own books."""
    there = product.vendors.ledger(books.way.key)
    [identity] = [one["id"] for one in there["accounts"] if account.endswith(one["name"])]
    return Decimal(there["balances"][identity])


def _decimal(figure: str) -> Decimal:
    return Decimal(figure.replace(",", ""))
