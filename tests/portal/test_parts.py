"""Paying part of an invoice: only where the business lets it, for exactly what was typed, and the rest stays open."""

from decimal import Decimal

from werkzeug.test import TestResponse

from app.models import Invoice, PaymentState
from tests.payments.business import Business, work_through
from tests.portal.owing import one_invoice, take_parts


def press(business: Business, path: str, invoice: Invoice, typed: str) -> TestResponse:
    form = {"invoice": f"{invoice.id}:{invoice.amount_due}", f"part-{invoice.id}": typed}
    return business.client.post(path, data=form)


def sessions(business: Business) -> list[int]:
    return [row["amount_total"] for row in business.sandbox.get("/control/stripe/books").json()["sessions"]]


def test_without_leave_no_amount_can_be_typed_and_none_is_taken(business: Business) -> None:
    path, _, invoice = one_invoice(business)
    assert "data-part" not in business.client.get(path).text
    answer = press(business, path, invoice, "1.00")
    assert answer.status_code == 422
    assert "Parts of an invoice cannot be paid here" in answer.text
    assert sessions(business) == []


def test_a_part_is_paid_and_booked_and_the_rest_stays_open(business: Business) -> None:
    take_parts(business)
    path, _, invoice = one_invoice(business)
    assert "data-part" in business.client.get(path).text
    part = (invoice.amount_due / 4).quantize(Decimal("0.01"))
    session = business.session_of(press(business, path, invoice, f"{part}"))
    assert sessions(business) == [int(part * 100)]
    business.pay_at_stripe(session)
    business.wait_for_webhook("checkout.session.completed")
    business.deliver()
    work_through(business)
    [payment] = business.payments()
    assert (payment.state, payment.amount) == (PaymentState.SUCCEEDED, part)
    rest = invoice.amount_due - part
    assert business.books().due(invoice.number) == rest
    assert f"£{rest:,.2f}" in business.client.get(path).text


def test_a_wrong_amount_is_explained_beside_it_and_stays_as_it_was_typed(business: Business) -> None:
    take_parts(business, least_part=50)
    path, _, invoice = one_invoice(business)
    for typed, said in (
        ("1.00", "Pay at least"),
        ("9999999", "more than is open"),
        ("a lot", "Write an amount"),
    ):
        answer = press(business, path, invoice, typed)
        assert answer.status_code == 422
        assert said in answer.text
        assert f'value="{typed}"' in answer.text
        assert 'aria-invalid="true"' in answer.text
    assert sessions(business) == []


def test_another_part_closes_the_page_for_the_first(business: Business) -> None:
    take_parts(business)
    path, _, invoice = one_invoice(business)
    half, third = (f"{invoice.amount_due / by:.2f}" for by in (2, 3))
    press(business, path, invoice, half)
    press(business, path, invoice, third)
    rows = business.sandbox.get("/control/stripe/books").json()["sessions"]
    assert sorted(row["status"] for row in rows) == ["expired", "open"]


def test_while_a_part_is_on_its_way_the_invoice_is_not_offered(business: Business) -> None:
    take_parts(business)
    path, _, invoice = one_invoice(business)
    half, third = (f"{invoice.amount_due / by:.2f}" for by in (2, 3))
    business.pay_at_stripe(business.session_of(press(business, path, invoice, half)), "debit")
    assert press(business, path, invoice, third).status_code == 409
    business.wait_for_webhook("payment_intent.processing")
    business.deliver()
    business.work()
    assert "is being processed" in business.client.get(path).text
    assert len(sessions(business)) == 1
