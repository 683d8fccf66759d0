"""Two cadences to choose, how far the replay is, and what came out."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.kit.errors import NotFound
from app.models import Customer, ReplayState
from app.reminders.cadences import cadences
from app.reminders.replay_asking import ask, latest
from app.reminders.replay_words import WHAT_HISTORY_CANNOT_TELL, Told, from_json
from app.web.here import now, workspace
from app.web.replay.bars import bars

pages = Blueprint("replay", __name__, template_folder="templates")


@pages.get("/replay")
def page() -> str:
    with workspace() as session:
        names = [(one.id, one.name) for one in cadences(session)]
        shown = _shown(session)
    chosen = _id(request.args.get("cadence", "")) or shown.get("cadence_id")
    return render_template("replay/page.html", names=names, chosen=chosen, **shown)


@pages.get("/replay/progress")
def part() -> str:
    with workspace() as session:
        shown = _shown(session)
    return render_template("replay/part.html", **shown)


@pages.post("/replay")
def begin() -> Response:
    cadence, against = (_id(request.form.get(name, "")) for name in ("cadence", "against"))
    if cadence is None:
        raise NotFound("There is no such cadence.")
    with workspace() as session:
        ask(session, cadence_id=cadence, against=against, now=now())
    return redirect(url_for("replay.page"), 303)


def _shown(session: Session) -> dict[str, object]:
    found = latest(session)
    told = from_json(found.told) if found is not None and found.told else None
    return {
        "replay": found,
        "is_under_way": found is not None and found.state is ReplayState.ASKED,
        "cadence_id": found.cadence_id if found else None,
        "against_id": found.against_id if found else None,
        "told": told,
        "bars": bars(told) if told else None,
        "customers": _names(session, told) if told else {},
        "unknown": WHAT_HISTORY_CANNOT_TELL,
    }


def _names(session: Session, told: Told) -> dict[UUID, str]:
    ids = [one.customer_id for one in told.most]
    rows = session.execute(select(Customer.id, Customer.name).where(Customer.id.in_(ids)))
    return {customer_id: name for customer_id, name in rows}  # noqa: C416 (a Row is not a pair of types)


def _id(typed: str) -> UUID | None:
    try:
        return UUID(typed)
    except ValueError:
        return None
