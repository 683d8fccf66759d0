import requests

from tests.sandbox.client import SandboxClient
from tests.sandbox.stripe.conftest import MERCHANT, Shop


def submit(url: str, method: str, email: str = "payer@customer.example") -> requests.Response:
    fields = {"method": method, "email": email}
    return requests.post(url, data=fields, allow_redirects=False, timeout=60)


def test_the_page_says_who_is_paid_how_much_and_for_what(shop: Shop) -> None:
    page = requests.get(shop.checkout(123_450).url, timeout=60).text
    for shown in ("Tenant Ltd", "£1,234.50", "Invoice INV-9", "payer@customer.example", "DueMate sandbox"):
        assert shown in page


def test_hostile_words_are_shown_as_words(sandbox: SandboxClient, shop: Shop) -> None:
    account = shop.client.v2.core.accounts.create(MERCHANT | {"display_name": "<script>alert(1)</script>"})
    sandbox.control(f"stripe/accounts/{account.id}/complete")
    page = requests.get(Shop(sandbox, shop.client, account.id).checkout().url, timeout=60).text
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_paying_leads_to_the_success_url_with_the_session(shop: Shop) -> None:
    session = shop.checkout()
    answer = submit(session.url, "card", "somebody@else.example")
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"http://127.0.0.1:9/paid?session={session.id}"
    assert shop.session(session.id).customer_details.email == "somebody@else.example"


def test_a_declined_card_says_so_and_lets_the_payer_try_again(shop: Shop) -> None:
    session = shop.checkout()
    declined = submit(session.url, "card_declined")
    assert declined.status_code == 402
    assert "declined" in declined.text
    assert submit(session.url, "card").status_code == 303


def test_paying_twice_takes_money_once_and_says_it_is_done(shop: Shop) -> None:
    session = shop.checkout()
    assert submit(session.url, "card").status_code == 303
    again = submit(session.url, "card")
    assert again.status_code == 409
    assert "This checkout is done" in again.text
    assert len(shop.client.v1.charges.list(options=shop.on).data) == 1


def test_an_expired_checkout_says_so_plainly(shop: Shop) -> None:
    session = shop.checkout()
    shop.client.v1.checkout.sessions.expire(session.id, options=shop.on)
    page = requests.get(session.url, timeout=60)
    assert "This checkout has expired" in page.text
    assert "http://127.0.0.1:9/back" in page.text
    assert submit(session.url, "card").status_code == 409


def test_a_restricted_account_takes_nothing(sandbox: SandboxClient, shop: Shop) -> None:
    session = shop.checkout()
    sandbox.control(f"stripe/accounts/{shop.account}/card-payments", status="restricted")
    refused = submit(session.url, "card")
    assert refused.status_code == 409
    assert "cannot take payments at the moment" in refused.text


def test_bank_debit_is_offered_only_where_there_is_one(shop: Shop) -> None:
    pounds, yen = shop.checkout(5_000, "gbp"), shop.checkout(5_000, "jpy")
    assert "bank debit" in requests.get(pounds.url, timeout=60).text
    page = requests.get(yen.url, timeout=60).text
    assert "bank debit" not in page
    assert "¥5,000" in page
    assert submit(yen.url, "debit").status_code == 409


def test_a_checkout_that_never_was_is_not_found(sandbox: SandboxClient) -> None:
    assert sandbox.get("/stripe/checkout/cs_test_nothing").status_code == 404
