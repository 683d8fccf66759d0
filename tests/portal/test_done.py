"""Coming back from the payment page proves nothing and records nothing: it tells what is known."""

import pytest

from app.models import Checkout, Payment, PaymentState
from tests.payments.business import Business
from tests.portal.owing import one_invoice


def done(business: Business, path: str) -> str:
    with business.unit() as session:
        checkout = session.query(Checkout).order_by(Checkout.created_at.desc()).first()
    assert checkout is not None
    return f"{path}/done?checkout={checkout.id}"


def test_coming_back_waits_for_the_card_company_and_records_nothing(business: Business) -> None:
    path, _, invoice = one_invoice(business)
    business.pay(path)
    back = business.client.get(done(business, path))
    assert "waiting for the card company" in back.text
    assert back.headers["Refresh"].startswith("5; url=/pay/")
    assert business.payments() == []
    business.wait_for_webhook("checkout.session.completed")
    business.deliver()
    business.work()
    back = business.client.get(done(business, path))
    assert f"£{invoice.amount_due:,.2f} is paid" in back.text
    assert "has been told" in back.text
    assert "Refresh" not in back.headers


@pytest.mark.parametrize(
    ("state", "words"),
    [(PaymentState.PROCESSING, "is on its way"), (PaymentState.FAILED, "Your bank refused")],
)
def test_coming_back_tells_what_is_known(business: Business, state: PaymentState, words: str) -> None:
    customer, _ = business.open_invoices()
    path = business.link(customer)
    business.press_pay(path)
    with business.unit() as session:
        checkout = session.query(Checkout).one()
        session.add(
            Payment(
                tenant_id=checkout.tenant_id,
                checkout_id=checkout.id,
                external_id="pi_1",
                currency=checkout.currency,
                amount=checkout.amount,
                state=state,
                created_at=business.ground.clock.now(),
            )
        )
    assert words in business.client.get(done(business, path)).text


def test_looking_again_ends_by_itself(business: Business) -> None:
    path, _, _ = one_invoice(business)
    business.press_pay(path)
    assert "Refresh" in business.client.get(done(business, path)).headers
    assert "Refresh" not in business.client.get(done(business, path) + "&looks=12").headers


def test_the_checkout_of_another_link_is_not_told(business: Business) -> None:
    customer, _ = business.open_invoices()
    path, other = business.link(customer), business.link(customer)
    business.press_pay(path)
    assert business.client.get(done(business, other)).status_code == 404
    assert business.client.get(f"{path}/done").status_code == 404
    assert business.client.get(f"{path}/done?checkout=x").status_code == 404
