"""Builds the Flask application from its ground: pages, the payer's portal, the machines' doors."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Flask, Response, g, request
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.kit.ground import Ground
from app.portal import blueprint as portal
from app.web import (
    booking,
    cadence,
    catch_up,
    connect,
    customers,
    here,
    invoices,
    late_fees,
    mail,
    messages,
    money,
    organisations,
    phones,
    preview,
    progress,
    replay,
    settings,
    sign_in,
    today,
)
from app.web.errors import add_error_pages
from app.web.formats import add_filters
from app.web.navigation import PLACES
from app.web.security import secure
from app.web.session import guard_pages
from app.web.states import outcome_word, state_word
from app.web.uploads import InMemoryRequest
from app.webhooks import blueprints as webhooks

_PAGES = (
    sign_in,
    connect,
    progress,
    organisations,
    today,
    preview,
    catch_up,
    invoices,
    customers,
    cadence,
    replay,
    messages,
    money,
    late_fees,
    late_fees.rule_views,
    settings,
    booking,
    mail,
    phones,
)


def create_app(ground: Ground) -> Flask:
    """The whole site. Connects to nothing before the first request."""
    app = Flask(__name__)
    app.request_class = InMemoryRequest
    app.extensions["ground"] = ground
    for group in _PAGES:
        app.register_blueprint(group.pages)
    tokenless = [portal(ground), *webhooks(ground)]
    _register(app, tokenless)
    secure(app, ground.settings, csrf_exempt=[blueprint.name for blueprint in tokenless])
    guard_pages(app)
    add_error_pages(app)
    add_filters(app)
    app.jinja_env.tests["starting"] = str.startswith
    app.context_processor(_frame)
    app.add_url_rule("/healthz", "healthz", _healthz)
    return app


def _register(app: Flask, blueprints: Iterable[Blueprint]) -> None:
    for blueprint in blueprints:
        app.register_blueprint(blueprint)


def _frame() -> dict[str, Any]:
    """What every template knows."""
    return {
        "places": PLACES,
        "current_place": request.blueprint,
        "organisation": g.get("organisation"),
        "has_others": len(g.get("tenant_ids", [])) > 1,
        "state_word": state_word,
        "outcome_word": outcome_word,
        "today": here.today() if g.get("organisation") else None,
        "now": here.now(),
    }


def _healthz() -> Response:
    try:
        with here.ground().database.platform() as session:
            session.execute(text("SELECT 1"))
    except DBAPIError:
        return Response("the database does not answer\n", status=503, mimetype="text/plain")
    return Response("ok\n", mimetype="text/plain")
