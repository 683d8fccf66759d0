"""How a card account stands, in sentences for its owner. Pure."""

from app.models import ProcessorAccountState
from app.processors.base import AccountFacts, CapabilityFacts, CapabilityState, RequirementDeadline

_PAYOUTS = "stripe_balance.payouts"
_PRESSING = (RequirementDeadline.PAST_DUE, RequirementDeadline.CURRENTLY_DUE)


def sentence_of(facts: AccountFacts) -> str | None:
    """What keeps the account from taking cards or being paid out, and what is asked; None if nothing is wrong."""
    said = [facts.reason] if facts.reason else []
    if facts.is_closed:
        return " ".join(said) or None
    asked = [one for one in facts.requirements if one.waits_for_owner and one.deadline in _PRESSING]
    if asked:
        details = "1 more detail" if len(asked) == 1 else f"{len(asked)} more details"
        is_late = any(one.deadline is RequirementDeadline.PAST_DUE for one in asked)
        when = "and the time for it is over" if is_late else "and may stop card payments without it"
        said.append(f"Stripe asks for {details} of the business, {when}.")
    if facts.state is not ProcessorAccountState.ONBOARDING:
        said += [_on_hold(one) for one in facts.capabilities if one.name == _PAYOUTS and _is_held(one)]
    return " ".join(said) or None


def _is_held(payouts: CapabilityFacts) -> bool:
    return payouts.state not in (CapabilityState.ACTIVE, CapabilityState.OTHER)


def _on_hold(payouts: CapabilityFacts) -> str:
    if payouts.state is CapabilityState.PENDING:
        return "Stripe is checking the bank account before it pays out."
    return "Stripe does not pay out to the bank at the moment."
