"""Connect a ledger: consent on its own pages, then the choice of one organisation."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from app.connectors.oauth import ConsentError, GrantReceived, begin_consent, finish_consent, organisations
from app.kit.errors import DueMateError
from app.sync.connecting import connect_organisation
from app.web.here import ground, user_id
from app.web.ledgers import offered_ledger, offered_ledgers
from app.web.session import browser_token, switch_to

pages = Blueprint("connect", __name__, template_folder="templates")

_ATTEMPT = "attempt"


@pages.get("/connect")
def page() -> str:
    return render_template("connect/page.html", ledgers=offered_ledgers())


@pages.post("/connect/<ledger>")
def begin(ledger: str) -> Response:
    connector = offered_ledger(ledger)
    address = begin_consent(
        ground(), ledger=connector.key, purpose="connect", browser_token=browser_token(), user_id=user_id()
    )
    return redirect(address, 303)


@pages.get("/connect/<ledger>/callback")
def callback(ledger: str) -> Response:
    connector = offered_ledger(ledger)
    try:
        outcome = finish_consent(
            ground(),
            ledger=connector.key,
            query=request.args,
            browser_token=str(session.get("browser", "")),
            user_id=user_id(),
        )
    except DueMateError as refused:
        flash(refused.reason, "bad")
        return redirect(url_for("connect.page"))
    if not isinstance(outcome, GrantReceived):
        name = connector.display_name
        flash(f"That answer from {name} was for signing in, not for connecting. Start again.", "bad")
        return redirect(url_for("connect.page"))
    session[_ATTEMPT] = {"ledger": connector.key, "id": str(outcome.attempt_id)}
    return redirect(url_for("connect.chooser", ledger=connector.key))


@pages.get("/connect/<ledger>/organisation")
def chooser(ledger: str) -> Response | str:
    connector, attempt = offered_ledger(ledger), _attempt(ledger)
    if attempt is None:
        return _begin_again()
    try:
        offered = organisations(ground(), attempt, user_id())
    except ConsentError as refused:
        return _begin_again(refused.reason)
    return render_template("connect/organisation.html", offered=offered, ledger=connector)


@pages.post("/connect/<ledger>/organisation")
def choose(ledger: str) -> Response:
    attempt = _attempt(ledger)
    if attempt is None:
        return _begin_again()
    chosen = request.form.get("organisation", "")
    try:
        connected = connect_organisation(ground(), attempt, user_id(), chosen)
    except ConsentError as refused:
        return _begin_again(refused.reason)
    del session[_ATTEMPT]  # only now: when the ledger did not answer, the same choice can be made again
    switch_to(connected.tenant_id)
    return redirect(url_for("progress.page"), 303)


def _attempt(ledger: str) -> UUID | None:
    """The consent to this ledger that was begun in this browser and waits for a choice."""
    begun = session.get(_ATTEMPT)
    if not isinstance(begun, dict) or begun.get("ledger") != ledger:
        return None
    return UUID(begun["id"])


def _begin_again(why: str = "Connecting was not begun in this browser. Start again here.") -> Response:
    session.pop(_ATTEMPT, None)
    flash(why, "attention")
    return redirect(url_for("connect.page"), 303)
