"""What the control API may do at Stripe without a browser. LookupError: no such thing; ValueError: refused."""

from sandbox.stripe.accounts import set_card_payments
from sandbox.stripe.payments import METHODS, NotPayableError, pay
from sandbox.stripe.state import PLATFORM, Account, Json, StripeState

STATUSES = ("active", "pending", "restricted", "rejected")


def pay_session(state: StripeState, number: str, method: str, email: str = "") -> Json:
    """Pay an open session by card, card_declined, debit or debit_fails; the session afterwards."""
    session = state.session(number)
    if session is None:
        raise LookupError(f"there is no checkout session {number}")
    if method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}, not {method!r}")
    try:
        pay(state, session, method, email)
    except NotPayableError as reason:
        raise ValueError(str(reason)) from None
    return session.shown


def switch_account(state: StripeState, number: str, status: str) -> None:
    """Set whether a connected account can take cards."""
    account = state.accounts.get(number)
    if account is None or number == PLATFORM:
        raise LookupError(f"there is no connected account {number}")
    if status not in STATUSES:
        raise ValueError(f"status must be one of {', '.join(STATUSES)}, not {status!r}")
    set_card_payments(state, account, status)


def replay_webhooks(state: StripeState, *, times: int, shuffle: bool) -> int:
    """Send every event so far again; how many webhooks that makes."""
    if times < 1:
        raise ValueError("times must be at least 1")
    events = [
        event | {"account": account.id} for account in _connected(state) for event in account.events.values()
    ]
    events.sort(key=lambda event: int(event["created"]))
    return state.events.replay(events, times=times, shuffle=shuffle)


def books(state: StripeState) -> Json:
    """Everything as plain JSON for judging, oldest first; each row names its account."""
    return {
        "accounts": [_account(account) for account in _connected(state)],
        "sessions": [
            session.shown | {"account": account.id}
            for account in _connected(state)
            for session in account.sessions.values()
        ],
        "payment_intents": _rows(state, "intents"),
        "charges": _rows(state, "charges"),
        "balance_transactions": _rows(state, "transactions"),
        "refunds": _rows(state, "refunds"),
        "events": _rows(state, "events"),
    }


def _account(account: Account) -> Json:
    given = account.given
    return {
        "id": account.id,
        "name": account.name,
        "email": given.get("contact_email"),
        "card_payments": account.card_payments,
        "created": account.created,
        "metadata": given.get("metadata", {}),
    }


def _rows(state: StripeState, shelf: str) -> list[Json]:
    return [
        row | {"account": account.id}
        for account in _connected(state)
        for row in getattr(account, shelf).values()
    ]


def _connected(state: StripeState) -> list[Account]:
    return [account for account in state.accounts.values() if account.id != PLATFORM]
