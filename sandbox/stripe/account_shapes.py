"""Accounts v2 as JSON: configuration, capabilities and requirements where `include` asks for them."""

from sandbox.stripe.events import iso
from sandbox.stripe.state import Account, Capability, Json

CARD_PAYMENTS = "card_payments"
PAYOUTS = "stripe_balance.payouts"
_USUAL_CODES = {
    "pending": "determining_status",
    "restricted": "requirements_past_due",
    "rejected": "rejected_other",
    "unsupported": "unsupported_business",
}
_OWNER_CAN_ACT = "requirements_"


def account_shape(account: Account, include: list[str]) -> Json:
    """What is not asked for by `include` is null."""
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
        "closed": account.closed,
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


def requirement(deadline: str, awaiting: str, restricts: list[str], problem: str = "") -> Json:
    """Something that Stripe wants to know, without its name; `problem` is what was wrong with the last answer."""
    impacts = [
        {"capability": name, "configuration": "merchant", "deadline": {"status": deadline}}
        for name in restricts
    ]
    return {
        "awaiting_action_from": awaiting,
        "errors": [{"code": problem, "description": "The answer could not be used."}] if problem else [],
        "impact": {"restricts_capabilities": impacts},
        "minimum_deadline": {"status": deadline},
        "reference": None,
        "requested_reasons": [{"code": "routine_onboarding"}],
    }


def _merchant(account: Account) -> Json | None:
    merchant = account.given.get("configuration", {}).get("merchant")
    if merchant is None:
        return None
    return {
        "applied": True,
        "capabilities": _capabilities(account, merchant.get("capabilities", {})),
        "mcc": merchant.get("mcc"),
        "statement_descriptor": merchant.get("statement_descriptor"),
    }


def _capabilities(account: Account, given: Json) -> Json:
    """Those that were asked for, and being paid out, which comes with them."""
    asked = [name for name, wish in given.items() if isinstance(wish, dict) and wish.get("requested")]
    shown: Json = {name: {"requested": True, **_standing(account, name)} for name in asked}
    if asked:
        shown["stripe_balance"] = {"payouts": {"requested": True, **_standing(account, PAYOUTS)}}
    return shown


def _standing(account: Account, name: str) -> Json:
    """Every capability follows `card_payments` until it was set by itself."""
    stands = account.capabilities.get(name) or Capability(account.card_payments)
    if stands.status == "active":
        return {"status": "active", "status_details": []}
    code = stands.code or _USUAL_CODES[stands.status]
    resolution = (
        "no_resolution"
        if stands.status == "pending"
        else "provide_info"
        if code.startswith(_OWNER_CAN_ACT)
        else "contact_stripe"
    )
    return {"status": stands.status, "status_details": [{"code": code, "resolution": resolution}]}


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
    """What was asked by hand, and while cards are not taken the details of the business."""
    asked = dict(account.requirements)
    if account.card_payments != "active":
        usual = requirement("past_due", "user", [CARD_PAYMENTS])
        asked.setdefault("identity.business_details", usual)
    return [{"description": name, **entry} for name, entry in asked.items()]
