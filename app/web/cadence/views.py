"""The cadence's page: steps as a form, a preview on a real customer beside it, and what saving would move."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.reminders.cadences import (
    CadenceRefused,
    active_steps,
    create_default_cadence,
    default_cadence,
    save_steps,
)
from app.reminders.compose import Composed
from app.reminders.wording import VARIABLES, WordingFault
from app.web.cadence.form import CadenceForm, form_of, read_form
from app.web.cadence.preview import Moves, chosen_example, examples, moves, preview
from app.web.formats import counted
from app.web.here import ground, now, workspace

pages = Blueprint("cadence", __name__, template_folder="templates")


@pages.get("/cadence")
def page() -> str:
    with workspace() as session:
        cadence = default_cadence(session) or create_default_cadence(session, now())
        form = form_of(cadence, active_steps(session, cadence.id))
        shown = _shown(session, form, place=0, key="")
    return render_template("cadence/page.html", **shown)


@pages.post("/cadence")
def change() -> Response | tuple[str, int]:
    """One form, several buttons: save, preview a step, add one, take one away."""
    form, act = read_form(request.form), request.form.get("act", "save")
    if act == "save":
        return _save(form)
    verb, _, at = act.partition("-")
    place = int(at) if at.isdecimal() else 0
    if verb == "add":
        form, place = form.with_new_step(), len(form.steps)
    elif verb == "remove":
        form, place = form.without(place), max(0, place - 1)
    elif verb == "preview":
        form = form.checked()
    with workspace() as session:
        shown = _shown(session, form, place=place, key=request.form.get("example", ""), is_changed=True)
    return render_template("cadence/page.html", **shown), 200


@pages.post("/cadence/preview")
def part() -> str:
    """The preview alone, for the script that refreshes it while typing."""
    form = read_form(request.form).checked()
    place = request.form.get("place", 0, type=int)
    with workspace() as session:
        shown = _shown(session, form, place=place, key=request.form.get("example", ""), is_changed=True)
    return render_template("cadence/preview.html", **shown)


def _save(form: CadenceForm) -> Response | tuple[str, int]:
    checked = form.checked()
    with workspace() as session:
        if not checked.faults:
            found = moves(session, form.drafts, form.hour, zone=g.organisation.time_zone, now=now())
            try:
                save_steps(session, form.drafts, send_hour=form.hour, now=now())
            except CadenceRefused as refused:
                checked = CadenceForm(form.send_hour, form.steps, refused.faults)
    if checked.faults:
        return _refused(checked)
    flash(_said(found), "good")
    return redirect(url_for("cadence.page"), 303)


def _refused(form: CadenceForm) -> tuple[str, int]:
    first = min((int(name.partition(".")[0]) for name in form.faults if name[0].isdecimal()), default=0)
    with workspace() as session:
        shown = _shown(session, form, place=first, key=request.form.get("example", ""), is_changed=True)
    return render_template("cadence/page.html", **shown), 422


def _shown(
    session: Session, form: CadenceForm, *, place: int, key: str, is_changed: bool = False
) -> dict[str, Any]:
    place = min(max(place, 0), max(len(form.steps) - 1, 0))
    found = examples(session)
    example = chosen_example(found, key)
    composed: Composed | None = None
    fault = ""
    if example is not None and form.steps:
        try:
            composed = preview(ground(), session, example, form.drafts[place], now=now())
        except WordingFault as wrong:
            fault = wrong.reason
    return {
        "form": form,
        "place": place,
        "examples": found,
        "example": example,
        "composed": composed,
        "fault": fault,
        "moves": _moves(session, form) if is_changed else None,
        "is_changed": is_changed,
        "variables": _variables(),
    }


def _moves(session: Session, form: CadenceForm) -> Moves | None:
    if form.checked().faults:
        return None
    return moves(session, form.drafts, form.hour, zone=g.organisation.time_zone, now=now())


def _variables() -> Mapping[str, str]:
    return VARIABLES


def _said(found: Moves) -> str:
    if not found.any:
        return "Saved. No planned reminder moves."
    parts = [
        counted(found.moved, "reminder moves", "reminders move") if found.moved else "",
        counted(found.added, "is new", "are new") if found.added else "",
        counted(found.dropped, "is no longer planned", "are no longer planned") if found.dropped else "",
    ]
    said = ", ".join(part for part in parts if part)
    return f"Saved. {said}. Look through the new list on Today: it waits for your word."
