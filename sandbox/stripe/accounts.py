"""Accounts v2: connecting a business, and the capability that lets it take cards."""

from sandbox.stripe.api import Api, Call
from sandbox.stripe.errors import invalid, no_such
from sandbox.stripe.events import iso
from sandbox.stripe.state import PLATFORM, Account, Json, Link, StripeState, new_id

LINK_LIVES_SECONDS = 600
LARGEST_PAGE = 100
CARD_PAYMENTS_CHANGED = "v2.core.account[configuration.merchant].capability_status_updated"
REQUIREMENTS_CHANGED = "v2.core.account[requirements].updated"
_WHY_NOT = {
    "restricted": [{"code": "requirements_past_due", "resolution": "provide_info"}],
    "rejected": [{"code": "rejected_other", "resolution": "contact_stripe"}],
}


def add_routes(api: Api) -> None:
    """/v2/core/accounts, account_links and events."""
    api.post("/v2/core/accounts", "v2/core/Account.create", create)
    api.get("/v2/core/accounts", "v2/core/Account.list", listing)
    api.get("/v2/core/accounts/<number>", "v2/core/Account.retrieve", retrieve)
    api.post("/v2/core/account_links", "v2/core/AccountLink.create", create_link)
    api.get("/v2/core/events/<number>", "v2/core/Event.retrieve", retrieve_event)


def create(call: Call) -> Json:
    account = Account(new_id("acct"), call.now, given=call.fields)
    call.state.accounts[account.id] = account
    return shape(account, call.fields.get("include", []))


def retrieve(call: Call, number: str) -> Json:
    return shape(_found(call.state, number), call.fields.get("include", []))


def listing(call: Call) -> Json:
    """Newest first; the stand-in has a single page."""
    limit = call.fields.get("limit", LARGEST_PAGE)
    connected = [a for a in call.state.accounts.values() if a.id != PLATFORM]
    return {"data": [shape(a, []) for a in connected[::-1][:limit]], "next_page_url": None}


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


def retrieve_event(call: Call, number: str) -> Json:
    if number not in call.state.platform_events:
        raise no_such("event", number)
    return call.state.platform_events[number]


def set_card_payments(state: StripeState, account: Account, status: str) -> None:
    """Switch the capability (active, pending, restricted, rejected) and tell the platform."""
    if account.card_payments == status:
        return
    account.card_payments = status
    for kind, details in (
        (REQUIREMENTS_CHANGED, {}),
        (CARD_PAYMENTS_CHANGED, {"updated_capability": "card_payments"}),
    ):
        event = state.events.publish_thin(account, kind, details)
        state.platform_events[event["id"]] = event


def shape(account: Account, include: list[str]) -> Json:
    """The account as v2 shows it: what is not asked for by `include` is null."""
    given = account.given
    merchant = given.get("configuration", {}).get("merchant")
    parts: Json = {
        "configuration": {"customer": None, "merchant": _merchant(account), "recipient": None},
        "defaults": _defaults(account),
        "identity": {"country": None, "entity_type": None} | given.get("identity", {}),
        "requirements": {"entries": _requirements(account), "summary": None},
    }
    asked = {part.partition(".")[0] for part in include}
    return {
        "id": account.id,
        "object": "v2.core.account",
        "applied_configurations": ["merchant"] if merchant else [],
        "closed": False,
        "contact_email": given.get("contact_email"),
        "contact_phone": given.get("contact_phone"),
        "created": iso(account.created),
        "dashboard": given.get("dashboard"),
        "display_name": given.get("display_name"),
        "livemode": False,
        "metadata": given.get("metadata", {}),
        "future_requirements": None,
        **{name: part if name in asked else None for name, part in parts.items()},
    }


def _merchant(account: Account) -> Json | None:
    merchant = account.given.get("configuration", {}).get("merchant")
    if merchant is None:
        return None
    wanted = merchant.get("capabilities", {}).get("card_payments", {}).get("requested", False)
    status = {"status": account.card_payments, "status_details": _WHY_NOT.get(account.card_payments, [])}
    return {
        "applied": True,
        "capabilities": {"card_payments": {"requested": True} | status} if wanted else {},
        "mcc": merchant.get("mcc"),
        "statement_descriptor": merchant.get("statement_descriptor"),
    }


def _defaults(account: Account) -> Json:
    given = account.given.get("defaults", {})
    responsibilities = {"requirements_collector": "stripe"} | given.get("responsibilities", {})
    return {
        "currency": given.get("currency"),
        "locales": given.get("locales"),
        "profile": given.get("profile"),
        "responsibilities": responsibilities,
    }


def _requirements(account: Account) -> list[Json]:
    if account.card_payments == "active":
        return []
    return [
        {
            "awaiting_action_from": "user",
            "description": "identity.business_details",
            "errors": [],
            "impact": {"restricts_capabilities": [{"capability": "card_payments"}]},
            "minimum_deadline": {"status": "past_due"},
            "requested_reasons": [{"code": "routine_onboarding"}],
        }
    ]


def _found(state: StripeState, number: str) -> Account:
    account = state.accounts.get(number)
    if account is None or account.id == PLATFORM:
        raise no_such("account", number)
    return account
