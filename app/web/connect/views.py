"""Connect Xero: consent at Xero, then the choice of one organisation."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from app.connectors.oauth import ConsentError, GrantReceived, begin_consent, finish_consent, organisations
from app.kit.errors import DueMateError
from app.sync.connecting import connect_organisation
from app.web.here import ground, user_id
from app.web.session import browser_token, switch_to

pages = Blueprint("connect", __name__, template_folder="templates")

_ATTEMPT = "attempt"


@pages.get("/connect")
def page() -> str:
    return render_template("connect/page.html", offers_xero=bool(ground().settings.xero_client_id))


@pages.post("/connect/xero")
def begin() -> Response:
    address = begin_consent(
        ground(), ledger="xero", purpose="connect", browser_token=browser_token(), user_id=user_id()
    )
    return redirect(address, 303)


@pages.get("/connect/xero/callback")
def callback() -> Response:
    try:
        outcome = finish_consent(
            ground(),
            ledger="xero",
            query=request.args,
            browser_token=str(session.get("browser", "")),
            user_id=user_id(),
        )
    except DueMateError as refused:
        flash(refused.reason, "bad")
        return redirect(url_for("connect.page"))
    if not isinstance(outcome, GrantReceived):
        flash("That answer from Xero was for signing in, not for connecting. Start again.", "bad")
        return redirect(url_for("connect.page"))
    session[_ATTEMPT] = str(outcome.attempt_id)
    return redirect(url_for("connect.chooser"))


@pages.get("/connect/xero/organisation")
def chooser() -> Response | str:
    if _ATTEMPT not in session:
        return _begin_again()
    try:
        offered = organisations(ground(), UUID(session[_ATTEMPT]), user_id())
    except ConsentError as refused:
        return _begin_again(refused.reason)
    return render_template("connect/organisation.html", offered=offered)


@pages.post("/connect/xero/organisation")
def choose() -> Response:
    if _ATTEMPT not in session:
        return _begin_again()
    chosen = request.form.get("organisation", "")
    try:
        connected = connect_organisation(ground(), UUID(session[_ATTEMPT]), user_id(), chosen)
    except ConsentError as refused:
        return _begin_again(refused.reason)
    del session[_ATTEMPT]  # only now: when the ledger did not answer, the same choice can be made again
    switch_to(connected.tenant_id)
    return redirect(url_for("progress.page"), 303)


def _begin_again(why: str = "Connecting was not begun in this browser. Start again here.") -> Response:
    session.pop(_ATTEMPT, None)
    flash(why, "attention")
    return redirect(url_for("connect.page"), 303)
