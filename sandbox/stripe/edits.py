"""What the control API may do at Stripe without a browser. LookupError: no such thing; ValueError: refused."""

from fnmatch import fnmatchcase

from sandbox.stripe.account_shapes import CARD_PAYMENTS
from sandbox.stripe.dashboard import connected
from sandbox.stripe.payments import METHODS, NotPayableError, pay
from sandbox.stripe.standing import STATUSES, set_capability
from sandbox.stripe.state import Account, Json, StripeState


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
    switch_capability(state, number, CARD_PAYMENTS, status)


def switch_capability(state: StripeState, number: str, name: str, status: str, code: str = "") -> None:
    """Set how one capability of a connected account stands, and why."""
    account = connected(state, number)
    if status not in STATUSES:
        raise ValueError(f"status must be one of {', '.join(STATUSES)}, not {status!r}")
    set_capability(state, account, name, status, code)


def replay_webhooks(
    state: StripeState, *, times: int, shuffle: bool, kind: str = "*", retold: bool = False
) -> int:
    """Send events so far again, with `retold` under new ids; how many webhooks that makes."""
    if times < 1:
        raise ValueError("times must be at least 1")
    chosen = [
        (account, event)
        for account in state.connected()
        for event in account.events.values()
        if fnmatchcase(event["type"], kind)
    ]
    events = [
        (state.events.retold(account, event) if retold else event) | {"account": account.id}
        for account, event in chosen
    ]
    events.sort(key=lambda event: int(event["created"]))
    return state.events.replay(events, times=times, shuffle=shuffle)


def books(state: StripeState) -> Json:
    """Everything as plain JSON for judging, oldest first; each row names its account."""
    return {
        "accounts": [_account(account) for account in state.connected()],
        "sessions": [
            session.shown | {"account": account.id}
            for account in state.connected()
            for session in account.sessions.values()
        ],
        "payment_intents": _rows(state, "intents"),
        "charges": _rows(state, "charges"),
        "balance_transactions": _rows(state, "transactions"),
        "refunds": _rows(state, "refunds"),
        "disputes": _rows(state, "disputes"),
        "payouts": _rows(state, "payouts"),
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
        for account in state.connected()
        for row in getattr(account, shelf).values()
    ]
