"""A payment is receipted to who paid and told to who is paid, once each, whatever is told how often."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.models import Customer, OptOut, PaymentMail, PaymentMailKind, PaymentMailState, Task, Tenant
from app.reminders.addresses import first_address
from app.reminders.consequences import keep_dead_address
from app.reminders.payment_mails import NO_ADDRESS, send_payment_mail
from app.tasks import kinds, lease
from app.tasks.lease import LeaseLost
from tests.payments.business import Business, settled
from tests.portal.owing import one_invoice
from tests.support.tasks import let_leases_run_out

RECEIPT, NOTICE = PaymentMailKind.RECEIPT, PaymentMailKind.NOTICE


def inbox(business: Business, subject: str = "") -> list[dict[str, Any]]:
    found = list(business.sandbox.get("/mail/api/messages").json())
    return [mail for mail in found if subject in mail["subject"]]


def mails(business: Business) -> dict[PaymentMailKind, PaymentMail]:
    with business.unit() as session:
        return {row.kind: row for row in session.scalars(select(PaymentMail))}


def states(business: Business) -> dict[PaymentMailKind, PaymentMailState]:
    return {kind: row.state for kind, row in mails(business).items()}


def test_the_payer_gets_a_receipt_and_the_business_a_notice(business: Business) -> None:
    [invoice] = settled(business)
    business.work()
    assert states(business) == {RECEIPT: PaymentMailState.SENT, NOTICE: PaymentMailState.SENT}
    [receipt] = inbox(business, "Receipt from")
    [notice] = inbox(business, "has paid")
    assert f"£{invoice.amount_due:,.2f}" in receipt["subject"]
    assert invoice.number in receipt["text"]
    assert receipt["to"] != notice["to"]


def test_hearing_of_it_again_sends_nothing_again(business: Business) -> None:
    settled(business)
    business.work()
    for _ in range(2):
        business.sandbox.control("stripe/webhooks/replay", times=2, shuffle=True, retold=True)
        business.deliver()
        business.work()
    assert len(inbox(business, "Receipt from")) == 1
    assert len(inbox(business, "has paid")) == 1


def test_who_wants_no_reminders_still_gets_receipts(business: Business) -> None:
    customer, _ = business.open_invoices()
    with business.unit() as session:
        session.add(
            OptOut(
                tenant_id=business.tenant.tenant_id,
                id=uuid4(),
                customer_id=customer.id,
                channel="email",
                source="page",
                created_at=business.ground.clock.now(),
            )
        )
    settled(business)
    business.work()
    assert len(inbox(business, "Receipt from")) == 1


def test_an_address_that_nothing_reaches_is_not_tried(business: Business) -> None:
    customer, _ = business.open_invoices()
    now = business.ground.clock.now()
    with business.unit() as session:
        address = first_address(business.ground.sealer(session), customer)
        assert address
        keep_dead_address(session, business.ground, customer.id, "email", address, code="5.1.1", now=now)
    settled(business)
    business.work()
    assert states(business)[RECEIPT] is PaymentMailState.SKIPPED
    assert mails(business)[RECEIPT].reason == NO_ADDRESS
    assert inbox(business, "Receipt from") == []


def test_notices_can_be_switched_off(business: Business) -> None:
    with business.unit() as session:
        session.query(Tenant).one().payment_notices = False
    settled(business)
    business.work()
    assert states(business) == {RECEIPT: PaymentMailState.SENT}


def test_a_mail_server_that_is_away_is_tried_again_later(business: Business) -> None:
    settled(business)
    business.sandbox.fault("mail", "451", match="DATA", times=20)
    business.work()
    assert states(business)[RECEIPT] is PaymentMailState.WAITING
    assert mails(business)[RECEIPT].reason
    business.sandbox.delete("/control/faults")
    business.sandbox.advance(seconds=900)
    business.work()
    assert states(business) == {RECEIPT: PaymentMailState.SENT, NOTICE: PaymentMailState.SENT}
    assert len(inbox(business, "Receipt from")) == 1


def test_a_lost_answer_is_settled_by_looking_never_by_sending_again(business: Business) -> None:
    settled(business)
    business.sandbox.fault("mail", "drop", times=2)
    business.work()
    assert set(states(business).values()) == {PaymentMailState.UNKNOWN}
    business.sandbox.advance(seconds=900)
    business.work()
    assert states(business) == {RECEIPT: PaymentMailState.SENT, NOTICE: PaymentMailState.SENT}
    assert len(inbox(business, "Receipt from")) == 1
    assert len(inbox(business, "has paid")) == 1


def test_a_worker_that_slept_through_its_lease_sends_no_second_receipt(business: Business) -> None:
    ground, tenant_id = business.ground, business.tenant.tenant_id
    settled(business)
    business.sandbox.fault("mail", "451", match="DATA", times=20)
    business.work()
    business.sandbox.delete("/control/faults")
    business.sandbox.advance(seconds=900)
    row = mails(business)[RECEIPT]
    with ground.database.platform() as session:
        task_id = session.scalars(
            select(Task.id).where(Task.kind == kinds.PAYMENT_MAIL, Task.subject_id == row.id)
        ).one()
        assert lease.claim(session, task_id, owner="asleep", now=ground.clock.now())

    def wake_up() -> None:
        let_leases_run_out(ground)
        business.work()
        with ground.database.platform() as session:
            lease.renew(session, task_id, owner="asleep")

    with pytest.raises(LeaseLost):
        send_payment_mail(ground, tenant_id, row.id, renew=wake_up)
    assert len(inbox(business, "Receipt from")) == 1
    assert states(business)[RECEIPT] is PaymentMailState.SENT


def test_a_failed_debit_is_told_to_both_sides_once(business: Business) -> None:
    path, _, _ = one_invoice(business)
    business.pay(path, method="debit_fails")
    business.wait_for_webhook("payment_intent.processing")
    business.deliver()
    business.work()
    assert states(business) == {}
    [payment] = business.payments()
    business.sandbox.control(f"stripe/payments/{payment.external_id}/answer", outcome="failed")
    business.wait_for_webhook("payment_intent.payment_failed")
    for _ in range(2):
        business.deliver()
        business.work()
    [told] = inbox(business, "Your bank debit of")
    [notice] = inbox(business, "The bank debit of")
    assert "did not go through" in told["subject"]
    link = told["text"].split("See what is open: ")[1].split()[0]
    assert "did not go through" in business.client.get("/pay/" + link.rpartition("/")[2]).text
    assert "go on by their cadence" in notice["text"]


def test_a_payer_abroad_gets_the_receipt_in_their_language_and_the_business_its_notice_in_english(
    business: Business,
) -> None:
    customer, _ = business.open_invoices()
    with business.unit() as session:
        session.get_one(Customer, (business.tenant.tenant_id, customer.id)).country_code = "DE"
    [invoice] = settled(business)
    business.work()
    [receipt] = inbox(business, "Zahlungsbestätigung von")
    [notice] = inbox(business, "has paid")
    assert f"Rechnung {invoice.number}: " in receipt["text"]
    assert "Money shows how the payment stands" in notice["text"]
