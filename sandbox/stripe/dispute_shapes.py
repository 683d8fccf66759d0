"""Disputes as JSON, every field that the API version has."""

from sandbox.stripe.state import Json, new_id, nulls

_EVIDENCE = (
    "access_activity_log billing_address cancellation_policy cancellation_policy_disclosure "
    "cancellation_rebuttal customer_communication customer_email_address customer_name "
    "customer_purchase_ip customer_signature duplicate_charge_documentation duplicate_charge_explanation "
    "duplicate_charge_id product_description receipt refund_policy refund_policy_disclosure "
    "refund_refusal_explanation service_date service_documentation shipping_address shipping_carrier "
    "shipping_date shipping_documentation shipping_tracking_number uncategorized_file uncategorized_text"
)


def dispute_shape(charge: Json, amount: int, reason: str, status: str, created: int, due_by: int) -> Json:
    """A new dispute, before any money has moved. One that is lost from the start takes no evidence."""
    return {
        "id": new_id("dp"),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": created,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": nulls(_EVIDENCE) | {"enhanced_evidence": {}},
        "evidence_details": {
            "due_by": 0 if status == "lost" else due_by,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": True,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": _method(charge, status),
        "reason": reason,
        "status": status,
    }


def _method(charge: Json, status: str) -> Json | None:
    """Only cards and wallets are described; a debit's dispute has null."""
    if charge["payment_method_details"]["type"] != "card":
        return None
    kind = "inquiry" if status.startswith("warning_") else "chargeback"
    card = {"brand": "visa", "case_type": kind, "network": "visa", "network_reason_code": "10.4"}
    return {"type": "card", "card": card}
