"""Stripe's errors, told as what the caller can do."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import stripe

from app.kit.errors import Disconnected, DueMateError, OutcomeUnknown, Rejected, Retryable

_BUSY = timedelta(seconds=5)
_LONGEST_WAIT_SECONDS = 3600
_GONE = "account_invalid"


@contextmanager
def in_our_words(*, is_write: bool = False, about_account: bool = False) -> Iterator[None]:
    """Turn whatever Stripe's library raises into a port error.

    The original is left out of the chain: its body may hold a payer's address, and chains end in logs.
    """
    try:
        yield
    except stripe.StripeError as failure:
        raise translated(failure, is_write=is_write, about_account=about_account) from None


def translated(
    failure: stripe.StripeError, *, is_write: bool = False, about_account: bool = False
) -> DueMateError:
    """The port error for one of Stripe's. Pure."""
    status = failure.http_status
    if isinstance(failure, stripe.APIConnectionError) or status is None or status < 400:
        return _no_answer(is_write=is_write)
    if status == 429 or status == 409:
        return Retryable("Stripe is busy; this is tried again shortly.", after=_wait(failure))
    if status >= 500:
        return Retryable("Stripe could not answer just now; this is tried again shortly.")
    if status == 401:
        return Rejected("Stripe refused our own key. The operator of DueMate must set STRIPE_SECRET_KEY.")
    if status == 403 or failure.code == _GONE or (about_account and status == 404):
        return Disconnected("Stripe no longer lets us use this account. Connect card payments again.")
    return Rejected(f"Stripe refused: {failure.user_message or 'no reason given'}")


def _no_answer(*, is_write: bool) -> DueMateError:
    if is_write:
        return OutcomeUnknown("Stripe did not answer; what came of it is asked with the same key.")
    return Retryable("Stripe did not answer; this is tried again shortly.")


def _wait(failure: stripe.StripeError) -> timedelta:
    told = (failure.headers or {}).get("retry-after", "")
    if not told.isdigit():
        return _BUSY
    return timedelta(seconds=min(int(told), _LONGEST_WAIT_SECONDS))
