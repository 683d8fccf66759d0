"""What the pay page says when there is no paying by card, or the last try came to nothing."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from app.models import PaymentState, ProcessorAccountState
from app.payments import onboarding
from app.payments.account_tasks import look_at_accounts
from app.payments.accounts import card_account, takes_payments
from app.payments.links import LINK_LIFE
from app.payments.paying_rules import save_paying_rules
from app.payments.tasks import sweep_events
from tests.payments.business import Business
from tests.portal.owing import one_invoice

BANK = "Harbour Lane Joinery\nSort code 01-02-03\nAccount 12345678"


def account_of(business: Business) -> str:
    with business.unit() as session:
        row = card_account(session)
        assert row is not None
        assert row.external_id is not None
        return row.external_id


def tell_bank_details(business: Business) -> None:
    with business.unit() as session:
        save_paying_rules(
            session,
            business.ground.sealer(session),
            part_payments=False,
            least_part="10",
            payment_notices=True,
            details=BANK,
        )


def test_a_link_of_long_ago_shows_nothing_of_what_is_open(business: Business) -> None:
    path, _, invoice = one_invoice(business)
    assert invoice.number in business.client.get(path).text
    with business.unit() as session:
        past = business.ground.clock.now() - LINK_LIFE - timedelta(days=1)
        session.connection().exec_driver_sql("UPDATE pay_link SET created_at = %s", (past,))
    answer = business.client.get(path)
    assert answer.status_code == 410
    assert "This link has expired" in answer.text
    assert "latest message" in answer.text
    assert invoice.number not in answer.text
    assert business.press_pay(path, [f"{invoice.id}:{invoice.amount_due}"]).status_code == 410
    assert business.client.get(f"{path}/paid").status_code == 410


def test_bank_details_are_shown_only_while_cards_are_not_taken(business: Business) -> None:
    tell_bank_details(business)
    path, _, _ = one_invoice(business)
    assert "12345678" not in business.client.get(path).text
    business.sandbox.control(f"stripe/accounts/{account_of(business)}/card-payments", status="restricted")
    onboarding.refresh_account(business.ground, business.tenant.tenant_id)
    page = business.client.get(path).text
    assert "Card payment is not possible right now" in page
    assert "Account 12345678" in page
    assert "I have paid" in page
    assert "<button" not in page


def test_a_failed_debit_is_told_and_can_be_paid_again(business: Business) -> None:
    path, _, _ = one_invoice(business)
    business.pay(path, method="debit_fails")
    business.wait_for_webhook("payment_intent.processing")
    business.deliver()
    business.work()
    [payment] = business.payments()
    assert payment.state is PaymentState.PROCESSING
    business.sandbox.control(f"stripe/payments/{payment.external_id}/answer", outcome="failed")
    business.wait_for_webhook("payment_intent.payment_failed")
    business.deliver()
    business.work()
    page = business.client.get(path).text
    assert f"Your bank debit of £{payment.amount:,.2f} did not go through" in page
    assert "Pay <span data-total>" in page
    business.pay(path)
    business.wait_for_webhook("payment_intent.succeeded")
    business.deliver()
    business.work()
    assert "did not go through" not in business.client.get(path).text


def test_an_account_taken_from_us_closes_at_once_and_another_can_be_set_up(business: Business) -> None:
    path, _, invoice = one_invoice(business)
    old = account_of(business)
    business.sandbox.control(f"stripe/accounts/{old}/deauthorize")
    business.wait_for_webhook("account.application.deauthorized")
    business.deliver()
    business.work()
    assert "Card payment is not possible right now" in business.client.get(path).text
    with business.unit() as session:
        standing = onboarding.state(session, business.ground.settings)
        assert not takes_payments(session)
    assert (standing.state, standing.can_continue) == ("ended", True)
    assert "until another account is set up" in standing.sentence
    assert business.take_cards() != old
    assert business.press_pay(path, [f"{invoice.id}:{invoice.amount_due}"]).status_code == 303


@pytest.mark.parametrize("look", [look_at_accounts, sweep_events])
def test_without_a_webhook_a_look_of_our_own_ends_it(
    business: Business, look: Callable[[Session, datetime], None]
) -> None:
    business.sandbox.control(f"stripe/accounts/{account_of(business)}/deauthorize")
    with business.ground.database.platform() as session:
        look(session, business.ground.clock.now())
    business.work()
    with business.unit() as session:
        assert onboarding.state(session, business.ground.settings).state == "ended"


def test_an_account_that_was_closed_is_over_too(business: Business) -> None:
    business.sandbox.control(f"stripe/accounts/{account_of(business)}/close")
    onboarding.refresh_account(business.ground, business.tenant.tenant_id)
    with business.unit() as session:
        standing = onboarding.state(session, business.ground.settings)
        assert card_account(session) is None
    assert standing.state == "ended"
    assert "was closed" in standing.sentence


def test_what_stripe_asks_for_is_told_while_cards_still_work(business: Business) -> None:
    account = account_of(business)
    business.sandbox.control(
        f"stripe/accounts/{account}/requirement", name="tax_id", deadline="currently_due"
    )
    onboarding.refresh_account(business.ground, business.tenant.tenant_id)
    with business.unit() as session:
        standing = onboarding.state(session, business.ground.settings)
        row = card_account(session)
        assert row is not None
        assert row.state is ProcessorAccountState.READY
    assert "1 more detail" in standing.sentence
    assert standing.can_continue
