"""How an account comes to stand otherwise: capabilities, requirements, closing, leaving the platform."""

from sandbox.stripe.account_shapes import CARD_PAYMENTS, requirement
from sandbox.stripe.events import News
from sandbox.stripe.state import Account, Capability, Json, StripeState

STATUSES = ("active", "pending", "restricted", "rejected", "unsupported")
DEADLINES = ("past_due", "currently_due", "eventually_due")
CAPABILITY_CHANGED = "v2.core.account[configuration.merchant].capability_status_updated"
REQUIREMENTS_CHANGED = "v2.core.account[requirements].updated"
CLOSED = "v2.core.account.closed"
DEAUTHORIZED = "account.application.deauthorized"


def set_capability(state: StripeState, account: Account, name: str, status: str, code: str = "") -> None:
    """Switch a capability and tell the platform; `code` says why, where it is not the usual reason."""
    before = account.capabilities.get(name) or Capability(account.card_payments)
    now = Capability(status, code)
    if (before.status, code) == (status, "") or before == now:
        return
    account.capabilities[name] = now
    if name == CARD_PAYMENTS:
        account.card_payments = status
        _tell(state, account, REQUIREMENTS_CHANGED, {})
    _tell(state, account, CAPABILITY_CHANGED, {"updated_capability": name})


def require(
    state: StripeState, account: Account, name: str, deadline: str, awaiting: str, problem: str
) -> None:
    """Ask the business for something more; when it is past due, cards are no longer taken."""
    account.requirements[name] = requirement(deadline, awaiting, [CARD_PAYMENTS], problem)
    _tell(state, account, REQUIREMENTS_CHANGED, {})
    if deadline == "past_due":
        set_capability(state, account, CARD_PAYMENTS, "restricted")


def meet(state: StripeState, account: Account, name: str) -> None:
    """The business has told it. LookupError if it was not asked."""
    if account.requirements.pop(name, None) is None:
        raise LookupError(f"nobody asked for {name}")
    _tell(state, account, REQUIREMENTS_CHANGED, {})


def close(state: StripeState, account: Account) -> None:
    """The account can still be read, and does nothing any more."""
    if not account.closed:
        account.closed, account.card_payments = True, "restricted"
        account.capabilities[CARD_PAYMENTS] = Capability("restricted", "restricted_other")
        _tell(state, account, CLOSED, {})


def deauthorize(state: StripeState, account: Account) -> None:
    """The owner throws the platform out; after this it reads nothing of the account."""
    if not account.deauthorized:
        application = {"id": "ca_sandbox", "object": "application", "name": "The platform"}
        state.events.publish(account, News(DEAUTHORIZED, application))
        account.deauthorized = True


def _tell(state: StripeState, account: Account, kind: str, details: Json) -> None:
    event = state.events.publish_thin(account, kind, details)
    state.platform_events[event["id"]] = event
