"""Reading what became of money: payments, charges, refunds, disputes, payouts, the balance, events."""

from collections.abc import Callable
from functools import partial

from sandbox.stripe.api import Api, Call
from sandbox.stripe.balance import balance_shape
from sandbox.stripe.errors import no_such
from sandbox.stripe.lists import created_within, of_types, page, where
from sandbox.stripe.payouts import list_transactions
from sandbox.stripe.state import Account, Json

EVENTS_KEPT_SECONDS = 30 * 24 * 3600
Shelf = Callable[[Account], dict[str, Json]]


def add_routes(api: Api) -> None:
    """/v1/payment_intents, charges, refunds, disputes, payouts, balance, balance_transactions and events."""
    _add(api, "payment_intents", "PaymentIntent", lambda account: account.intents, ("customer",))
    _add(api, "charges", "Charge", lambda account: account.charges, ("payment_intent", "customer"))
    of_charge = ("charge", "payment_intent")
    _add(api, "refunds", "Refund", lambda account: account.refunds, of_charge)
    _add(api, "disputes", "Dispute", lambda account: account.disputes, of_charge)
    _add(api, "payouts", "Payout", lambda account: account.payouts, ("status", "destination"))
    api.get("/v1/balance", "Balance.retrieve", lambda call: balance_shape(call.account))
    api.get("/v1/balance_transactions", "BalanceTransaction.list", list_transactions)
    booked = partial(_retrieve, "balance_transaction", lambda call: call.account.transactions)
    api.get("/v1/balance_transactions/<number>", "BalanceTransaction.retrieve", booked)
    api.get("/v1/events", "Event.list", list_events)
    api.get("/v1/events/<number>", "Event.retrieve", partial(_retrieve, "event", _recent_events_of))


def list_events(call: Call) -> Json:
    """Newest first, thirty days back."""
    kinds, recent = of_types(call.fields), created_within(call.fields)
    rows = [row for row in _recent_events_of(call).values() if kinds(row) and recent(row)]
    return page(rows, call.fields, "/v1/events")


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
