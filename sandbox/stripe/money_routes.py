"""Reading what was paid: PaymentIntents, charges, balance transactions, events; and giving money back."""

from collections.abc import Callable
from functools import partial

from sandbox.stripe.api import Api, Call
from sandbox.stripe.errors import StripeError, invalid, no_such
from sandbox.stripe.events import News
from sandbox.stripe.lists import created_within, of_types, page, where
from sandbox.stripe.payment_shapes import refund_shape, transaction_shape
from sandbox.stripe.session_checks import check_metadata
from sandbox.stripe.state import Account, Json

EVENTS_KEPT_SECONDS = 30 * 24 * 3600
Shelf = Callable[[Account], dict[str, Json]]


def add_routes(api: Api) -> None:
    """/v1/payment_intents, charges, balance_transactions, refunds and events."""
    _add(api, "payment_intents", "PaymentIntent", lambda account: account.intents, ("customer",))
    _add(api, "charges", "Charge", lambda account: account.charges, ("payment_intent", "customer"))
    wanted = ("source", "type", "currency", "payout")
    _add(api, "balance_transactions", "BalanceTransaction", lambda account: account.transactions, wanted)
    _add(api, "refunds", "Refund", lambda account: account.refunds, ("charge", "payment_intent"))
    api.post("/v1/refunds", "Refund.create", refund)
    api.get("/v1/events", "Event.list", list_events)
    api.get("/v1/events/<number>", "Event.retrieve", partial(_retrieve, "event", _recent_events_of))


def refund(call: Call) -> Json:
    """Give back all or part of a charge; Stripe keeps its fee."""
    charge = _charge_to_refund(call)
    left = charge["amount_captured"] - charge["amount_refunded"]
    amount = call.fields.get("amount", left)
    check_metadata(call.fields.get("metadata") or {}, "metadata")
    if left == 0:
        raise StripeError(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if not 0 < amount <= left:
        raise StripeError(
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})", param="amount"
        )
    given_back = refund_shape(charge, call.fields, amount, call.now)
    booked = transaction_shape(given_back, "refund", -amount, 0, call.now)
    given_back["balance_transaction"] = booked["id"]
    call.account.transactions[booked["id"]] = booked
    call.account.refunds[given_back["id"]] = given_back
    before = {"amount_refunded": charge["amount_refunded"], "refunded": charge["refunded"]}
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    call.state.events.publish(
        call.account, News("refund.created", given_back), News("charge.refunded", charge, before)
    )
    return given_back


def list_events(call: Call) -> Json:
    """Newest first, thirty days back."""
    kinds, recent = of_types(call.fields), created_within(call.fields)
    rows = [row for row in _recent_events_of(call).values() if kinds(row) and recent(row)]
    return page(rows, call.fields, "/v1/events")


def _charge_to_refund(call: Call) -> Json:
    fields, account = call.fields, call.account
    if ("charge" in fields) == ("payment_intent" in fields):
        raise invalid("You must give one of: charge, payment_intent.")
    number = fields.get("charge")
    if number is None:
        intent = account.intents.get(fields["payment_intent"])
        if intent is None:
            raise no_such("payment_intent", fields["payment_intent"], "payment_intent")
        number = intent["latest_charge"]
    charge = account.charges.get(number or "")
    if charge is None:
        raise no_such("charge", number or "", "charge")
    if not charge["paid"]:
        raise StripeError(f"Charge {charge['id']} has not been captured, so it cannot be refunded.")
    return charge


def _add(api: Api, plural: str, kind: str, shelf: Shelf, filters: tuple[str, ...]) -> None:
    def listing(call: Call) -> Json:
        wanted, recent = where(call.fields, *filters), created_within(call.fields)
        rows = [row for row in shelf(call.account).values() if wanted(row) and recent(row)]
        return page(rows, call.fields, f"/v1/{plural}")

    api.get(f"/v1/{plural}", f"{kind}.list", listing)
    name = plural.removesuffix("s")
    api.get(
        f"/v1/{plural}/<number>", f"{kind}.retrieve", partial(_retrieve, name, lambda c: shelf(c.account))
    )


def _retrieve(name: str, shelf: Callable[[Call], dict[str, Json]], call: Call, number: str) -> Json:
    found = shelf(call).get(number)
    if found is None:
        raise no_such(name, number)
    return found


def _recent_events_of(call: Call) -> dict[str, Json]:
    oldest = call.now - EVENTS_KEPT_SECONDS
    return {number: event for number, event in call.account.events.items() if event["created"] >= oldest}
