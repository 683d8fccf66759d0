from app.models import ProcessorAccountState
from app.payments.account_words import sentence_of
from app.processors.base import (
    AccountFacts,
    CapabilityFacts,
    CapabilityState,
    RequirementDeadline,
    RequirementFacts,
)

READY = AccountFacts("acct_1", ProcessorAccountState.READY, None)


def payouts(state: CapabilityState) -> CapabilityFacts:
    return CapabilityFacts("stripe_balance.payouts", state, (), owner_can_act=True)


def asked(deadline: RequirementDeadline, *, waits_for_owner: bool = True) -> RequirementFacts:
    return RequirementFacts("tax_id", deadline, waits_for_owner, ("card_payments",), ())


def facts(*parts: CapabilityFacts | RequirementFacts) -> AccountFacts:
    return AccountFacts(
        "acct_1",
        ProcessorAccountState.READY,
        None,
        capabilities=tuple(one for one in parts if isinstance(one, CapabilityFacts)),
        requirements=tuple(one for one in parts if isinstance(one, RequirementFacts)),
    )


def test_an_account_that_lacks_nothing_needs_no_words() -> None:
    assert sentence_of(READY) is None
    later = asked(RequirementDeadline.EVENTUALLY_DUE)
    with_stripe = asked(RequirementDeadline.PAST_DUE, waits_for_owner=False)
    assert sentence_of(facts(payouts(CapabilityState.ACTIVE), later, with_stripe)) is None


def test_what_is_asked_for_is_counted_and_says_how_pressing_it_is() -> None:
    due = asked(RequirementDeadline.CURRENTLY_DUE)
    assert "1 more detail of the business, and may stop" in str(sentence_of(facts(due)))
    late = sentence_of(facts(due, asked(RequirementDeadline.PAST_DUE)))
    assert "2 more details of the business, and the time for it is over" in str(late)


def test_payouts_on_hold_are_told_although_cards_are_taken() -> None:
    assert "does not pay out" in str(sentence_of(facts(payouts(CapabilityState.RESTRICTED))))
    assert "checking the bank account" in str(sentence_of(facts(payouts(CapabilityState.PENDING))))


def test_a_closed_account_asks_for_nothing_more() -> None:
    closed = AccountFacts(
        "acct_1",
        ProcessorAccountState.RESTRICTED,
        "The account at Stripe was closed.",
        requirements=(asked(RequirementDeadline.PAST_DUE),),
        is_closed=True,
    )
    assert sentence_of(closed) == "The account at Stripe was closed."
