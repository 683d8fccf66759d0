"""The one Flask application with every vendor's routes."""

from flask import Flask, Response, redirect, request

from sandbox import control, mail, quickbooks, ses, stripe, twilio, xero
from sandbox.world import World


def create_sandbox(world: World) -> Flask:
    """Register the vendors' blueprints and count their calls."""
    sandbox = Flask(__name__, template_folder="frame", static_folder="frame/static", static_url_path="/frame")
    sandbox.json.sort_keys = False  # type: ignore[attr-defined]

    @sandbox.get("/healthz")
    def healthz() -> str:
        return "ok"

    @sandbox.get("/")
    def index() -> Response:
        return redirect("/control/")  # type: ignore[return-value]

    @sandbox.after_request
    def count(response: Response) -> Response:
        vendor = request.path.split("/", 2)[1]
        route = request.url_rule.rule if request.url_rule else "unknown path"
        world.count(f"{vendor} {request.method} {route}")
        return response

    for vendor in (xero, quickbooks, stripe, twilio, ses, mail, control):
        sandbox.register_blueprint(vendor.blueprint(world))
    return sandbox
