"""The list of what is late, three choices with what each would send, and the owner's word."""

from hashlib import sha256

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.kit.errors import NotFound
from app.models import CatchUpMode, Tenant
from app.reminders.catch_up import LateList, choose, late_reminders
from app.reminders.catch_up_effects import effects
from app.web.catch_up.choices import WORDS, outcome
from app.web.here import now, tenant_id, today, workspace

pages = Blueprint("catch_up", __name__, template_folder="templates")

_MOST_SHOWN = 200


@pages.get("/catch-up")
def page() -> str:
    with workspace() as session:
        late = late_reminders(session, today=today())
        shown = {one.reminder_id for one in late.reminders}
        found = (
            effects(session, shown, unconfirmed=late.unconfirmed, today=today(), now=now()) if shown else []
        )
        usual = session.scalar(select(Tenant.usual_catch_up).where(Tenant.id == tenant_id()))
    return render_template(
        "catch_up/page.html",
        late=late,
        shown=late.reminders[:_MOST_SHOWN],
        effects={one.mode: one for one in found},
        modes=CatchUpMode,
        words=WORDS,
        usual=usual or CatchUpMode.LATEST,
        seen=_print(late),
        is_paused=g.organisation.sending == "paused",
    )


@pages.post("/catch-up")
def say() -> Response:
    """Only about the list that was seen: if another reminder has become late meanwhile, it is shown first."""
    mode = _mode(request.form.get("mode", ""))
    if mode is None:
        flash("Choose what becomes of them.", "attention")
        return redirect(url_for("catch_up.page"), 303)
    with workspace() as session:
        late = late_reminders(session, today=today())
        is_same = _print(late) == request.form.get("seen")
        count = choose(session, mode, now=now()) if is_same else 0
    if not is_same:
        flash("The list has changed meanwhile. Look at it again.", "attention")
        return redirect(url_for("catch_up.page"), 303)
    are_all_held = late.is_first_list or g.organisation.sending == "held_until_confirmed"
    said = outcome(mode, count, unconfirmed=count if are_all_held else len(late.unconfirmed))
    flash(f"{said} The next ones are being planned.", "good")
    return redirect(url_for("today.page"), 303)


@pages.post("/catch-up/usual")
def save_usual() -> Response:
    """What is chosen beforehand the next time."""
    typed = request.form.get("usual", "")
    mode = _mode(typed)
    if mode is None and typed:
        raise NotFound("There is no such choice.")
    with workspace() as session:
        session.get_one(Tenant, tenant_id()).usual_catch_up = mode
    flash(
        "Saved. It is chosen beforehand when something is late, and nothing happens without your word.",
        "good",
    )
    return redirect(url_for("settings.page", _anchor="sending"), 303)


def _mode(typed: str) -> CatchUpMode | None:
    return CatchUpMode(typed) if typed in list(CatchUpMode) else None


def _print(late: LateList) -> str:
    """Tells one list from another: another reminder in it, or another step or other invoices in one of them."""
    lines = sorted(f"{one.reminder_id.hex} {one.reached_on} {one.invoices}" for one in late.reminders)
    return sha256("\n".join(lines).encode()).hexdigest()
