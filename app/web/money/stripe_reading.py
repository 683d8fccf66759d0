"""Reading Stripe's movements while somebody looks at the reconciliation: the button, and the part that follows it."""

from flask import Blueprint, flash, render_template
from werkzeug.wrappers import Response

from app.payments.reading import read_now, reading
from app.web.here import now, workspace
from app.web.money.reconciled_period import back


def read() -> Response:
    """Read now, whenever it was read last."""
    with workspace() as session:
        is_asked = read_now(session, now=now()) is not None
    if not is_asked:
        flash("There is no card account to read yet. Set up card payments in Settings.", "bad")
    return back()


def part() -> str:
    """How the reading goes."""
    with workspace() as session:
        stripe = reading(session, now=now())
    return render_template("money/stripe_reading.html", stripe=stripe)


def add_routes(pages: Blueprint) -> None:
    """Put them under the page."""
    pages.add_url_rule("/money/reconciliation/read", "read_stripe", read, methods=["POST"])
    pages.add_url_rule("/money/reconciliation/progress", "stripe_reading", part)
