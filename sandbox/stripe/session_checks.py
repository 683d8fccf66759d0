"""What Stripe asks of a new Checkout Session beyond the types of its parameters."""

from urllib.parse import urlsplit

from sandbox.stripe.currency import DEBITS, LARGEST_CHARGE, decimals, smallest_charge
from sandbox.stripe.errors import StripeError, invalid
from sandbox.stripe.state import Account, Json

SHORTEST_LIFE_SECONDS, LONGEST_LIFE_SECONDS = 30 * 60, 24 * 3600
CLOCK_SLACK_SECONDS = 60
MOST_METADATA, LONGEST_NAME, LONGEST_VALUE = 50, 40, 500
LONGEST_REFERENCE = 200


def check(account: Account, fields: Json, now: int) -> None:
    """Raise what Stripe would answer; `now` is virtual seconds since 1970."""
    _check_kind(fields)
    _check_lines(fields)
    _check_amount(fields["line_items"])
    _check_life(fields, now)
    for name in ("success_url", "cancel_url"):
        _check_url(fields.get(name), name)
    check_metadata(fields.get("metadata", {}), "metadata")
    given = fields.get("payment_intent_data", {}).get("metadata", {})
    check_metadata(given, "payment_intent_data[metadata]")
    if len(fields.get("client_reference_id", "")) > LONGEST_REFERENCE:
        raise invalid(
            f"Invalid string: must be at most {LONGEST_REFERENCE} characters", param="client_reference_id"
        )
    if "@" not in fields.get("customer_email", "@"):
        raise invalid(f"Invalid email address: {fields['customer_email']}", param="customer_email")
    _check_methods(fields)
    if account.card_payments != "active":
        raise StripeError(
            "No valid payment method types for this Checkout Session. Please ensure that you have activated "
            "payment methods compatible with your chosen currency in your dashboard.",
        )


def _check_methods(fields: Json) -> None:
    """Assumed: one of the two at most, and some way to pay must be left."""
    allowed, excluded = (fields.get(f"{name}_payment_method_types") for name in ("allowed", "excluded"))
    if allowed is not None and excluded is not None:
        raise invalid(
            "Payment methods are either allowed or excluded.", param="excluded_payment_method_types"
        )
    currency = fields["line_items"][0]["price_data"]["currency"].lower()
    if excluded is not None and "card" in excluded and currency not in DEBITS:
        raise StripeError(f"No payment method is left for this Checkout Session in {currency}.")


def check_metadata(metadata: Json, param: str) -> None:
    """docs.stripe.com/api/metadata: 50 keys of 40 characters with values of 500."""
    if len(metadata) > MOST_METADATA:
        raise invalid(f"Metadata can have at most {MOST_METADATA} keys.", param=param)
    for name, value in metadata.items():
        if len(name) > LONGEST_NAME or len(value) > LONGEST_VALUE:
            raise invalid(
                f"Metadata keys have at most {LONGEST_NAME} characters, values {LONGEST_VALUE}.",
                param=f"{param}[{name[:LONGEST_NAME]}]",
            )


def _check_kind(fields: Json) -> None:
    if "mode" not in fields:
        raise invalid("Missing required param: mode.", param="mode", code="parameter_missing")
    if fields["mode"] != "payment":
        raise invalid("This stand-in knows mode=payment only.", param="mode")
    if fields.get("ui_mode", "hosted_page") != "hosted_page":
        raise invalid("This stand-in knows ui_mode=hosted_page only.", param="ui_mode")


def _check_lines(fields: Json) -> None:
    if not fields.get("line_items"):
        raise invalid("Missing required param: line_items.", param="line_items", code="parameter_missing")
    for number, line in enumerate(fields["line_items"]):
        place = f"line_items[{number}]"
        price = line.get("price_data")
        if price is None:
            raise invalid(f"This stand-in needs {place}[price_data].", param=place)
        if "unit_amount" not in price:
            param = f"{place}[price_data][unit_amount]"
            raise invalid(f"Missing required param: {param}.", param=param, code="parameter_missing")
        if ("product" in price) == ("product_data" in price):
            raise invalid(
                "You must specify either `product` or `product_data`.", param=f"{place}[price_data]"
            )
        if line.get("quantity", 1) < 1:
            raise invalid("This value must be greater than or equal to 1.", param=f"{place}[quantity]")
    if len({line["price_data"]["currency"].lower() for line in fields["line_items"]}) > 1:
        raise invalid("All prices on a Checkout Session must have the same currency.", param="line_items")


def _check_amount(lines: list[Json]) -> None:
    currency = lines[0]["price_data"]["currency"].lower()
    if len(currency) != 3 or not currency.isalpha():
        raise invalid(f"Invalid currency: {currency}.", param="line_items[0][price_data][currency]")
    amount = total(lines)
    if any(line["price_data"]["unit_amount"] < 0 for line in lines):
        raise invalid("This value must be greater than or equal to 0.", code="parameter_invalid_integer")
    if decimals(currency) == 3 and amount % 10:
        raise invalid(f"The last digit of an amount in {currency} must be 0.", param="line_items")
    if amount < smallest_charge(currency):
        raise StripeError(
            f"The Checkout Session's total amount must convert to at least {smallest_charge(currency)} in "
            f"{currency}'s smallest unit.",
            code="amount_too_small",
        )
    if amount > LARGEST_CHARGE:
        raise StripeError("The Checkout Session's total amount is too large.", code="amount_too_large")


def total(lines: list[Json]) -> int:
    """What the lines come to, in minor units."""
    return sum(line["price_data"]["unit_amount"] * line.get("quantity", 1) for line in lines)


def _check_life(fields: Json, now: int) -> None:
    life = fields.get("expires_at", now + LONGEST_LIFE_SECONDS) - now
    if life < SHORTEST_LIFE_SECONDS - CLOCK_SLACK_SECONDS:
        raise invalid(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.",
            param="expires_at",
        )
    if life > LONGEST_LIFE_SECONDS + CLOCK_SLACK_SECONDS:
        raise invalid(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
            param="expires_at",
        )


def _check_url(url: str | None, name: str) -> None:
    if url is None:
        if name == "success_url":
            raise invalid(f"Missing required param: {name}.", param=name, code="parameter_missing")
        return
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise invalid("Not a valid URL", param=name, code="url_invalid")
