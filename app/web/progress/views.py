"""The page that follows a pull, its part that refreshes, and the button to read again."""

from flask import Blueprint, flash, redirect, render_template, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.kit.errors import NotFound
from app.models import Connection
from app.sync.asking import ask_for_everything
from app.web.here import now, tenant_id, workspace
from app.web.progress.queries import Progress, latest_progress

_ASKED = "The ledger is being read again."
_ASKED_WHILE_PAUSED = "Noted. The ledger is read again as soon as it lets us."

pages = Blueprint("progress", __name__, template_folder="templates")


@pages.get("/sync")
def page() -> str:
    return render_template("progress/page.html", progress=_progress())


@pages.get("/sync/progress")
def part() -> str:
    return render_template("progress/part.html", progress=_progress())


@pages.post("/sync/again")
def again() -> Response:
    with workspace() as session:
        connection = session.scalar(select(Connection).limit(1))
        if connection is None:
            raise NotFound("No ledger is connected yet.")
        ask_for_everything(session, tenant_id(), connection.id, now=now())
        is_paused = connection.paused_until is not None and connection.paused_until > now()
    flash(_ASKED_WHILE_PAUSED if is_paused else _ASKED, "info")
    return redirect(url_for("progress.page"), 303)


def _progress() -> Progress:
    with workspace() as session:
        return latest_progress(session, now())
