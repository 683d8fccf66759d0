"""Accounts v2: connecting a business, reading how it stands, and the events about it."""

from sandbox.stripe.account_shapes import account_shape
from sandbox.stripe.api import Api, Call
from sandbox.stripe.errors import invalid, no_such
from sandbox.stripe.events import iso
from sandbox.stripe.pages_of_v2 import page_of
from sandbox.stripe.standing import close
from sandbox.stripe.state import PLATFORM, Account, Json, Link, StripeState, new_id

LINK_LIVES_SECONDS = 600


def add_routes(api: Api) -> None:
    """/v2/core/accounts, account_links and events."""
    api.post("/v2/core/accounts", "v2/core/Account.create", create)
    api.get("/v2/core/accounts", "v2/core/Account.list", listing)
    api.get("/v2/core/accounts/<number>", "v2/core/Account.retrieve", retrieve)
    api.post("/v2/core/accounts/<number>", "v2/core/Account.update", update)
    api.post("/v2/core/accounts/<number>/close", "v2/core/Account.close", close_account)
    api.post("/v2/core/account_links", "v2/core/AccountLink.create", create_link)
    api.get("/v2/core/events", "v2/core/Event.list", list_events)
    api.get("/v2/core/events/<number>", "v2/core/Event.retrieve", retrieve_event)


def create(call: Call) -> Json:
    account = Account(new_id("acct"), call.now, given=call.fields)
    call.state.accounts[account.id] = account
    return account_shape(account, call.fields.get("include", []))


def retrieve(call: Call, number: str) -> Json:
    return account_shape(_found(call.state, number), call.fields.get("include", []))


def update(call: Call, number: str) -> Json:
    """What is given replaces what was there, level by level."""
    account = _found(call.state, number)
    fields = dict(call.fields)
    include = fields.pop("include", [])
    account.given = _merged(account.given, fields)
    return account_shape(account, include)


def close_account(call: Call, number: str) -> Json:
    account = _found(call.state, number)
    close(call.state, account)
    return account_shape(account, [])


def listing(call: Call) -> Json:
    """Newest first, open ones unless `closed` is asked for."""
    wanted = call.fields.get("closed", False)
    rows = [a for a in call.state.connected() if a.closed == wanted and not a.deauthorized]
    return page_of([account_shape(account, []) for account in rows[::-1]], call, "/v2/core/accounts")


def create_link(call: Call) -> Json:
    """A link to hosted onboarding that opens once and lives ten minutes."""
    account = _found(call.state, call.fields["account"])
    use_case = call.fields["use_case"]
    options = use_case.get(use_case["type"])
    if options is None:
        param = f"use_case[{use_case['type']}]"
        raise invalid(f"Missing required param: {param}.", param=param, code="parameter_missing")
    link = Link(
        new_id("al"),
        account,
        call.now + LINK_LIVES_SECONDS,
        options["refresh_url"],
        options.get("return_url"),
    )
    call.state.links[link.id] = link
    return {
        "object": "v2.core.account_link",
        "account": account.id,
        "created": iso(call.now),
        "expires_at": iso(link.expires_at),
        "livemode": False,
        "url": f"{call.state.settings.public_url}/stripe/onboarding/{link.id}",
        "use_case": use_case,
    }


def list_events(call: Call) -> Json:
    """Newest first; of one account where `object_id` names it."""
    about, kinds = call.fields.get("object_id"), call.fields.get("types")
    rows = [
        event
        for event in call.state.platform_events.values()
        if about in (None, event["related_object"]["id"]) and (kinds is None or event["type"] in kinds)
    ]
    return page_of(rows[::-1], call, "/v2/core/events")


def retrieve_event(call: Call, number: str) -> Json:
    if number not in call.state.platform_events:
        raise no_such("event", number)
    return call.state.platform_events[number]


def _merged(old: Json, new: Json) -> Json:
    both = {
        name: _merged(old[name], value)
        for name, value in new.items()
        if isinstance(value, dict) and isinstance(old.get(name), dict)
    }
    return {**old, **new, **both}


def _found(state: StripeState, number: str) -> Account:
    account = state.accounts.get(number)
    if account is None or account.id == PLATFORM or account.deauthorized:
        raise no_such("account", number)
    return account
