"""Sign in with a ledger: a page with a button for each, the way to its pages and back, and out again."""

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from app.connectors.oauth import SignedIn, begin_consent, finish_consent
from app.kit.errors import DueMateError
from app.web.here import ground
from app.web.ledgers import offered_ledger, offered_ledgers
from app.web.session import browser_token, sign_in, sign_out

pages = Blueprint("sign_in", __name__, template_folder="templates")


@pages.get("/")
def start() -> Response:
    return redirect(url_for("today.page"))


@pages.get("/sign-in")
def page() -> Response | str:
    if g.user_id is not None:
        return redirect(url_for("today.page"))
    return render_template("sign_in/page.html", ledgers=offered_ledgers())


@pages.post("/sign-in/<ledger>")
def begin(ledger: str) -> Response:
    connector = offered_ledger(ledger)
    address = begin_consent(
        ground(), ledger=connector.key, purpose="sign_in", browser_token=browser_token(), user_id=None
    )
    return redirect(address, 303)


@pages.get("/sign-in/<ledger>/callback")
def callback(ledger: str) -> Response:
    connector = offered_ledger(ledger)
    try:
        outcome = finish_consent(
            ground(),
            ledger=connector.key,
            query=request.args,
            browser_token=str(session.get("browser", "")),
            user_id=None,
        )
    except DueMateError as refused:
        flash(refused.reason, "bad")
        return redirect(url_for("sign_in.page"))
    if not isinstance(outcome, SignedIn):
        name = connector.display_name
        flash(f"That answer from {name} was for connecting, not for signing in. Start again.", "bad")
        return redirect(url_for("sign_in.page"))
    return redirect(sign_in(outcome.user_id))


@pages.post("/sign-out")
def leave() -> Response:
    sign_out()
    flash("You are signed out.", "info")
    return redirect(url_for("sign_in.page"), 303)
