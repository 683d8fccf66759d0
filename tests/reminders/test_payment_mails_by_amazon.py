"""What Amazon tells of a receipt: it arrived, it came back, it was not wanted, it left although the line was cut."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.kit.database import tenant_of
from app.kit.ground import Ground
from app.kit.settings import Settings
from app.models import (
    Checkout,
    CheckoutInvoice,
    CheckoutState,
    Customer,
    Invoice,
    InvoiceState,
    Payment,
    PaymentState,
    ProcessorAccount,
)
from app.payments.links import find_link, make_pay_link
from app.payments.receipts import ask_for_mails
from tests.reminders.by_amazon import ByAmazon, begin_by_amazon
from tests.sandbox.client import SandboxClient
from tests.sandbox.receiver import Receiver


@pytest.fixture
def amazon(
    make_settings: Callable[..., Settings],
    sandbox_ground: Ground,
    sandbox: SandboxClient,
    receiver: Receiver,
) -> Iterator[ByAmazon]:
    begun = begin_by_amazon(make_settings, sandbox_ground.settings, sandbox, receiver)
    yield begun
    receiver.forget()
    begun.ground.database.close()


def pay(amazon: ByAmazon) -> UUID:
    """A customer has paid a pound of an invoice, and no notice is wanted; the customer's id."""
    ground, now = amazon.ground, amazon.ground.clock.now()
    with ground.database.tenant(amazon.journey.tenant_id) as session:
        tenant_id = tenant_of(session)
        session.connection().exec_driver_sql("UPDATE tenant SET payment_notices = false")
        invoice, customer = (
            session.query(Invoice, Customer)
            .join(Customer, Customer.id == Invoice.customer_id)
            .filter(Invoice.state == InvoiceState.OPEN, Customer.emails_sealed.is_not(None))
            .order_by(Invoice.number)
            .limit(1)
            .one()
        )
        url = make_pay_link(
            session, ground, customer_id=customer.id, currency=invoice.currency, reminder_id=None, now=now
        )
        account = ProcessorAccount(
            tenant_id=tenant_id, processor="stripe", external_id="acct_1", events_since=now, created_at=now
        )
        session.add(account)
        session.flush()
    place = find_link(ground, url.rpartition("/")[2])
    assert place is not None
    with ground.database.tenant(amazon.journey.tenant_id) as session:
        _record(session, invoice, place.link_id, account.id, now)
    return UUID(str(customer.id))


def _record(session: Any, invoice: Invoice, link_id: UUID, account_id: UUID, now: Any) -> None:
    tenant_id, checkout_id, pound = invoice.tenant_id, uuid4(), Decimal(1)
    checkout = Checkout(
        tenant_id=tenant_id,
        id=checkout_id,
        pay_link_id=link_id,
        processor_account_id=account_id,
        currency=invoice.currency,
        amount=pound,
        state=CheckoutState.COMPLETE,
        created_at=now,
        expires_at=now,
    )
    session.add(checkout)
    session.flush()
    session.add(
        CheckoutInvoice(tenant_id=tenant_id, checkout_id=checkout_id, invoice_id=invoice.id, amount=pound)
    )
    payment = Payment(
        tenant_id=tenant_id,
        id=uuid4(),
        checkout_id=checkout_id,
        external_id="pi_1",
        currency=invoice.currency,
        amount=pound,
        state=PaymentState.SUCCEEDED,
        paid_at=now,
        created_at=now,
    )
    session.add(payment)
    session.flush()
    ask_for_mails(session, payment, now=now)


def receipt(amazon: ByAmazon) -> tuple[str, str | None]:
    [(state, delivery)] = amazon.journey.rows("SELECT state, delivery FROM payment_mail")
    return state, delivery


def test_a_receipt_that_arrived_is_known_as_such(amazon: ByAmazon) -> None:
    pay(amazon)
    amazon.journey.run()
    assert receipt(amazon) == ("sent", None)
    amazon.sandbox.advance(seconds=2)
    amazon.hear("delivery")
    assert receipt(amazon) == ("sent", "delivered")


def test_a_receipt_that_came_back_ends_mails_to_that_address(amazon: ByAmazon) -> None:
    amazon.sandbox.control("ses/fate", fate="gone")
    pay(amazon)
    amazon.journey.run()
    amazon.sandbox.advance(seconds=2)
    amazon.hear("permanent bounce")
    assert receipt(amazon) == ("sent", "bounced")
    assert amazon.count("bad_address", "mended_at IS NULL") == 1


def test_who_complains_of_a_receipt_gets_no_more_reminders(amazon: ByAmazon) -> None:
    amazon.sandbox.control("ses/fate", fate="complaint")
    customer_id = pay(amazon)
    amazon.journey.run()
    amazon.sandbox.advance(seconds=3702)
    amazon.hear("complaint")
    assert receipt(amazon) == ("sent", "complained")
    assert amazon.journey.rows("SELECT customer_id, source FROM opt_out") == [(customer_id, "complaint")]


def test_a_lost_answer_is_settled_by_what_amazon_tells(amazon: ByAmazon) -> None:
    amazon.sandbox.fault("ses", "drop")
    pay(amazon)
    amazon.journey.run()
    amazon.hear("send")
    assert receipt(amazon)[0] == "sent"
    assert amazon.count("payment_mail") == 1
