from decimal import Decimal

from app.models import PaymentState
from tests.payments.business import Business


def test_a_card_payment_arrives_in_the_ledger_with_fee_and_note(business: Business) -> None:
    customer, invoices = business.open_invoices(at_least=2)
    path = business.link(customer)
    business.pay(path)
    business.wait_for_webhook("checkout.session.completed")
    business.deliver()
    business.work()
    [payment] = business.payments()
    assert payment.state is PaymentState.SUCCEEDED
    assert payment.amount == sum(invoice.amount_due for invoice in invoices)
    business.sandbox.advance(seconds=120)
    business.wait_for_webhook("charge.updated")
    business.deliver()
    business.work()
    assert business.all_done(), business.states()
    books = business.books()
    assert sum(books.payments(payment.external_id)) == payment.amount
    assert books.fees(payment.external_id) == [business.payments()[0].fee]
    assert len(books.notes(payment.external_id)) == len(invoices)
    assert {books.due(invoice.number) for invoice in invoices} == {Decimal(0)}
