"""The pages on which a person signs in and consents, also drivable by plain form posts.

A wrong client, redirect URI or scope ends on an error page, never on the app: nothing can be trusted
then. Only denial goes back to the app as an error.
"""

import uuid
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.datastructures import MultiDict

from sandbox.world import World
from sandbox.xero.identity.grants import Consent
from sandbox.xero.identity.scopes import WORDS, is_sign_in_only, unknown
from sandbox.xero.identity.users import User
from sandbox.xero.state import XeroState

APP_NAME = "DueMate"
CHALLENGE_LENGTH = 43


def add_routes(identity: Blueprint, world: World) -> None:
    """GET and POST /xero/identity/connect/authorize."""

    @identity.route("/identity/connect/authorize", methods=["GET", "POST"])
    def authorize() -> Response | tuple[str, int]:
        with world.lock:
            state: XeroState = world.xero
            problem = _problem(request.args, state)
            if problem:
                return render_template("xero-refused.html", problem=problem), 400
            user = state.user(request.form.get("user", ""))
            if user is None:
                return render_template("xero-sign-in.html", app=APP_NAME, users=state.users), 200
            return _decided(state, user)


def _decided(state: XeroState, user: User) -> Response | tuple[str, int]:
    asked = request.args
    scopes = tuple(asked["scope"].split())
    decision = request.form.get("decision")
    if decision == "deny":
        return _back(asked, error="access_denied")
    chosen = _chosen(state, user, request.form.getlist("organisation"))
    if decision == "allow" and (chosen or is_sign_in_only(scopes)):
        return _allowed(state, user, scopes, chosen)
    page = render_template(
        "xero-consent.html",
        app=APP_NAME,
        user=user,
        scopes=[WORDS[scope] for scope in scopes],
        organisations=[] if is_sign_in_only(scopes) else [state.organisations[t] for t in user.tenant_ids],
        nothing_chosen=decision == "allow",
    )
    return page, 200


def _allowed(state: XeroState, user: User, scopes: tuple[str, ...], chosen: list[str]) -> Response:
    asked, now = request.args, state.clock.now()
    auth_event = str(uuid.uuid4())
    if not is_sign_in_only(scopes):
        earlier = state.grants.scopes_granted(user) - set(scopes)
        scopes = (*scopes, *sorted(earlier))
        for tenant_id in chosen:
            name = state.organisations[tenant_id].name
            state.connections.connect(user.id, tenant_id, name, auth_event, now)
    consent = Consent(user, scopes, auth_event, asked.get("nonce"))
    code = state.grants.new_code(consent, asked["redirect_uri"], asked.get("code_challenge"), now)
    return _back(asked, code=code, scope=" ".join(scopes))


def _chosen(state: XeroState, user: User, wanted: list[str]) -> list[str]:
    """Tenant ids of the organisations chosen, by id or by name, that this user can connect."""
    return [t for t in user.tenant_ids if t in wanted or state.organisations[t].name in wanted]


def _back(asked: MultiDict[str, str], **answer: str) -> Response:
    if "state" in asked:
        answer["state"] = asked["state"]
    target = asked["redirect_uri"]
    joiner = "&" if "?" in target else "?"
    return redirect(f"{target}{joiner}{urlencode(answer)}")  # type: ignore[return-value]


def _problem(asked: MultiDict[str, str], state: XeroState) -> str | None:
    """What is wrong with the address that the app sent its user to."""
    scopes = asked.get("scope", "").split()
    refused = unknown(scopes)
    challenge = asked.get("code_challenge")
    checks = (
        (asked.get("client_id") != state.settings.xero_client_id, "unauthorized_client: Unknown client"),
        (
            asked.get("redirect_uri") not in state.settings.redirect_uris,
            "invalid_request: Invalid redirect_uri",
        ),
        (asked.get("response_type") != "code", "unsupported_response_type: response_type must be code"),
        (not scopes or bool(refused), f"invalid_scope: Invalid scope for client ({' '.join(refused)})"),
        (
            bool(challenge) and asked.get("code_challenge_method") != "S256",
            "invalid_request: code_challenge_method must be S256",
        ),
        (
            bool(challenge) and len(challenge or "") != CHALLENGE_LENGTH,
            "invalid_request: code_challenge must be 43 characters",
        ),
    )
    return next((words for wrong, words in checks if wrong), None)
