from uuid import uuid4

import pytest

from app.kit.errors import NotFound, OutcomeUnknown, Rejected
from app.kit.ground import Ground
from app.models import ProcessorAccountState
from app.payments import onboarding
from app.payments.accounts import takes_payments
from app.payments.onboarding import next_state
from app.processors.base import AccountFacts
from tests.connectors.consent import connect
from tests.payments.business import Business
from tests.sandbox.client import SandboxClient
from tests.sandbox.receiver import Receiver

READY, ONBOARDING, RESTRICTED = (
    ProcessorAccountState.READY,
    ProcessorAccountState.ONBOARDING,
    ProcessorAccountState.RESTRICTED,
)


@pytest.fixture
def newcomer(sandbox_ground: Ground, sandbox: SandboxClient, receiver: Receiver) -> Business:
    """Connected to the ledger, nothing else."""
    return Business(sandbox_ground, sandbox, receiver, connect(sandbox_ground))


def begin(business: Business) -> str:
    return onboarding.start(business.ground, business.tenant.tenant_id, user_id=business.owner())


def standing(business: Business) -> onboarding.CardPayments:
    with business.unit() as session:
        return onboarding.state(session, business.ground.settings)


def accounts_at_stripe(business: Business) -> int:
    return len(business.sandbox.get("/control/stripe/books").json()["accounts"])


def test_from_nothing_to_ready(newcomer: Business) -> None:
    assert standing(newcomer).state == "off"
    assert "/stripe/onboarding/" in begin(newcomer)
    assert standing(newcomer).state == "onboarding"
    with newcomer.unit() as session:
        assert not takes_payments(session)
    newcomer.sandbox.control(f"stripe/accounts/{standing(newcomer).account}/complete")
    assert standing(newcomer).state == "onboarding"
    onboarding.refresh_account(newcomer.ground, newcomer.tenant.tenant_id)
    assert standing(newcomer).state == "ready"
    with newcomer.unit() as session:
        assert takes_payments(session)


def test_the_webhook_of_the_account_makes_it_ready_without_anybody_returning(newcomer: Business) -> None:
    begin(newcomer)
    newcomer.sandbox.control(f"stripe/accounts/{standing(newcomer).account}/complete")
    newcomer.wait_for_webhook("v2.core.account[configuration.merchant].capability_status_updated")
    newcomer.deliver()
    newcomer.work()
    assert standing(newcomer).state == "ready"


def test_starting_again_goes_on_with_the_same_account(newcomer: Business) -> None:
    assert begin(newcomer) != begin(newcomer)
    assert accounts_at_stripe(newcomer) == 1
    assert "/stripe/onboarding/" in onboarding.refresh(newcomer.ground, newcomer.tenant.tenant_id)


def test_a_lost_answer_does_not_make_a_second_account(newcomer: Business) -> None:
    newcomer.sandbox.fault("stripe", "drop", match="POST /stripe/v2/core/accounts", times=20)
    with pytest.raises(OutcomeUnknown):
        begin(newcomer)
    assert standing(newcomer).state == "off"
    newcomer.sandbox.delete("/control/faults")
    begin(newcomer)
    assert accounts_at_stripe(newcomer) == 1


def test_a_page_for_an_account_that_was_never_started_is_not_found(newcomer: Business) -> None:
    with pytest.raises(NotFound):
        onboarding.refresh(newcomer.ground, newcomer.tenant.tenant_id)
    onboarding.refresh_account(newcomer.ground, newcomer.tenant.tenant_id)
    assert standing(newcomer).state == "off"


def test_a_user_who_is_gone_cannot_start(newcomer: Business) -> None:
    with pytest.raises(Rejected, match="sign in again"):
        onboarding.start(newcomer.ground, newcomer.tenant.tenant_id, user_id=uuid4())


def test_an_account_that_lost_its_right_is_told_with_its_reason(business: Business) -> None:
    account = standing(business).account
    business.sandbox.control(f"stripe/accounts/{account}/card-payments", status="restricted")
    onboarding.refresh_account(business.ground, business.tenant.tenant_id)
    assert standing(business).state == "restricted"
    assert "more details" in standing(business).sentence
    assert standing(business).can_continue


@pytest.mark.parametrize(
    ("before", "told", "after"),
    [
        (ONBOARDING, RESTRICTED, ONBOARDING),
        (ONBOARDING, READY, READY),
        (READY, RESTRICTED, RESTRICTED),
        (RESTRICTED, READY, READY),
        (READY, ONBOARDING, ONBOARDING),
    ],
)
def test_an_account_that_never_was_ready_is_still_being_set_up(
    before: ProcessorAccountState, told: ProcessorAccountState, after: ProcessorAccountState
) -> None:
    assert next_state(before, AccountFacts("acct_1", told, None)) is after
