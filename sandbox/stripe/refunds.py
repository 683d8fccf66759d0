"""Giving money back: through the API, in the dashboard, and what becomes of it later."""

from datetime import timedelta

from sandbox.stripe.api import Api, Call
from sandbox.stripe.balance import book_settled, undo
from sandbox.stripe.currency import decimals
from sandbox.stripe.errors import StripeError, invalid, no_such
from sandbox.stripe.events import News
from sandbox.stripe.session_checks import check_metadata
from sandbox.stripe.state import Account, Json, StripeState, new_id, nulls

DECISIONS = ("succeeded", "failed", "canceled")


def add_routes(api: Api) -> None:
    """POST /v1/refunds; reading them is with the other records of money."""
    api.post("/v1/refunds", "Refund.create", create)


def create(call: Call) -> Json:
    """Give back all or part of a charge."""
    check_metadata(call.fields.get("metadata") or {}, "metadata")
    charge = _charge_to_refund(call)
    return give_back(call.state, call.account, charge, call.fields)


def give_back(state: StripeState, account: Account, charge: Json, fields: Json, status: str = "") -> Json:
    """A new refund. Stripe keeps its fee; a debit's refund is pending until the payer's bank has it.

    Raises StripeError when the charge has not that much left, or was charged back.
    """
    amount = _checked_amount(account, charge, fields.get("amount"))
    by_card = charge["payment_method_details"]["type"] == "card"
    status = status or (account.refunds_begin if by_card else "pending")
    refund = _shape(charge, fields, amount, status, state.clock.timestamp())
    account.refunds[refund["id"]] = refund
    before = {name: charge[name] for name in ("amount_refunded", "refunded")}
    _count(charge, amount)
    if status == "succeeded":
        _take(state, account, refund)
    else:
        days = timedelta(days=state.settings.stripe_debit_days)
        state.later(days, lambda: _go_through(state, account, refund))
    state.events.publish(account, News("refund.created", refund), News("charge.refunded", charge, before))
    return refund


def decide(state: StripeState, account: Account, refund: Json, status: str, reason: str = "") -> None:
    """What becomes of a refund: a pending one anything, one that succeeded can still fail. Else ValueError."""
    if refund["status"] == status or refund["status"] in ("failed", "canceled"):
        raise ValueError(f"The refund is {refund['status']} already.")
    if refund["status"] == "succeeded" and status != "failed":
        raise ValueError("A refund that succeeded can only fail.")
    before = {"status": refund["status"]}
    if status == "succeeded":
        _take(state, account, refund)
    else:
        _come_back(state, account, refund, reason or "expired_or_canceled_card")
    refund.update(status=status, pending_reason=None)
    news = [News("refund.updated", refund, before), News("charge.refund.updated", refund, before)]
    if status == "failed":
        news.append(News("refund.failed", refund))
    state.events.publish(account, *news)


def _go_through(state: StripeState, account: Account, refund: Json) -> None:
    if refund["status"] == "pending":
        decide(state, account, refund, "succeeded")


def _take(state: StripeState, account: Account, refund: Json) -> None:
    charge = account.charges[refund["charge"]]
    source = {"id": refund["id"], "description": charge["description"]}
    booked = book_settled(state, account, source, "refund", -refund["amount"], refund["currency"])
    refund["balance_transaction"] = booked["id"]


def _come_back(state: StripeState, account: Account, refund: Json, reason: str) -> None:
    """The money is the business's again, and can be given back another way."""
    _count(account.charges[refund["charge"]], -refund["amount"])
    refund["failure_reason"] = reason
    if refund["balance_transaction"] is not None:
        taken = account.transactions[refund["balance_transaction"]]
        refund["failure_balance_transaction"] = undo(state, account, refund, "refund_failure", taken)["id"]


def _count(charge: Json, amount: int) -> None:
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]


def _checked_amount(account: Account, charge: Json, asked: int | None) -> int:
    if not charge["paid"]:
        raise StripeError(f"Charge {charge['id']} has not been captured, so it cannot be refunded.")
    if any(d["charge"] == charge["id"] and not d["is_charge_refundable"] for d in account.disputes.values()):
        raise StripeError(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed"
        )
    left = charge["amount_captured"] - charge["amount_refunded"]
    amount = left if asked is None else asked
    if left == 0:
        raise StripeError(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if not 0 < amount <= left:
        raise StripeError(
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})", param="amount"
        )
    if decimals(charge["currency"]) == 3 and amount % 10:
        raise invalid(f"The last digit of an amount in {charge['currency']} must be 0.", param="amount")
    return amount


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
    return charge


def _shape(charge: Json, fields: Json, amount: int, status: str, created: int) -> Json:
    nothing = (
        "balance_transaction customer customer_account description failure_balance_transaction "
        "failure_reason instructions_email next_action receipt_number source_transfer_reversal transfer_reversal"
    )
    kind = charge["payment_method_details"]["type"]
    return {
        "id": new_id("re" if kind == "card" else "pyr"),
        "object": "refund",
        **nulls(nothing),
        "amount": amount,
        "charge": charge["id"],
        "created": created,
        "currency": charge["currency"],
        "destination_details": {kind: {"type": "refund"} if kind == "card" else {}, "type": kind},
        "metadata": fields.get("metadata") or {},
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "pending_reason": "processing" if status == "pending" else None,
        "reason": fields.get("reason"),
        "status": status,
    }
