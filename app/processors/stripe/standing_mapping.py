"""From a v2 account to how it stands. Ready means `card_payments` is active, whatever else is asked."""

from collections.abc import Iterator
from typing import Any

from app.models import ProcessorAccountState
from app.processors.standing import (
    AccountFacts,
    CapabilityFacts,
    CapabilityState,
    RequirementDeadline,
    RequirementFacts,
)

CARD_PAYMENTS = "card_payments"
_REFUSED = (CapabilityState.RESTRICTED, CapabilityState.REJECTED, CapabilityState.UNSUPPORTED)
_CLOSED = "closed"


def account_facts(account: Any) -> AccountFacts:
    """A v2 account with `configuration.merchant` and `requirements` included."""
    capabilities = tuple(_capabilities(account))
    cards = next((one for one in capabilities if one.name == CARD_PAYMENTS), None)
    is_closed = bool(getattr(account, "closed", False))
    state, reason = _standing(cards, is_closed=is_closed)
    return AccountFacts(
        external_id=account.id,
        state=state,
        reason=reason,
        capabilities=capabilities,
        requirements=tuple(_requirements(account)),
        disabled_reason=_CLOSED if is_closed else _why_disabled(cards),
        is_closed=is_closed,
    )


def _standing(cards: CapabilityFacts | None, *, is_closed: bool) -> tuple[ProcessorAccountState, str | None]:
    """The state, and the sentence for the owner."""
    if is_closed:
        return ProcessorAccountState.RESTRICTED, "The account at Stripe was closed."
    if cards is not None and cards.state is CapabilityState.ACTIVE:
        return ProcessorAccountState.READY, None
    if cards is None or cards.state not in _REFUSED:
        return ProcessorAccountState.ONBOARDING, "Stripe is checking the details of the business."
    if cards.owner_can_act:
        return (
            ProcessorAccountState.RESTRICTED,
            "Stripe needs more details of the business before it takes card payments. Go on at Stripe.",
        )
    return (
        ProcessorAccountState.RESTRICTED,
        "Stripe does not take card payments for this business. Ask Stripe's support why.",
    )


def _why_disabled(cards: CapabilityFacts | None) -> str | None:
    if cards is None or cards.state is CapabilityState.ACTIVE:
        return None
    return cards.reasons[0] if cards.reasons else cards.state.value


def _capabilities(account: Any) -> Iterator[CapabilityFacts]:
    """Those that were asked for. The balance's are one level deeper than the others."""
    merchant = getattr(getattr(account, "configuration", None), "merchant", None)
    asked = getattr(merchant, "capabilities", None)
    for name, capability in _fields(asked):
        if hasattr(capability, "status"):
            yield _capability(name, capability)
        else:
            for inner, deeper in _fields(capability):
                yield _capability(f"{name}.{inner}", deeper)


def _capability(name: str, told: Any) -> CapabilityFacts:
    details = getattr(told, "status_details", None) or []
    resolutions = {detail.resolution for detail in details}
    return CapabilityFacts(
        name=name,
        state=_state(told.status),
        reasons=tuple(detail.code for detail in details),
        owner_can_act="provide_info" in resolutions or not resolutions,
    )


def _state(told: str) -> CapabilityState:
    return CapabilityState(told) if told in list(CapabilityState) else CapabilityState.OTHER


def _requirements(account: Any) -> Iterator[RequirementFacts]:
    for entry in getattr(getattr(account, "requirements", None), "entries", None) or []:
        restricted = getattr(entry.impact, "restricts_capabilities", None) or []
        yield RequirementFacts(
            name=entry.description,
            deadline=_deadline(entry.minimum_deadline.status),
            waits_for_owner=entry.awaiting_action_from == "user",
            restricts=tuple(one.capability for one in restricted),
            problems=tuple(error.code for error in entry.errors),
        )


def _deadline(told: str) -> RequirementDeadline:
    """A word that we do not know is taken as the most pressing."""
    return RequirementDeadline(told) if told in list(RequirementDeadline) else RequirementDeadline.PAST_DUE


def _fields(told: Any) -> Iterator[tuple[str, Any]]:
    """What an object of the library has, without what is null."""
    if told is None:
        return
    for name in told.to_dict():
        if (value := getattr(told, name)) is not None:
            yield name, value
