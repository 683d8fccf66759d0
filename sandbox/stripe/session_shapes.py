"""Checkout Sessions and their line items as JSON, every field that the API version has."""

from typing import Any

from sandbox.stripe.session_checks import total
from sandbox.stripe.state import Json, new_id, nulls

_ALWAYS_NULL = (
    "adaptive_pricing after_expiration allow_promotion_codes billing_address_collection client_secret consent "
    "consent_collection collected_information currency_conversion customer customer_account customer_details "
    "discounts invoice managed_payments origin_context payment_intent payment_link "
    "payment_method_configuration_details permissions recovered_from saved_payment_method_options setup_intent "
    "shipping_address_collection shipping_cost submit_type subscription wallet_options"
)
_NARROWING = ("allowed_payment_method_types", "excluded_payment_method_types")
_AS_GIVEN = ("cancel_url", "client_reference_id", "customer_email", "integration_identifier", "locale")


def session_shape(number: str, url: str, fields: Json, *, created: int, expires_at: int) -> Json:
    """An open session."""
    amount = total(fields["line_items"])
    return {
        "id": number,
        "object": "checkout.session",
        **nulls(_ALWAYS_NULL),
        **{name: fields.get(name) for name in _AS_GIVEN},
        "amount_subtotal": amount,
        "amount_total": amount,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "created": created,
        "currency": fields["line_items"][0]["price_data"]["currency"].lower(),
        "custom_fields": [],
        "custom_text": nulls("after_submit shipping_address submit terms_of_service_acceptance"),
        "customer_creation": "if_required",
        "expires_at": expires_at,
        "invoice_creation": {"enabled": False, "invoice_data": None},
        "livemode": False,
        "metadata": fields.get("metadata", {}),
        "mode": "payment",
        "payment_method_collection": "if_required",
        "payment_method_options": {},
        "payment_method_types": ["card"],
        **{name: fields.get(name) for name in _NARROWING},
        "payment_status": "unpaid",
        "phone_number_collection": {"enabled": False},
        "shipping_options": [],
        "status": "open",
        "success_url": fields["success_url"],
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "url": url,
    }


def customer_details(email: str) -> Json:
    """What the payer typed on the hosted page."""
    address = nulls("city country line1 line2 postal_code state")
    return {
        "address": address,
        "business_name": None,
        "email": email or None,
        "individual_name": None,
        "name": None,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": [],
    }


def line_item(line: Json, created: int) -> Json:
    """A line with its one-off price."""
    price, quantity = line["price_data"], line.get("quantity", 1)
    amount = price["unit_amount"] * quantity
    return {
        "id": new_id("li"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": price["currency"].lower(),
        "description": price.get("product_data", {}).get("name"),
        "metadata": line.get("metadata", {}),
        "price": _price(price, created),
        "quantity": quantity,
    }


def _price(price: Json, created: int) -> dict[str, Any]:
    nothing = "custom_unit_amount lookup_key nickname recurring tiers_mode transform_quantity"
    return {
        "id": new_id("price"),
        "object": "price",
        **nulls(nothing),
        "active": False,
        "billing_scheme": "per_unit",
        "created": created,
        "currency": price["currency"].lower(),
        "livemode": False,
        "metadata": {},
        "product": price.get("product") or new_id("prod"),
        "tax_behavior": price.get("tax_behavior", "unspecified"),
        "type": "one_time",
        "unit_amount": price["unit_amount"],
        "unit_amount_decimal": str(price["unit_amount"]),
    }
