"""How a tenant's account stands at the processor: what it may do, and what is still asked of its owner."""

from dataclasses import dataclass
from enum import StrEnum

from app.models import ProcessorAccountState


class CapabilityState(StrEnum):
    """Whether an account may do one thing."""

    ACTIVE = "active"
    PENDING = "pending"
    RESTRICTED = "restricted"
    REJECTED = "rejected"
    UNSUPPORTED = "unsupported"
    OTHER = "other"
    """A word of the processor's that we do not know; not active, then."""


@dataclass(frozen=True, slots=True)
class CapabilityFacts:
    """One thing that the account asked to be allowed, by the processor's name: taking cards, being paid out."""

    name: str
    state: CapabilityState
    reasons: tuple[str, ...]
    """The processor's codes."""
    owner_can_act: bool
    """Whether the owner can change it by telling more; otherwise only the processor's support can."""


class RequirementDeadline(StrEnum):
    """How pressing a requirement is."""

    PAST_DUE = "past_due"
    CURRENTLY_DUE = "currently_due"
    EVENTUALLY_DUE = "eventually_due"


@dataclass(frozen=True, slots=True)
class RequirementFacts:
    """Something the processor wants to know of the business."""

    name: str
    deadline: RequirementDeadline
    waits_for_owner: bool
    """False while the processor itself is checking what it was told."""
    restricts: tuple[str, ...]
    """The capabilities that are lost without it."""
    problems: tuple[str, ...]
    """The processor's codes for what was wrong with the last answer."""


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """The tenant's account at the processor."""

    external_id: str
    state: ProcessorAccountState
    reason: str | None
    capabilities: tuple[CapabilityFacts, ...] = ()
    requirements: tuple[RequirementFacts, ...] = ()
    disabled_reason: str | None = None
    """The processor's code for why the account cannot take cards; None while it can."""
    is_closed: bool = False
