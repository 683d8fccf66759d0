"""Stripe's library under our own HTTP policy: one client per use, no module globals."""

import stripe

from app.kit.http import new_session

# The version whose shapes `mapping` and `money_mapping` read; Stripe keeps answering in it after it has newer ones.
API_VERSION = "2026-10-28.endive"
# A payer waits for these, and a read may be tried four times: it must end within a task's lease.
CONNECT_SECONDS, READ_SECONDS = 3, 10
# The library repeats a write only together with its Idempotency-Key, so a repeat cannot act twice.
MOST_REPEATS = 1


def new_client(secret_key: str, api_url: str) -> stripe.StripeClient:
    """A client with timeouts on every call; not shared between threads."""
    transport = stripe.RequestsClient(
        timeout=(CONNECT_SECONDS, READ_SECONDS),
        session=new_session(connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS),
    )
    return stripe.StripeClient(
        secret_key,
        base_addresses={"api": api_url, "connect": api_url, "files": api_url, "meter_events": api_url},
        stripe_version=API_VERSION,
        max_network_retries=MOST_REPEATS,
        http_client=transport,
    )
