"""PaymentIntents and charges as JSON, every field that the API version has."""

from sandbox.stripe.state import Json, new_id, nulls

_INTENT_NULLS = (
    "application application_fee_amount canceled_at cancellation_reason customer customer_account description "
    "excluded_payment_method_types last_payment_error latest_charge managed_payments next_action on_behalf_of "
    "payment_method_configuration_details processing receipt_email review setup_future_usage shipping source "
    "statement_descriptor statement_descriptor_suffix transfer_data transfer_group"
)
_CHARGE_NULLS = (
    "application application_fee application_fee_amount balance_transaction customer description "
    "failure_balance_transaction failure_code failure_message on_behalf_of receipt_email receipt_number "
    "receipt_url review shipping source source_transfer statement_descriptor statement_descriptor_suffix "
    "transfer_data transfer_group"
)


def intent_shape(session: Json, given: Json, created: int) -> Json:
    """The PaymentIntent of a session; `given` is the session's payment_intent_data."""
    number = new_id("pi")
    return {
        "id": number,
        "object": "payment_intent",
        **nulls(_INTENT_NULLS),
        "amount": session["amount_total"],
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "automatic_payment_methods": None,
        "capture_method": "automatic_async",
        "client_secret": f"{number}_secret_{new_id('sandbox')}",
        "confirmation_method": "automatic",
        "created": created,
        "currency": session["currency"],
        "livemode": False,
        "payment_method": None,
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "status": "requires_payment_method",
        **{name: given[name] for name in ("description", "receipt_email") if name in given},
        "metadata": given.get("metadata", {}),
    }


def charge_shape(intent: Json, payer: Json, kind: str, status: str, created: int) -> Json:
    """An attempt to take the money. `status`: succeeded, pending or failed."""
    paid = status == "succeeded"
    number = new_id("ch" if kind == "card" else "py")
    declined = {"failure_code": "card_declined", "failure_message": "Your card was declined."}
    return {
        "id": number,
        "object": "charge",
        **nulls(_CHARGE_NULLS),
        "amount": intent["amount"],
        "amount_captured": intent["amount"] if paid else 0,
        "amount_refunded": 0,
        "billing_details": {name: payer[name] for name in ("address", "email", "name", "phone")}
        | {"tax_id": None},
        "calculated_statement_descriptor": None,
        "captured": paid,
        "created": created,
        "currency": intent["currency"],
        "description": intent["description"],
        "disputed": False,
        "fraud_details": {},
        "livemode": False,
        "metadata": intent["metadata"],
        "outcome": _outcome(status),
        "paid": paid,
        "payment_intent": intent["id"],
        "payment_method": new_id("pm"),
        "payment_method_details": _method_details(kind, status),
        "refunded": False,
        "refunds": None,
        "status": status,
        **(declined if status == "failed" else {}),
    }


def _outcome(status: str) -> Json:
    declined = status == "failed"
    return {
        "advice_code": "try_again_later" if declined else None,
        "network_advice_code": None,
        "network_decline_code": "01" if declined else None,
        "network_status": "declined_by_network" if declined else "approved_by_network",
        "reason": "generic_decline" if declined else None,
        "seller_message": "The bank did not say why." if declined else "Payment complete.",
        "type": "issuer_declined" if declined else "authorized",
    }


def _method_details(kind: str, status: str) -> Json:
    if kind != "card":
        return {"type": kind, kind: {"last4": "2345"}}
    card = {
        "brand": "visa",
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "country": "GB",
        "exp_month": 12,
        "exp_year": 2034,
        "funding": "credit",
        "last4": "0002" if status == "failed" else "4242",
        "network": "visa",
        "three_d_secure": None,
        "wallet": None,
    }
    return {"type": "card", "card": card}
