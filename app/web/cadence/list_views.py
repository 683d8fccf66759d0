"""All cadences of the business, the rules that say whom each is for, and whom each rule catches now."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.kit.errors import NotFound
from app.models import Tenant, Tone
from app.reminders.cadence_rows import active_steps, draft_of
from app.reminders.cadence_rules import add_rule, caught, kept_rules, move_up, remove_rule
from app.reminders.cadences import (
    CadenceRefused,
    archive,
    cadence_of,
    cadences,
    create_cadence,
    create_default_cadence,
    default_cadence,
    make_default,
)
from app.reminders.loading import load_situation, load_undecided
from app.reminders.planning import planning_cadence
from app.reminders.ready_made import ready_made
from app.web.cadence.rule_words import read_rule, rule_words
from app.web.cadence.views import pages
from app.web.here import ground, now, tenant_id, workspace

_LONGEST_NAME = 80
READY_MADE = {
    Tone.GENTLE: ("Gentle", "few and friendly, for customers you know well"),
    Tone.STANDARD: ("Standard", "a note before the due date, then firmer by and by"),
    Tone.FIRM: ("Firm", "early and often, and a call at the end"),
}


@pages.get("/cadences")
def listing() -> str:
    with workspace() as session:
        shown = _shown(session)
    return render_template("cadence/list.html", **shown)


@pages.post("/cadences")
def act() -> Response | tuple[str, int]:
    """Create, copy, put away, make the default; add, move and remove rules."""
    acts: dict[str, Callable[[Session], str]] = {
        "create": _create,
        "copy": _copy,
        "archive": _archive,
        "default": _make_default,
        "up": _move_up,
        "remove": _remove_rule,
    }
    wanted = request.form.get("act", "")
    with workspace() as session:
        if wanted == "rule":
            faults = _add_rule(session)
            if faults:
                shown = _shown(session) | {"faults": faults, "typed": request.form}
                return render_template("cadence/list.html", **shown), 422
            said = "The rule is in force. Look through the new list on Today: it waits for your word."
        elif wanted in acts:
            try:
                said = acts[wanted](session)
            except CadenceRefused as refused:
                flash(" ".join(refused.faults.values()), "bad")
                return redirect(url_for("cadence.listing"), 303)
        else:
            raise NotFound("There is no such button.")
    flash(said, "good")
    return redirect(url_for("cadence.listing"), 303)


def _create(session: Session) -> str:
    tone = next((tone for tone in Tone if tone.value == request.form.get("tone")), Tone.STANDARD)
    country = session.get_one(Tenant, tenant_id()).country_code
    made = ready_made(tone, country=country)
    made = replace(made, name=_free_name(session, made.name))
    create_cadence(session, made, now=now())
    return f"“{made.name}” is there. Nobody gets it until a rule names it or it is made the default."


def _copy(session: Session) -> str:
    sealer = ground().sealer(session)
    draft = draft_of(session, cadence_of(session, _id("cadence")), sealer)
    steps = tuple(replace(step, id=None) for step in draft.steps)
    copy = replace(draft, name=_free_name(session, draft.name), steps=steps)
    create_cadence(session, copy, now=now(), sealer=sealer)
    return f"“{copy.name}” is there. Nobody gets it until a rule names it or it is made the default."


def _archive(session: Session) -> str:
    cadence = cadence_of(session, _id("cadence"))
    archive(session, cadence, now=now())
    return f"“{cadence.name}” is put away. What was sent by it stays in the history."


def _make_default(session: Session) -> str:
    cadence = cadence_of(session, _id("cadence"))
    make_default(session, cadence, now=now())
    return f"“{cadence.name}” is the default now. Look through the new list on Today: it waits for your word."


def _move_up(session: Session) -> str:
    move_up(session, _id("rule"), now=now())
    return "The rule decides earlier now. Look through the new list on Today: it waits for your word."


def _remove_rule(session: Session) -> str:
    remove_rule(session, _id("rule"), now=now())
    return "The rule is gone. Look through the new list on Today: it waits for your word."


def _add_rule(session: Session) -> dict[str, str]:
    conditions, faults = read_rule(request.form)
    cadence = cadence_of(session, _id("cadence"))
    if not faults:
        add_rule(session, cadence.id, conditions, now=now())
    return faults


def _shown(session: Session) -> dict[str, Any]:
    if default_cadence(session) is None:
        create_default_cadence(session, now())
    rules, rows = kept_rules(session), cadences(session)
    situation = load_situation(
        session,
        cadence=planning_cadence(session, now()),
        stored=load_undecided(session).values(),
        zone=g.organisation.time_zone,
        now=now(),
    )
    found = caught(rules, situation)
    return {
        "cadences": [(row, len(active_steps(session, row.id))) for row in rows],
        "rules": [
            (rule, rule_words(rule.conditions), len(who)) for rule, who in zip(rules, found, strict=False)
        ],
        "rest": len(found[-1]),
        "ready_made": READY_MADE,
        "faults": {},
        "typed": {},
    }


def _free_name(session: Session, name: str) -> str:
    taken, count = {row.name for row in cadences(session)}, 1
    free = name
    while free in taken:
        count += 1
        free = f"{name[: _LONGEST_NAME - 4]} {count}"
    return free


def _id(field: str) -> UUID:
    """The id in a field of the form; one of nothing for what is none."""
    try:
        return UUID(request.form.get(field, ""))
    except ValueError:
        return UUID(int=0)
