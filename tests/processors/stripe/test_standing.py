"""How an account stands, through the adapter."""

from app.models import ProcessorAccountState
from app.processors.base import AccountFacts, CapabilityFacts, CapabilityState, RequirementDeadline
from tests.processors.stripe.conftest import Shop


def capability(facts: AccountFacts, name: str) -> CapabilityFacts:
    return next(one for one in facts.capabilities if one.name == name)


def test_an_active_account_has_nothing_against_it(shop: Shop) -> None:
    facts = shop.processor.account(shop.account)
    assert (facts.state, facts.disabled_reason) == (ProcessorAccountState.READY, None)
    assert (facts.requirements, facts.is_closed) == ((), False)
    assert {(one.name, one.state) for one in facts.capabilities} == {
        ("card_payments", CapabilityState.ACTIVE),
        ("stripe_balance.payouts", CapabilityState.ACTIVE),
    }


def test_payouts_that_are_stopped_leave_the_account_ready(shop: Shop) -> None:
    shop.on_account("capability", capability="stripe_balance.payouts", status="restricted")
    facts = shop.processor.account(shop.account)
    assert facts.state is ProcessorAccountState.READY
    stopped = capability(facts, "stripe_balance.payouts")
    assert (stopped.state, stopped.owner_can_act) == (CapabilityState.RESTRICTED, True)
    assert stopped.reasons == ("requirements_past_due",)


def test_a_requirement_tells_how_pressing_it_is_and_what_is_lost_without_it(shop: Shop) -> None:
    shop.on_account("requirement", name="representative.id", deadline="eventually_due", awaiting="stripe")
    [asked] = shop.processor.account(shop.account).requirements
    assert (asked.name, asked.deadline) == ("representative.id", RequirementDeadline.EVENTUALLY_DUE)
    assert (asked.waits_for_owner, asked.restricts, asked.problems) == (False, ("card_payments",), ())
    shop.on_account("requirement", name="representative.id", deadline="past_due", problem="expired")
    facts = shop.processor.account(shop.account)
    assert (facts.state, facts.disabled_reason) == (
        ProcessorAccountState.RESTRICTED,
        "requirements_past_due",
    )
    pressing = next(one for one in facts.requirements if one.name == "representative.id")
    assert (pressing.deadline, pressing.problems) == (RequirementDeadline.PAST_DUE, ("expired",))


def test_a_rejected_business_cannot_help_itself(shop: Shop) -> None:
    shop.on_account("card-payments", status="rejected")
    facts = shop.processor.account(shop.account)
    assert not capability(facts, "card_payments").owner_can_act
    assert facts.disabled_reason == "rejected_other"
    assert "support" in (facts.reason or "")


def test_an_account_under_review_is_still_onboarding(shop: Shop) -> None:
    shop.on_account("card-payments", status="pending")
    facts = shop.processor.account(shop.account)
    assert (facts.state, facts.disabled_reason) == (ProcessorAccountState.ONBOARDING, "determining_status")


def test_a_closed_account_is_told_as_closed(shop: Shop) -> None:
    shop.on_account("close")
    facts = shop.processor.account(shop.account)
    assert (facts.state, facts.is_closed, facts.disabled_reason) == (
        ProcessorAccountState.RESTRICTED,
        True,
        "closed",
    )
    assert "closed" in (facts.reason or "")
