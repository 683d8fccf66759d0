"""A cadence's page: steps as a form, a preview on a real customer beside it, and what saving would move."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.kit.languages import LANGUAGES
from app.models import Cadence
from app.reminders.cadence_rows import draft_of
from app.reminders.cadences import (
    CadenceOvertaken,
    CadenceRefused,
    cadence_of,
    create_default_cadence,
    default_cadence,
    save_cadence,
)
from app.reminders.wording import VARIABLES, WordingFault
from app.web.cadence.choices import CHOICES
from app.web.cadence.form import CadenceForm, form_of, read_form
from app.web.cadence.moving import Moves, moves
from app.web.cadence.preview import Shown, chosen_example, examples, preview
from app.web.formats import counted
from app.web.here import ground, now, workspace

pages = Blueprint("cadence", __name__, template_folder="templates")


@pages.get("/cadence")
def page() -> str:
    with workspace() as session:
        cadence = _cadence(session, request.args.get("of", ""))
        form = form_of(draft_of(session, cadence, ground().sealer(session)))
        shown = _shown(session, cadence, form, place=0)
    return render_template("cadence/page.html", **shown)


@pages.post("/cadence")
def change() -> Response | tuple[str, int]:
    """One form, several buttons: save, preview a step, add one, take one away, add words."""
    form, act = _typed(), request.form.get("act", "save")
    if act == "save":
        return _save(form)
    verb, _, at = act.partition("-")
    place = int(at) if at.isdecimal() and len(at) < 3 else 0
    if verb == "add":
        form, place = form.with_new_step(), len(form.steps)
    elif verb == "remove":
        form, place = form.without(place), max(0, place - 1)
    elif verb == "words":
        form = form.with_words(place, request.form.get(f"step-{place}-new", ""))
    elif verb == "ready":
        form = form.with_ready_words(place)
    elif verb == "preview":
        form = form.checked()
    with workspace() as session:
        cadence = _cadence(session, request.form.get("of", ""))
        shown = _shown(session, cadence, form, place=place, is_changed=True)
    return render_template("cadence/page.html", **shown), 200


@pages.post("/cadence/preview")
def part() -> str:
    """The preview alone, for the script that refreshes it while typing."""
    form = _typed().checked()
    with workspace() as session:
        cadence = _cadence(session, request.form.get("of", ""))
        place = request.form.get("place", 0, type=int)
        shown = _shown(session, cadence, form, place=place, is_changed=True)
    return render_template("cadence/preview.html", **shown)


def _typed() -> CadenceForm:
    return read_form(request.form, weekdays=tuple(request.form.getlist("weekdays")))


def _cadence(session: Session, typed: str) -> Cadence:
    """The cadence that was asked for. Raises NotFound for one that is none of this organisation's."""
    if not typed:
        return default_cadence(session) or create_default_cadence(session, now())
    try:
        return cadence_of(session, UUID(typed))
    except ValueError:
        return cadence_of(session, UUID(int=0))


def _save(form: CadenceForm) -> Response | tuple[str, int]:
    checked = form.checked()
    with workspace() as session:
        cadence = _cadence(session, request.form.get("of", ""))
        if not checked.faults:
            found = moves(session, cadence, form.draft, zone=g.organisation.time_zone, now=now())
            try:
                save_cadence(
                    session, cadence, form.draft, seen=_seen(), now=now(), sealer=ground().sealer(session)
                )
            except CadenceOvertaken:
                return _overtaken(session, cadence, form)
            except CadenceRefused as refused:
                checked = replace(form, faults=refused.faults)
        if checked.faults:
            first = min(
                (int(at) for name in checked.faults if (at := name.partition(".")[0]).isdecimal()), default=0
            )
            shown = _shown(session, cadence, checked, place=first, is_changed=True)
    if checked.faults:
        return render_template("cadence/page.html", **shown), 422
    flash(_said(found), "good")
    of = request.form.get("of")
    return redirect(url_for("cadence.page", of=of) if of else url_for("cadence.page"), 303)


def _overtaken(session: Session, cadence: Cadence, form: CadenceForm) -> tuple[str, int]:
    """What was typed, kept, beside the word that a colleague saved first; saved again, it replaces theirs."""
    shown = _shown(session, cadence, form, place=0, is_changed=True)
    return render_template("cadence/page.html", **shown | {"seen": cadence.version, "overtaken": True}), 409


def _seen() -> int | None:
    """The version of the cadence that the form was filled in from."""
    return request.form.get("seen", type=int)


def _shown(
    session: Session, cadence: Cadence, form: CadenceForm, *, place: int, is_changed: bool = False
) -> dict[str, Any]:
    place = min(max(place, 0), max(len(form.steps) - 1, 0))
    found = examples(session)
    example = chosen_example(found, request.form.get("example", ""))
    messages: list[Shown] = []
    fault = ""
    if example is not None and form.steps:
        try:
            messages = preview(
                ground(), session, example, form.steps[place].draft(), language=form.language, now=now()
            )
        except WordingFault as wrong:
            fault = wrong.reason
    return {
        "form": form,
        "of": str(cadence.id),
        "seen": _seen() if is_changed else cadence.version,
        "is_default": cadence.is_default,
        "place": place,
        "examples": found,
        "example": example,
        "messages": messages,
        "fault": fault,
        "moves": _moves(session, cadence, form) if is_changed else None,
        "is_changed": is_changed,
        "variables": VARIABLES,
        "languages": LANGUAGES,
        "choices": CHOICES,
    }


def _moves(session: Session, cadence: Cadence, form: CadenceForm) -> Moves | None:
    if form.checked().faults:
        return None
    return moves(session, cadence, form.draft, zone=g.organisation.time_zone, now=now())


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
