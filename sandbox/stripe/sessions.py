"""Checkout Sessions: made, listed, expired. Paying one is in `payments`."""

import secrets
from datetime import timedelta

from sandbox.stripe.api import Api, Call
from sandbox.stripe.errors import StripeError, no_such
from sandbox.stripe.events import News
from sandbox.stripe.lists import created_within, page, where
from sandbox.stripe.session_checks import check
from sandbox.stripe.session_shapes import line_item, session_shape
from sandbox.stripe.state import Account, CheckoutSession, Json, StripeState

DEFAULT_LIFE_SECONDS = 24 * 3600


def add_routes(api: Api) -> None:
    """/v1/checkout/sessions."""
    api.post("/v1/checkout/sessions", "checkout/Session.create", create)
    api.get("/v1/checkout/sessions", "checkout/Session.list", listing)
    api.get("/v1/checkout/sessions/<number>", "checkout/Session.retrieve", retrieve)
    api.post("/v1/checkout/sessions/<number>/expire", "checkout/Session.expire", expire)
    api.get("/v1/checkout/sessions/<number>/line_items", "checkout/Session.list_line_items", line_items)


def create(call: Call) -> Json:
    """An open session for one hosted payment; it expires by itself on virtual time."""
    expires_at = call.fields.get("expires_at", call.now + DEFAULT_LIFE_SECONDS)
    check(call.account, call.fields, call.now)
    number = f"cs_test_{secrets.token_hex(24)}"
    url = f"{call.state.settings.public_url}/stripe/checkout/{number}"
    session = CheckoutSession(
        account=call.account,
        shown=session_shape(number, url, call.fields, created=call.now, expires_at=expires_at),
        lines=[line_item(line, call.now) for line in call.fields["line_items"]],
        for_intent=call.fields.get("payment_intent_data", {}),
    )
    call.account.sessions[number] = session
    state = call.state
    state.later(timedelta(seconds=expires_at - call.now), lambda: _time_out(state, session))
    return _answer(session, call)


def retrieve(call: Call, number: str) -> Json:
    return _answer(_found(call.account, number), call)


def listing(call: Call) -> Json:
    wanted = where(call.fields, "payment_intent", "status", "customer", "payment_link")
    recent = created_within(call.fields)
    shown = (session.shown for session in call.account.sessions.values())
    rows = [row for row in shown if wanted(row) and recent(row)]
    return page(rows, call.fields, "/v1/checkout/sessions")


def line_items(call: Call, number: str) -> Json:
    """In the order in which they were given."""
    return _lines(_found(call.account, number), call.fields)


def expire(call: Call, number: str) -> Json:
    """Only an open session can be expired."""
    session = _found(call.account, number)
    if session.status != "open":
        raise StripeError(
            'Only Checkout Sessions with a status in ["open"] can be expired. '
            f"This Checkout Session has a status of `{session.status}`."
        )
    close(call.state, session)
    return _answer(session, call)


def close(state: StripeState, session: CheckoutSession) -> None:
    """End an open session unpaid and say so."""
    session.shown.update(status="expired", url=None)
    intent = session.account.intents.get(session.shown["payment_intent"] or "")
    if intent is not None:
        intent.update(status="canceled", canceled_at=state.clock.timestamp(), cancellation_reason="automatic")
    state.events.publish(session.account, News("checkout.session.expired", session.shown))


def _time_out(state: StripeState, session: CheckoutSession) -> None:
    if session.status == "open":
        close(state, session)


def _found(account: Account, number: str) -> CheckoutSession:
    if number not in account.sessions:
        raise no_such("checkout.session", number, "session")
    return account.sessions[number]


def _answer(session: CheckoutSession, call: Call) -> Json:
    """Line items are there only when `expand` asks for them."""
    if any(path.split(".")[0] == "line_items" for path in call.fields.get("expand", [])):
        return session.shown | {"line_items": _lines(session, {})}
    return session.shown


def _lines(session: CheckoutSession, fields: Json) -> Json:
    return page(session.lines[::-1], fields, f"/v1/checkout/sessions/{session.shown['id']}/line_items")
