"""The pages on which a person signs in and consents, also drivable by plain form posts.

A wrong client, redirect URI, scope or a missing state ends on an error page that is the same whatever
was wrong, as the real one is; the stand-in adds what it knows below. PKCE's parameters are ignored.
"""

from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.datastructures import MultiDict

from sandbox.quickbooks.identity.grants import Grant
from sandbox.quickbooks.identity.scopes import WORDS, concerns_a_company, unknown
from sandbox.quickbooks.identity.users import User
from sandbox.quickbooks.state import QuickBooksState
from sandbox.world import World

APP_NAME = "DueMate"


def add_routes(identity: Blueprint, world: World) -> None:
    """GET and POST /quickbooks/connect/oauth2."""

    @identity.route("/connect/oauth2", methods=["GET", "POST"])
    def authorize() -> Response | tuple[str, int]:
        with world.lock:
            state: QuickBooksState = world.quickbooks
            problem = _problem(request.args, state)
            if problem:
                return render_template("quickbooks-refused.html", app=APP_NAME, problem=problem), 400
            user = state.user(request.form.get("user", ""))
            if user is None:
                return render_template("quickbooks-sign-in.html", app=APP_NAME, users=state.users), 200
            return _decided(state, user)


def _decided(state: QuickBooksState, user: User) -> Response | tuple[str, int]:
    scopes = tuple(request.args["scope"].split())
    decision = request.form.get("decision")
    if decision == "deny":
        return _back(request.args, error="access_denied")
    needs_company = concerns_a_company(scopes)
    chosen = _chosen(state, user, request.form.get("company", "")) if needs_company else None
    if decision == "allow" and (chosen or not needs_company):
        return _allowed(state, user, scopes, chosen)
    page = render_template(
        "quickbooks-consent.html",
        app=APP_NAME,
        user=user,
        scopes=[WORDS[scope] for scope in scopes],
        companies=[state.companies[realm] for realm in user.realm_ids] if needs_company else [],
        nothing_chosen=decision == "allow",
    )
    return page, 200


def _allowed(state: QuickBooksState, user: User, scopes: tuple[str, ...], realm_id: str | None) -> Response:
    grant = Grant(user, scopes, realm_id, state.clock.now())
    answer = {"code": state.grants.new_code(grant, request.args["redirect_uri"])}
    if realm_id:
        answer["realmId"] = realm_id
    return _back(request.args, **answer)


def _chosen(state: QuickBooksState, user: User, wanted: str) -> str | None:
    """Realm id of the company chosen, by id or by name, if this user can connect it."""
    return next((r for r in user.realm_ids if wanted in {r, state.companies[r].name}), None)


def _back(asked: MultiDict[str, str], **answer: str) -> Response:
    target = asked["redirect_uri"]
    joiner = "&" if "?" in target else "?"
    return redirect(f"{target}{joiner}{urlencode(answer | {'state': asked['state']})}")  # type: ignore[return-value]


def _problem(asked: MultiDict[str, str], state: QuickBooksState) -> str | None:
    """What is wrong with the address that the app sent its user to."""
    scopes = asked.get("scope", "").split()
    refused = unknown(scopes)
    checks = (
        (asked.get("client_id") != state.settings.quickbooks_client_id, "the client_id is unknown"),
        (
            asked.get("redirect_uri") not in state.settings.redirect_uris_of_quickbooks,
            "the redirect_uri is not registered",
        ),
        (asked.get("response_type") != "code", "response_type must be code"),
        (not asked.get("state"), "state is missing"),
        (not scopes, "no scope is asked for"),
        (bool(refused), f"there is no scope {' '.join(refused)}"),
    )
    return next((words for wrong, words in checks if wrong), None)
