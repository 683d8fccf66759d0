"""Disputes: a payer's bank asks, takes the money back, and decides."""

from datetime import timedelta

from sandbox.stripe.api import Api, Call
from sandbox.stripe.balance import book, settled, undo
from sandbox.stripe.dispute_shapes import dispute_shape
from sandbox.stripe.errors import StripeError, no_such
from sandbox.stripe.events import News
from sandbox.stripe.fees import dispute_fee
from sandbox.stripe.state import Account, Json, StripeState

OPEN = ("needs_response", "under_review", "warning_needs_response", "warning_under_review")
DECISIONS = ("won", "lost", "warning_closed", "prevented")
INQUIRY = "warning_"


def add_routes(api: Api) -> None:
    """Evidence for a dispute, and giving in."""
    api.post("/v1/disputes/<number>", "Dispute.update", update)
    api.post("/v1/disputes/<number>/close", "Dispute.close", give_in)


def update(call: Call, number: str) -> Json:
    """Evidence; it goes to the bank at once unless `submit` is false."""
    dispute = _open(call, number)
    evidence = call.fields.get("evidence", {})
    dispute["evidence"].update(evidence)
    dispute["metadata"].update(call.fields.get("metadata") or {})
    dispute["evidence_details"]["has_evidence"] |= bool(evidence)
    if call.fields.get("submit", True) and evidence:
        review(call.state, call.account, dispute)
    return dispute


def give_in(call: Call, number: str) -> Json:
    """The business accepts that the money is gone."""
    dispute = _open(call, number)
    decide(call.state, call.account, dispute, "lost")
    return dispute


def open_dispute(
    state: StripeState,
    account: Account,
    charge: Json,
    amount: int,
    reason: str,
    *,
    inquiry: bool = False,
    due_days: float = 7,
) -> Json:
    """Begin a dispute or, with `inquiry`, a mere question. A debit taken back is lost from its first moment.

    ValueError unless the charge was paid and is at least `amount`, in minor units of its currency.
    """
    if not charge["paid"]:
        raise ValueError("Only a payment that succeeded can be disputed.")
    if not 0 < amount <= charge["amount"]:
        raise ValueError(f"A dispute of this payment is about 1 to {charge['amount']} minor units.")
    by_card = charge["payment_method_details"]["type"] == "card"
    if inquiry and not by_card:
        raise ValueError("Banks do not ask about debits: they take the money back.")
    status = "warning_needs_response" if inquiry else "needs_response" if by_card else "lost"
    due = timedelta(days=due_days)
    now = state.clock.timestamp()
    dispute = dispute_shape(charge, amount, reason, status, now, now + int(due.total_seconds()))
    account.disputes[dispute["id"]] = dispute
    charge["disputed"] = True
    news = [News("charge.dispute.created", dispute)]
    if not inquiry:
        news += _withdraw(state, account, dispute)
    if status == "lost":
        news.append(News("charge.dispute.closed", dispute))
    else:
        state.later(due, lambda: _run_out(state, account, dispute))
    state.events.publish(account, *news)
    return dispute


def review(state: StripeState, account: Account, dispute: Json) -> None:
    """The bank has the evidence."""
    details, before = dispute["evidence_details"], {"status": dispute["status"]}
    details.update(has_evidence=True, submission_count=details["submission_count"] + 1)
    prefix = INQUIRY if dispute["status"].startswith(INQUIRY) else ""
    dispute["status"] = f"{prefix}under_review"
    state.events.publish(account, News("charge.dispute.updated", dispute, before))


def escalate(state: StripeState, account: Account, dispute: Json) -> None:
    """A question becomes a dispute: now the money goes. ValueError if it is none."""
    if dispute["status"] not in OPEN or not dispute["status"].startswith(INQUIRY):
        raise ValueError(f"The dispute is {dispute['status']}: only an open inquiry can become one.")
    before = {"status": dispute["status"]}
    dispute["status"] = "needs_response"
    withdrawn = _withdraw(state, account, dispute)
    state.events.publish(account, News("charge.dispute.updated", dispute, before), *withdrawn)


def decide(
    state: StripeState, account: Account, dispute: Json, status: str, *, fee_back: bool = False
) -> None:
    """End an open dispute: won, lost, or for an inquiry warning_closed or prevented. Else ValueError."""
    if dispute["status"] not in OPEN:
        raise ValueError(f"The dispute is {dispute['status']} already.")
    inquiry = dispute["status"].startswith(INQUIRY)
    if inquiry != (status in ("warning_closed", "prevented")):
        raise ValueError(f"A dispute that is {dispute['status']} cannot become {status}.")
    before = {"status": dispute["status"]}
    dispute["status"] = status
    news = [News("charge.dispute.closed", dispute, before)]
    if status == "won":
        news.append(_reinstate(state, account, dispute, fee_back=fee_back))
    state.events.publish(account, *news)


def _run_out(state: StripeState, account: Account, dispute: Json) -> None:
    """Nobody sent evidence in time."""
    if not dispute["status"].endswith("needs_response"):
        return
    dispute["evidence_details"]["past_due"] = True
    decide(state, account, dispute, "warning_closed" if dispute["status"].startswith(INQUIRY) else "lost")


def _withdraw(state: StripeState, account: Account, dispute: Json) -> list[News]:
    amount, currency, rate = settled(account, dispute["amount"], dispute["currency"])
    taken = book(state, account, dispute, "dispute", -amount, currency, dispute_fee(currency))
    taken["exchange_rate"] = rate
    dispute["balance_transactions"].append(taken)
    dispute["is_charge_refundable"] = False
    return [News("charge.dispute.funds_withdrawn", dispute)]


def _reinstate(state: StripeState, account: Account, dispute: Json, *, fee_back: bool) -> News:
    taken = dispute["balance_transactions"][0]
    returned = undo(state, account, dispute, "dispute_reversal", taken)
    if fee_back:
        fee = -taken["fee"]
        details = [detail | {"amount": -detail["amount"]} for detail in taken["fee_details"]]
        returned.update(fee=fee, net=returned["amount"] - fee, fee_details=details)
    dispute["balance_transactions"].append(returned)
    return News("charge.dispute.funds_reinstated", dispute)


def _open(call: Call, number: str) -> Json:
    dispute = call.account.disputes.get(number)
    if dispute is None:
        raise no_such("dispute", number)
    if dispute["status"] not in OPEN:
        raise StripeError("This dispute is already closed", code="dispute_already_closed")
    return dispute
