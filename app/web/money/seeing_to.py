"""Ticking off a difference that is not ours to book, and taking the tick back."""

from decimal import Decimal, InvalidOperation

from flask import Blueprint, flash, request
from werkzeug.wrappers import Response

from app.kit.errors import Rejected
from app.payments.seen_to import reopen_difference, settle_difference
from app.web.here import now, user_id, workspace
from app.web.money.reconciled_period import back


def settle() -> Response:
    """The bookkeeper has seen to it."""
    try:
        with workspace() as session:
            settle_difference(
                session,
                source=request.form.get("source", ""),
                currency=request.form.get("currency", ""),
                amount=_amount(request.form.get("amount", "")),
                by=user_id(),
                now=now(),
            )
    except Rejected as refused:
        flash(refused.reason, "bad")
    else:
        flash("Noted with your name and the day. It no longer counts as a difference.", "good")
    return back()


def reopen() -> Response:
    """It was too early."""
    with workspace() as session:
        reopen_difference(
            session,
            source=request.form.get("source", ""),
            currency=request.form.get("currency", ""),
            by=user_id(),
            now=now(),
        )
    flash("It counts as a difference again.", "info")
    return back()


def _amount(shown: str) -> Decimal:
    try:
        return Decimal(shown)
    except InvalidOperation:
        raise Rejected("This line has changed since you looked at it. Look at its amounts again.") from None


def add_routes(pages: Blueprint) -> None:
    """Put the buttons under the page."""
    pages.add_url_rule("/money/reconciliation/settle", "settle_difference", settle, methods=["POST"])
    pages.add_url_rule("/money/reconciliation/reopen", "reopen_difference", reopen, methods=["POST"])
