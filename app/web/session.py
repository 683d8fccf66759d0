"""Who is signed in and which organisation they look at. The only place that reads or writes the cookie for it.

The cookie is signed and holds ids only; one of them names the session, so that signing out ends it for every copy of
the cookie. Membership is read from the database on every request, so a person who
lost access to an organisation loses it at once.
"""

from typing import cast
from uuid import UUID, uuid4

from flask import Flask, g, redirect, request, session, url_for
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from werkzeug.wrappers import Response as AnyResponse

from app import webhooks
from app.kit.errors import NotFound
from app.kit.tokens import new_token
from app.models import EndedSession, Membership, UserAccount
from app.web.here import ground
from app.web.organisation import load_organisation

# Everything else needs a signed-in user: a new route is private until it is listed here.
PUBLIC_ENDPOINTS = frozenset({"static", "healthz", "sign_in.page", "sign_in.begin", "sign_in.callback"})
PUBLIC_BLUEPRINTS = frozenset({"portal"}) | webhooks.NAMES

SHOWN_FOR = "shown_for"
"""The field of every form, and of the addresses that Stripe leads back to, with the organisation it was made for."""

# Signed in, but perhaps with no organisation yet.
WITHOUT_ORGANISATION = frozenset({"connect", "sign_in"})


def guard_pages(app: Flask) -> None:
    """Make every route of `app` private unless it is listed as public."""
    app.before_request(_admit)


def is_public() -> bool:
    """Whether the present request may be answered without a signed-in user."""
    return request.endpoint in PUBLIC_ENDPOINTS or request.blueprint in PUBLIC_BLUEPRINTS


def _admit() -> AnyResponse | None:
    g.user_id, g.tenant_id, g.tenant_ids, g.organisation = None, None, [], None
    if request.endpoint is None or request.blueprint in PUBLIC_BLUEPRINTS or request.endpoint == "static":
        return None
    _recognise()
    if g.user_id is None:
        return None if is_public() else _ask_to_sign_in()
    if request.blueprint not in WITHOUT_ORGANISATION:
        _refuse_what_was_shown_to_others()
    if g.tenant_id is None and not is_public() and request.blueprint not in WITHOUT_ORGANISATION:
        return redirect(url_for("connect.page"))
    return None


def _recognise() -> None:
    claimed, named = _uuid(session.get("user")), _uuid(session.get("session"))
    if claimed is None:
        return
    with ground().database.platform() as unit:
        has_ended = named is None or unit.get(EndedSession, named) is not None
        if has_ended or unit.get(UserAccount, claimed) is None:
            session.clear()
            return
        g.user_id = claimed
        session.modified = True  # each page opened begins the idle time anew
        g.tenant_ids = list(
            unit.scalars(
                select(Membership.tenant_id)
                .where(Membership.user_id == claimed)
                .order_by(Membership.created_at)
            )
        )
    if g.tenant_ids:
        g.tenant_id = _organisation_meant()
        g.organisation = load_organisation(ground(), g.tenant_id)


def _organisation_meant() -> UUID:
    """That of the page a form was sent from, whatever another tab shows by now; else the one last looked at."""
    shown, looked_at = _uuid(request.values.get(SHOWN_FOR)), _uuid(session.get("tenant"))
    if shown in g.tenant_ids:
        session["tenant"] = str(shown)
        return cast(UUID, shown)
    return cast(UUID, looked_at if looked_at in g.tenant_ids else g.tenant_ids[0])


def _refuse_what_was_shown_to_others() -> None:
    """A form made for an organisation that this user does not (any longer) work for. Raises NotFound."""
    shown = request.values.get(SHOWN_FOR)
    if shown is not None and _uuid(shown) not in g.tenant_ids:
        raise NotFound("That page was of an organisation you do not work for. Nothing was changed.")


def _ask_to_sign_in() -> AnyResponse:
    is_visit = request.headers.get("Sec-Fetch-Dest", "document") == "document"
    if request.method == "GET" and is_visit:
        session["wanted"] = request.full_path.rstrip("?")
    return redirect(url_for("sign_in.page"))


def sign_in(user: UUID) -> str:
    """Start a session for a user on a fresh cookie; the address they wanted before, or the first page."""
    wanted = session.get("wanted")
    sign_out()
    session["user"], session["session"] = str(user), str(uuid4())
    session.permanent = True
    is_local = isinstance(wanted, str) and wanted.startswith("/") and wanted[1:2] not in ("/", "\\")
    return str(wanted) if is_local else url_for("today.page")


def sign_out() -> None:
    """Forget everything this browser was, and refuse every copy of its cookie."""
    named = _uuid(session.get("session"))
    session.clear()
    if named is None:
        return
    with ground().database.platform() as unit:
        ended = insert(EndedSession).values(id=named, ended_at=ground().clock.now())
        unit.execute(ended.on_conflict_do_nothing())


def switch_to(tenant: UUID) -> None:
    """Look at another organisation. Raises NotFound unless the user works for it."""
    with ground().database.platform() as unit:
        if unit.get(Membership, (g.user_id, tenant)) is None:
            raise NotFound("There is no such organisation here.")
    session["tenant"] = str(tenant)


def browser_token() -> str:
    """A random value that ties a consent to this browser; made on first use."""
    if "browser" not in session:
        session["browser"] = new_token()
    return str(session["browser"])


def _uuid(text: object) -> UUID | None:
    try:
        return UUID(str(text)) if text else None
    except ValueError:
        return None
