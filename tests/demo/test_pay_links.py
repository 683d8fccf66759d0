"""Which links the demo's payers open."""

from typing import Any

from app.demo.pay_links import links_to_pay, pay_link


def mail(to: str, token: str, amount: str = "£10.00") -> dict[str, Any]:
    return {"to": [to], "text": f"Please pay {amount}:\nhttp://127.0.0.1:8400/pay/{token}\nThank you."}


def test_the_link_of_a_mail_is_found_whole() -> None:
    assert pay_link(mail("a@one.example", "a-B_9")) == "http://127.0.0.1:8400/pay/a-B_9"
    assert pay_link({"text": "Nothing to pay here: http://127.0.0.1:8400/"}) is None


def test_two_customers_pay_in_the_books_currency_and_one_in_euro() -> None:
    mails = [mail("b@one.example", "2"), mail("a@one.example", "1"), mail("c@one.example", "3", "€5.00")]
    assert links_to_pay(mails) == {
        "all that is open": "http://127.0.0.1:8400/pay/1",
        "one invoice": "http://127.0.0.1:8400/pay/2",
        "all that is open in euro": "http://127.0.0.1:8400/pay/3",
    }


def test_a_customer_s_newest_mail_counts() -> None:
    mails = [mail("a@one.example", "old"), mail("a@one.example", "new")]
    assert links_to_pay(mails) == {"all that is open": "http://127.0.0.1:8400/pay/new"}
